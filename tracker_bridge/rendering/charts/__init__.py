"""What a report shows as charts, each with the numbers that stand beside it as a table."""

from tracker_bridge.domain.derived.report import Report
from tracker_bridge.rendering.charts.counts import by_week, follow_ups, loads, severities, updates
from tracker_bridge.rendering.charts.lengths import MEASURED, lengths
from tracker_bridge.rendering.charts.signs import Shown, signs_of

__all__ = ["Shown", "charts"]


def charts(report: Report) -> tuple[Shown, ...]:
    """Return what there is to draw; nothing for a report without incidents."""
    if not report.cases:
        return ()
    signs = signs_of(report)
    found = (
        by_week(report, signs),
        severities(report, signs),
        *(lengths(report, signs, name, ends) for name, ends in MEASURED),
        updates(report),
        follow_ups(report),
        loads(report),
    )
    return tuple(one for one in found if one is not None)
