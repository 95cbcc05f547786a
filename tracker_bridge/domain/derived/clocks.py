"""
Clocks: when a reminder is due, and when the next one is.

A clock runs since the last thing that answers it. It reminds for the first time after ``first``, and then at
every multiple of ``every``: one reminder at a time, each in a new comment, because editing pings nobody. After
hours of silence of ours there is one reminder, not many. Time comes in as ``now``; no text contains it. Which
clocks run, and who must act, is said in :mod:`tracker_bridge.domain.derived.reminders`.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Reminder:
    """What somebody is reminded of. ``kind`` names it in keys and in the template, which tells its fields."""

    kind: ClassVar[str]

    @property
    def facts(self) -> tuple[str, ...]:
        """What its words depend on: other facts, another comment."""
        return tuple(fact for field in fields(self) for fact in _facts(field.name, getattr(self, field.name)))


def _facts(name: str, value: object) -> tuple[str, ...]:
    match value:
        case bool():
            return (name,) if value else ()
        case tuple():
            return tuple(map(str, value))
        case date():
            return (value.isoformat(),)
    return (str(value),)


@dataclass(frozen=True, slots=True)
class Clock:
    """
    Something that is waited for since ``since``, by ``logins`` (who must act).

    ``first`` is not longer than ``every``. With ``most``, the reminder of that number is the last. Where several
    are asked in turn, each has a clock: the one of ``turn`` has every one of the ``turns`` reminders from that
    number on. After ``shown``, before anybody is reminded, the status comment tells that it is waited for.
    ``patient``: a reminder waits for the next of another clock, and goes with it, if that comes before its next.
    """

    reminder: Reminder
    since: datetime
    first: timedelta
    every: timedelta
    logins: tuple[str, ...]
    most: int | None = None
    turn: int = 1
    turns: int = 1
    shown: timedelta | None = None
    patient: bool = False

    def slot(self, now: datetime) -> int:
        """Return the number of the reminder that is due by ``now``; 0 before the first, and in others' turns."""
        slot = self._slot(now)
        return slot if slot >= self.turn and (slot - self.turn) % self.turns == 0 else 0

    def _slot(self, now: datetime) -> int:
        passed = now - self.since
        slot = 0 if passed < self.first else 1 + passed // self.every
        return slot if self.most is None else min(slot, self.most)

    def at(self, slot: int) -> datetime:
        """Return when the reminder number ``slot``, from 1 on, is due."""
        return self.since + (self.first if slot == 1 else self.every * (slot - 1))

    def next_at(self, now: datetime) -> datetime | None:
        """Return when the next reminder is due, this one's or the next one's in turn; ``None`` after the last."""
        slot = self._slot(now)
        return None if slot == self.most else self.at(slot + 1)


@dataclass(frozen=True, slots=True)
class Nudge:
    """A reminder that is due."""

    clock: Clock
    slot: int

    @property
    def at(self) -> datetime:
        """When it was due: now or before."""
        return self.clock.at(self.slot)

    @property
    def late(self) -> bool:
        """Whether the time is up; a first reminder may come before that, as a hint."""
        return self.slot > 1

    @property
    def key(self) -> str:
        """The key of a comment that says nothing else."""
        return f"nudge:{self.name}"

    @property
    def name(self) -> str:
        """
        Its name in the key of its comment. Other words, or other people to ask, make another, and a new comment.

        Of bounded length, however many people are asked.
        """
        clock = self.clock
        logins = (login.casefold() for login in clock.logins)
        told = "\n".join((*logins, "", str(clock.first), str(clock.every), *clock.reminder.facts))
        digest = hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:16]
        return f"{clock.reminder.kind}.{int(clock.since.timestamp()) // 60}.{self.slot}.{digest}"


@dataclass(frozen=True, slots=True)
class Due:
    """
    ``pending`` are the clocks that the status comment shows. ``next_at``: when the next reminder is due, or more
    is shown, or the silence ends; ``None`` when time changes nothing.
    """

    nudges: tuple[Nudge, ...] = ()
    pending: tuple[Clock, ...] = ()
    next_at: datetime | None = None


def due(clocks: Iterable[Clock], now: datetime, silent_until: datetime | None = None) -> Due:
    """Return the reminders that should stand in the thread at ``now``, and when that changes."""
    running = [clock for clock in clocks if clock.logins]
    if running and silent_until is not None and now < silent_until:
        return Due(next_at=silent_until)
    nudges = tuple(Nudge(clock, slot) for clock in running if (slot := _slot(clock, running, now)))
    shown = {clock: clock.since + clock.shown for clock in running if clock.shown is not None}
    later = [at for at in shown.values() if at > now]
    later += [at for clock in running if (at := clock.next_at(now))]
    return Due(nudges, tuple(clock for clock, at in shown.items() if at <= now), min(later, default=None))


def _slot(clock: Clock, running: Iterable[Clock], now: datetime) -> int:
    """Return which reminder of a clock is due among others: each new comment is a mail to everybody."""
    slot = clock.slot(now)
    if not clock.patient or not slot:
        return slot
    at = clock.at(slot)
    others = [then for one in running if not one.patient and (then := one.next_at(at))]
    together = min((then for then in others if then < clock.at(slot + 1)), default=at)
    return slot if now >= together else slot - 1
