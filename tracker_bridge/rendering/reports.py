"""A report over many incidents as a Markdown document."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from markupsafe import Markup

from tracker_bridge.domain.derived.report import Case, Compliance, Report
from tracker_bridge.domain.incident.rounding import percent
from tracker_bridge.domain.incident.statistics import duration, statistics
from tracker_bridge.rendering.environment import documents_environment

_MAIN: Final = 3
"""Figures that have columns; a table with all of them fits no screen."""


def report_markdown(folder: Path, report: Report) -> str:
    """Return the document. ``folder`` has the templates."""
    template = documents_environment(folder).get_template("report.md.j2")
    text = template.render(
        report=report,
        cases=list(_cases(report.cases)),
        main=report.total.figures[:_MAIN],
        met={one.figure: one for one in report.total.targets},
        day=_day,
        duration=duration,
        share=_share,
        percent=percent,
    )
    lines = [line.rstrip() for line in text.strip().split("\n")]
    return "\n".join(line for line, before in zip(lines, ["x", *lines], strict=False) if line or before) + "\n"


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
