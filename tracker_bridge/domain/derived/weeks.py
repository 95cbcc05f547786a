"""Incidents by the week in which they were declared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from tracker_bridge.domain.derived.sums import Case

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Week:
    """What was declared in the seven days from ``monday``, by UTC; nothing in quiet weeks."""

    monday: date
    cases: tuple[Case, ...]


def weeks(cases: Sequence[Case]) -> tuple[Week, ...]:
    """Return every week from the first incident's to the last one's; ``cases`` are in order of declaration."""
    found: dict[date, list[Case]] = {}
    for one in cases:
        day = one.declared_at.astimezone(UTC).date()
        monday = day - timedelta(days=day.weekday())
        while found and next(reversed(found)) < monday - _WEEK:
            found[next(reversed(found)) + _WEEK] = []
        found.setdefault(monday, []).append(one)
    return tuple(Week(monday, tuple(inside)) for monday, inside in found.items())
