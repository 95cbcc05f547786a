"""How long things took, as distributions over the months."""

import math
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.derived.report import Report
from tracker_bridge.domain.derived.sums import Case, Figure, Group
from tracker_bridge.domain.incident.statistics import FIGURES, Interval, duration, every_figure
from tracker_bridge.rendering.charts.signs import Shown, mark_of, of_month, severity_of
from tracker_bridge.rendering.drawing import Chart, Row, Sign

MEASURED: Final = (
    ("Time to detect", "from start to detection"),
    ("Time to acknowledge", "from the declaration to the first response"),
    ("Time to identify", "from detection to the cause being identified"),
    ("Time to mitigate", "from detection to the fix"),
    ("Time to resolve", "from detection to resolution"),
)
"""What is drawn of the figures, and both ends of each."""

_MINUTE: Final = timedelta(minutes=1)
_TICKS: Final = (
    (_MINUTE, "1 min"),
    (10 * _MINUTE, "10 min"),
    (timedelta(hours=1), "1 h"),
    (timedelta(hours=6), "6 h"),
    (timedelta(days=1), "1 d"),
    (timedelta(days=7), "7 d"),
    (timedelta(days=30), "30 d"),
    (timedelta(days=365), "1 y"),
)


def lengths(report: Report, signs: dict[str, Sign], name: str, ends: str, called: str = "") -> Shown | None:
    """
    Return how long it took, month by month, on a scale on which ten times as long is as far everywhere.

    ``called`` is what the figure of that name is called here.
    """
    at = FIGURES.index(name)
    total = report.total.figures[at]
    if not total.known:
        return None
    place = _scale(total.known[-1])

    def interval(case: Case) -> Interval:
        return every_figure(case.incident)[at]

    def row(month: Group) -> Row:
        marks = [
            mark_of(one, signs[severity_of(one)], f"{_about(taken)}{duration(length)}", place(length))
            for one in of_month(report, month)
            if (length := (taken := interval(one)).length) is not None and not taken.negative
        ]
        figure = month.figures[at]
        bars = (("ninety", figure.percentile(90)), ("median", figure.median)) if figure.known else ()
        shown = tuple((tone, place(length)) for tone, length in bars if length is not None)
        return Row(month.name, tuple(marks), shown, f"n {len(figure.known)}")

    def cells(label: str, group: Group) -> tuple[str, ...]:
        figure = group.figures[at]
        lengths = (figure.median, figure.percentile(90))
        written = (f"{_about(figure)}{duration(one)}" if one is not None else "–" for one in lengths)
        return (label, str(len(figure.known)), *written, str(figure.unknown + figure.negative))

    table = (*(cells(month.name, month) for month in report.months), cells("all", report.total))
    ticks = tuple((place(length), text) for length, text in _TICKS if length <= max(total.known[-1], _TICKS[2][0]))
    chart = Chart(
        f"figure-{(called or name).rpartition(' ')[2]}",
        f"{called or name}, {ends}",
        f"One row for each month of declaration; one mark for each incident of which both times are known, the "
        f"quickest on the left. The line is the median, the dotted line is what nine of ten do not exceed. "
        f"All {len(total.known)}: median {table[-1][2]}, 90% within {table[-1][3]}.",
        tuple(map(row, report.months)),
        ticks,
        tuple(signs.values()),
    )
    return Shown(chart, ("Month", "n", "Median", "90% within", "Unknown"), table)


def _about(what: Interval | Figure) -> str:
    return "≈ " if what.approximate else ""


def _scale(longest: timedelta) -> Callable[[timedelta], float]:
    """Return where a length of time stands: a minute and less on the left, the longest on the right."""
    top = math.log(max(longest, _TICKS[2][0]) / _MINUTE)
    return lambda length: 0.03 + 0.94 * math.log(max(length, _MINUTE) / _MINUTE) / top
