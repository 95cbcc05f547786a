"""Shifts, what is known of a source of them, and who is on call at an instant (pure)."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

ALWAYS: Final = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
"""From when until when a listing tells everything, where nothing bounds it."""


@dataclass(frozen=True, slots=True)
class Shift:
    """
    Somebody is on call from ``start`` until just before ``end``.

    ``names`` are what they may be known by, the fullest first; empty where the source names nobody. ``level`` 1 is
    asked first. Of shifts of one level at one time, only those of the highest ``rank`` count: an override has a
    higher one. ``is_login``: the names are logins of a tracker.
    """

    start: datetime
    end: datetime
    names: tuple[str, ...] = ()
    mail: str = ""
    level: int = 1
    rank: int = 0
    schedule: str = ""
    is_login: bool = False

    @property
    def name(self) -> str:
        """How to call them: the shortest name, else the mail address."""
        return min(self.names, key=len, default="") or self.mail


@dataclass(frozen=True, slots=True)
class Listing:
    """All shifts within ``span``; ``complaints`` are what could not be understood, for its keeper."""

    shifts: tuple[Shift, ...] = ()
    span: tuple[datetime, datetime] = ALWAYS
    complaints: tuple[str, ...] = ()

    def covers(self, at: datetime) -> bool:
        return self.span[0] <= at < self.span[1]

    def at(self, instant: datetime) -> tuple[Shift, ...]:
        """Return the shifts at an instant, the first level first; of a level, only those that count."""
        return self._at(instant)[0]

    def overridden(self, instant: datetime) -> tuple[Shift, ...]:
        """Return the shifts at an instant that do not count, because others have a higher rank."""
        return self._at(instant)[1]

    def _at(self, instant: datetime) -> tuple[tuple[Shift, ...], tuple[Shift, ...]]:
        there = sorted({one for one in self.shifts if one.start <= instant < one.end}, key=_in_order)
        highest = {one.level: max(other.rank for other in there if other.level == one.level) for one in there}
        counting = tuple(one for one in there if one.rank == highest[one.level])
        return counting, tuple(one for one in there if one.rank < highest[one.level])


def _in_order(shift: Shift) -> tuple[int, str, datetime]:
    return shift.level, shift.name.casefold(), shift.start


@dataclass(frozen=True, slots=True)
class Snapshot:
    """
    What is known of a source: the last good ``listing``, and when it was last confirmed.

    ``failing_since``: when it could not be read for the first time since then, and ``reason`` why: words that show
    no address and no token.
    """

    listing: Listing | None = None
    read_at: datetime | None = None
    failing_since: datetime | None = None
    reason: str = ""


class Known(StrEnum):
    """How well an answer is known."""

    READ = "read"  # the source said so when it was last asked
    COPY = "copy"  # it cannot be read now; this is its last good copy
    UNREADABLE = "unreadable"  # it cannot be read, and there is no copy that tells of this time
    UNREAD = "unread"  # it has not been asked yet


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Who a ``source`` says is on call. Where it ``tells``, no shifts mean that nobody is. ``overridden`` would be,
    without an override.
    """

    source: str
    known: Known
    shifts: tuple[Shift, ...] = ()
    read_at: datetime | None = None
    failing_since: datetime | None = None
    reason: str = ""
    complaints: tuple[str, ...] = field(default=(), compare=False)
    overridden: tuple[Shift, ...] = ()

    @property
    def tells(self) -> bool:
        return self.known in (Known.READ, Known.COPY)

    @property
    def gap(self) -> bool:
        """Whether nobody is on call, for certain."""
        return self.tells and not self.shifts


def who(source: str, snapshot: Snapshot, at: datetime) -> Answer:
    """Return who is on call at ``at``, as far as the snapshot of the source tells."""
    listing, failing = snapshot.listing, snapshot.failing_since
    if listing is None:
        known = Known.UNREAD if failing is None else Known.UNREADABLE
        return Answer(source, known, (), None, failing, snapshot.reason)
    if not listing.covers(at):
        reason = snapshot.reason or "what was read does not reach this time"
        return Answer(
            source, Known.UNREADABLE, (), snapshot.read_at, failing or snapshot.read_at, reason, listing.complaints
        )
    return Answer(
        source,
        Known.READ if failing is None else Known.COPY,
        listing.at(at),
        snapshot.read_at,
        failing,
        snapshot.reason,
        listing.complaints,
        listing.overridden(at),
    )
