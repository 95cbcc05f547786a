"""What stands for an incident in a chart: how it looks, what it is called, and the numbers beside a chart."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from typing import Final

from tracker_bridge.domain.derived.report import Report
from tracker_bridge.domain.derived.sums import Case, Group
from tracker_bridge.rendering.drawing import Chart, Mark, Shape, Sign

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"'`]+")
_SHAPES: Final = (Shape.TRIANGLE, Shape.DIAMOND, Shape.SQUARE, Shape.CIRCLE, Shape.CROSS)
_UNSET: Final = Sign(Shape.RING, "none", "severity not set")


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart, and its numbers: ``columns`` above ``rows`` of as many cells."""

    chart: Chart
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def signs_of(report: Report) -> dict[str, Sign]:
    """Return how each severity looks, the worst first; the empty name is for those without."""
    names = [group.name for group in report.severities if group.name]
    known = {
        name: Sign(_SHAPES[min(at, len(_SHAPES) - 1)], f"s{min(at, len(_SHAPES) - 1)}", name)
        for at, name in enumerate(names)
    }
    return known | ({"": _UNSET} if any(not group.name for group in report.severities) else {})


def severity_of(case: Case) -> str:
    """Return the name of its severity, or nothing."""
    return case.incident.severity.name if case.incident.severity else ""


def called(case: Case) -> str:
    """Return how an incident is called; a confidential one by its number only."""
    ref = f"{case.incident.ref.project}#{case.incident.ref.number}"
    return ref if case.confidential else f"{ref} {case.incident.title}"


def address_of(case: Case) -> str:
    """Return where its issue is; nothing for what is no address of the web."""
    return case.incident.url if _ADDRESS.fullmatch(case.incident.url) else ""


def day_of(day: date) -> str:
    """Write a day as in ``2 Nov 2026``."""
    return f"{day.day} {day:%b %Y}"


def mark_of(case: Case, sign: Sign, more: str = "", at: float = 0) -> Mark:
    return Mark(sign, f"{called(case)} · {more or sign.means}", address_of(case), at)


def worst_first(cases: Iterable[Case], signs: dict[str, Sign]) -> list[Case]:
    order = {name: at for at, name in enumerate(signs)}
    return sorted(cases, key=lambda one: (order[severity_of(one)], one.declared_at, one.incident.ref))


def of_month(report: Report, month: Group) -> tuple[Case, ...]:
    return tuple(one for one in report.cases if f"{one.declared_at.astimezone(UTC):%Y-%m}" == month.name)
