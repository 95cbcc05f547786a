"""A report as one page that needs nothing else: no script, no other host, and nothing of when it was made."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment
from markupsafe import Markup

from tracker_bridge.domain.derived.report import Report
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.postmortem import Action
from tracker_bridge.domain.incident.rounding import percent
from tracker_bridge.domain.incident.statistics import Interval, duration, every_figure
from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.rendering.charts import charts
from tracker_bridge.rendering.charts.signs import address_of, called, day_of, severity_of
from tracker_bridge.rendering.drawing import drawn, links, sample
from tracker_bridge.rendering.environment import pages_environment

_COLUMNS: Final = ("Time to detect", "Time to acknowledge", "Time to mitigate", "Time to resolve")


def report_page(folder: Path, report: Report, *, title: str, as_of: datetime | None = None) -> str:
    """
    Return the page; the same incidents give the same bytes, as long as no action item becomes overdue.

    ``folder`` has the templates. ``as_of`` is printed if it is given: when the report ends.
    """
    days = [day_of(one.declared_at.astimezone(UTC).date()) for one in report.cases]
    template = _environment(folder).get_template("report/page.html.j2")
    text = template.render(
        report=report,
        title=title,
        as_of="" if as_of is None else day_of(as_of.astimezone(UTC).date()),
        days=days,
        charts=charts(report),
        cases=[_case(one) for one in report.cases],
        items=[_item(one, action, report) for one in report.cases for action in one.incident.follow_up.wanted],
        met=report.total.targets,
        percent=percent,
        drawn=drawn,
        links=links,
        sample=sample,
        style=Markup((folder / "report/style.css").read_text("utf-8").strip()),  # noqa: S704 - a file of ours
    )
    return f"{text.strip()}\n"


@cache
def _environment(folder: Path) -> Environment:
    environment = pages_environment(folder)
    environment.finalize = _finalize
    return environment


def _case(case: Case) -> dict[str, object]:
    known = {one.name: one for one in every_figure(case.incident)}
    return {
        "day": day_of(case.declared_at.astimezone(UTC).date()),
        "name": called(case),
        "url": address_of(case),
        "severity": severity_of(case) or "not set",
        "open": case.incident.active,
        "lengths": [
            f"{name.lower()} {_length(known[name])}" for name in _COLUMNS if known[name].length is not None
        ],
    }


def _length(interval: Interval) -> str:
    flag = " ⚠ ends before it begins" if interval.negative else ""
    return f"{'≈ ' if interval.approximate else ''}{duration(interval.length or timedelta())}{flag}"


def _item(case: Case, action: Action, report: Report) -> dict[str, object]:
    today = report.now.astimezone(case.incident.rules.timezone).date()
    return {
        "name": called(case),
        "url": address_of(case),
        "text": "" if case.confidential else action.text,
        "owner": action.owner,
        "due": day_of(action.due) if action.due else "–",
        "overdue": action.overdue(today),
        "open": action.open,
    }


def _finalize(value: Any) -> Any:
    """Leave out what nobody can see, and what turns round other text."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
