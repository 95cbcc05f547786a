"""
For how much of the last days something was there, from the outages that were recorded.

Each moment counts once, with the heaviest outage of that moment. Days of which nothing is known count for nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Final

DAYS: Final = 90
"""For how many days it is told, today included."""


@dataclass(frozen=True, slots=True)
class Outage:
    """
    From when to when; ``over`` is ``None`` while it goes on. ``weight`` is which part of it counts, 0 to 1.

    ``rank`` is how bad it is, for what is shown of a day.
    """

    begun: datetime
    over: datetime | None
    weight: float
    rank: int


@dataclass(frozen=True, slots=True)
class Day:
    """
    A day in UTC. ``available`` is a share; ``None``: unknown. ``rank`` is that of its worst outage, 0 for none.
    """

    date: date
    available: float | None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Availability:
    """``share`` is that of all known days, ``None`` where there is none. ``days`` are the oldest first."""

    share: float | None
    days: tuple[Day, ...]

    @property
    def known(self) -> int:
        return sum(day.available is not None for day in self.days)


def availability(outages: Iterable[Outage], at: datetime, since: date | None) -> Availability:
    """Return it for the days up to ``at``; nothing is known of those before ``since``, of none without it."""
    spans = tuple(outages)
    today = at.astimezone(UTC).date()
    dates = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
    parts = [
        _part(spans, day, at) if since is not None and day >= since else (Day(day, None), 0.0, 0.0)
        for day in dates
    ]
    seconds = sum(whole for _, whole, _ in parts)
    share = 1 - sum(down for _, _, down in parts) / seconds if seconds else None
    return Availability(share, tuple(day for day, _, _ in parts))


def _part(outages: tuple[Outage, ...], day: date, at: datetime) -> tuple[Day, float, float]:
    """Return the day, its seconds so far, and for how many of them it was not there."""
    begin = datetime.combine(day, time(), UTC)
    end = min(begin + timedelta(days=1), at)
    mine = [
        one for one in outages if one.begun < end and (one.over or at) > begin and (one.over or at) > one.begun
    ]
    edges = sorted(
        {begin, end, *(min(max(edge, begin), end) for one in mine for edge in (one.begun, one.over or at))}
    )
    down = sum(
        (last - first).total_seconds()
        * max((one.weight for one in mine if one.begun <= first and (one.over or at) >= last), default=0.0)
        for first, last in pairwise(edges)
    )
    whole = (end - begin).total_seconds()
    available = 1 - down / whole if whole else 1.0
    return Day(day, available, max((one.rank for one in mine), default=0)), whole, down
