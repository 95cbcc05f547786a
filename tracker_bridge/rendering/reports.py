"""A report over many incidents as a Markdown document."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from markupsafe import Markup

from tracker_bridge.domain.derived.load import HEAVY, load
from tracker_bridge.domain.derived.report import Report
from tracker_bridge.domain.derived.sums import Case, Compliance
from tracker_bridge.domain.incident.rounding import percent
from tracker_bridge.domain.incident.statistics import FIGURES, duration, statistics
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.rendering.truncation import fitted

_MAIN: Final = 3
"""Figures that have columns; a table with all of them fits no screen."""

_MOST_PEOPLE: Final = 50
"""Rows of those who carried the load."""


def report_markdown(folder: Path, report: Report) -> str:
    """Return the document. ``folder`` has the templates."""
    return _text(folder, report, heading=True) + "\n"


def month_text(folder: Path, report: Report, room: int) -> str:
    """Return the text of a month's issue, whose title is its heading; the list is cut where it has no ``room``."""
    return fitted(lambda shown: _text(folder, report, heading=False, most=shown), room, len(report.cases))


def repeated_text(folder: Path, number: int) -> str:
    """Return the text of an issue that was opened for the same month as the one of that number."""
    return documents_environment(folder).get_template("report.md.j2").render(repeats=number).strip()


def _text(folder: Path, report: Report, *, heading: bool, most: int | None = None) -> str:
    template = documents_environment(folder).get_template("report.md.j2")
    people = load(report.cases)
    text = template.render(
        repeats=0,
        report=report,
        heading=heading,
        cases=list(_cases(report.cases[:most])),
        more_cases=len(report.cases[most:]) if most is not None else 0,
        people=people[:_MOST_PEOPLE],
        more_people=len(people[_MOST_PEOPLE:]),
        heavy=HEAVY,
        restore=report.total.figures[FIGURES.index("Total outage")],
        main=report.total.figures[:_MAIN],
        met={one.figure: one for one in report.total.targets},
        day=_day,
        duration=duration,
        share=_share,
        percent=percent,
    )
    lines = [line.rstrip() for line in text.strip().split("\n")]
    return "\n".join(line for line, before in zip(lines, ["x", *lines], strict=False) if line or before)


def _cases(cases: tuple[Case, ...]) -> Iterator[dict[str, object]]:
    """A confidential issue's title stays where it is."""
    for one in cases:
        incident = one.incident
        yield {
            "at": one.declared_at,
            "ref": str(incident.ref),
            "url": incident.url,
            "title": "" if one.confidential else incident.title,
            "severity": incident.severity.name if incident.severity else "not set",
            "statistics": statistics(incident),
        }


def _day(at: datetime) -> Markup:
    return Markup("{}").format(at.astimezone(UTC).strftime("%d\u00a0%b\u00a0%Y"))


def _share(updates: Compliance) -> str:
    return "unknown" if updates.share is None else f"{percent(updates.within, updates.intervals)}%"
