"""Months by UTC, as reports have them: each one from its first moment to its last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tracker_bridge.domain.derived.report import Report, report_of
from tracker_bridge.domain.derived.sums import Case

_MORE_THAN_A_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month; ``first`` is its first day."""

    first: date

    @property
    def begins(self) -> datetime:
        return datetime.combine(self.first, time(), UTC)

    @property
    def ends(self) -> datetime:
        """Its last moment."""
        return self.next.begins - timedelta.resolution

    @property
    def next(self) -> "Month":
        return Month((self.first + _MORE_THAN_A_MONTH).replace(day=1))

    @property
    def key(self) -> str:
        """What finds the issue of its report again."""
        return f"report:{self.first:%Y.%m}"

    @property
    def words(self) -> str:
        """As it is printed: ``October 2026``."""
        return f"{self.first:%B %Y}"


def finished(since: datetime, now: datetime) -> tuple[Month, ...]:
    """Return the months that are over, from the one that ``since`` lies in."""
    found = [Month(since.astimezone(UTC).date().replace(day=1))]
    while found[-1].next.ends <= now:
        found.append(found[-1].next)
    return tuple(one for one in found if one.ends <= now)


def month_report(month: Month, cases: Iterable[Case], project: str, now: datetime) -> Report:
    """Return the report of a project's month. What is confidential is left out: its issue is not."""
    shown = (one for one in cases if not one.confidential)
    return report_of(shown, projects=[project], since=month.begins, until=month.ends, now=now)
