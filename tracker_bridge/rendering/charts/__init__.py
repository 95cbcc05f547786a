"""What a report shows as charts, each with the numbers that stand beside it as a table."""

from tracker_bridge.domain.derived.report import Report, report_of
from tracker_bridge.domain.derived.sums import RECOVERY, Case
from tracker_bridge.rendering.charts.counts import by_week, follow_ups, loads, severities, updates
from tracker_bridge.rendering.charts.lengths import MEASURED, lengths
from tracker_bridge.rendering.charts.signs import Shown, signs_of
from tracker_bridge.rendering.drawing import Sign

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
        *_restored(report, signs),
        updates(report),
        follow_ups(report),
        loads(report),
    )
    return tuple(one for one in found if one is not None)


def _restored(report: Report, signs: dict[str, Sign]) -> tuple[Shown | None, ...]:
    """Of failed changes it is their recovery time; of all other incidents the time to restore."""

    def part(cases: list[Case], called: str) -> Shown | None:
        some = report_of(cases, projects=report.projects, since=report.since, until=report.until, now=report.now)
        return lengths(some, signs, "Total outage", "from start to resolution", called)

    failed = [one for one in report.cases if one.caused_by_change]
    others = [one for one in report.cases if not one.caused_by_change]
    return part(failed, RECOVERY), part(others, "Time to restore")
