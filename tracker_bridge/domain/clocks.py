"""
Clocks: who is to be reminded of what, and when next (process: clocks and nudges).

A clock runs since the last thing that answers it. It reminds for the first time after ``first``, and then at
every multiple of ``every``: one reminder at a time, each in a new comment, because editing pings nobody. After
hours of silence of ours there is one reminder, not many. Time comes in as ``now``; a reminder's text does not
contain it.

The Technical Lead is never asked for status (S52): :func:`_spared` sees to that.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.roles import Role, is_same
from tracker_bridge.domain.timeline import Entry, Kind

_NO_NEWS: Final = frozenset({Kind.ROLE_TAKEN, Kind.ROLE_LEFT, Kind.SNOOZED})
"""What people who work on the fix may put on the timeline without telling how it stands."""


@dataclass(frozen=True, slots=True)
class Clock:
    """
    Something that is waited for since ``since``, by ``logins`` (who must act).

    ``kind`` names the template's words; ``about`` is whatever else they depend on, such as an audience.
    ``first`` is not longer than ``every``.
    """

    kind: str
    since: datetime
    first: timedelta
    every: timedelta
    logins: tuple[str, ...]
    about: tuple[str, ...] = ()

    def slot(self, now: datetime) -> int:
        """Return the number of the reminder that is due by ``now``; 0 before the first."""
        passed = now - self.since
        return 0 if passed < self.first else 1 + passed // self.every

    def at(self, slot: int) -> datetime:
        """Return when the reminder number ``slot``, from 1 on, is due."""
        return self.since + (self.first if slot == 1 else self.every * (slot - 1))


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
    def key(self) -> str:
        """
        The key of its comment. Other words, or other people to ask, make another key, and so a new comment.

        Of bounded length, however many people are asked.
        """
        clock = self.clock
        told = "\n".join((*(login.casefold() for login in clock.logins), "", *clock.about))
        digest = hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:16]
        return f"nudge:{clock.kind}.{int(clock.since.timestamp()) // 60}.{self.slot}.{digest}"


@dataclass(frozen=True, slots=True)
class Due:
    """``next_at``: when the next reminder is due, or the silence ends; ``None`` when no clock runs."""

    nudges: tuple[Nudge, ...] = ()
    next_at: datetime | None = None


def due(incident: Incident, now: datetime) -> Due:
    """Return the reminders that should stand in the thread at ``now``, and when that changes."""
    running = [clock for clock in _running(incident) if clock.logins]
    silent_until = incident.snoozed_until
    if running and silent_until is not None and now < silent_until:
        return Due(next_at=silent_until)
    slots = [(clock, clock.slot(now)) for clock in running]
    nudges = tuple(Nudge(clock, slot) for clock, slot in slots if slot)
    return Due(nudges, min((clock.at(slot + 1) for clock, slot in slots), default=None))


def _running(incident: Incident) -> Iterator[Clock]:
    if incident.active:
        yield from _quiet(incident)
        yield from _roles(incident)


def _quiet(incident: Incident) -> Iterator[Clock]:
    """
    Nobody who works on the fix has been heard: an Assist is asked (S58).

    Without one, the Scribe looks and the Incident Lead names an Assist (S52); somebody who is both does both.
    """
    first = incident.intervals.quiet
    assist = _spared(incident, Role.TECHNICAL_ASSIST)[:1]
    since = _last_heard(incident, first, scribes=not assist)
    if assist:
        yield Clock("quiet", since, first, first * 2, assist)
        return
    asked: dict[str, tuple[str, ...]] = {}
    for role, what in ((Role.SCRIBE, "look"), (Role.INCIDENT_LEAD, "name")):
        for login in _spared(incident, role)[:1]:
            same = next((one for one in asked if is_same(one, login)), login)
            asked[same] = (*asked.get(same, ()), what)
    for login, about in asked.items():
        yield Clock("unassisted", since, first, first * 2, (login,), about)


def _last_heard(incident: Incident, patience: timedelta, *, scribes: bool) -> datetime:
    """
    Return when somebody who works on the fix was last heard.

    An answer in plain words counts like an event of the timeline. With ``scribes``, so does what a Scribe
    notes or says when asked to look: after ``patience``.
    """
    since = _begun(incident)
    told = [(entry.recorded_at, _teller(entry)) for entry in incident.timeline if entry.kind not in _NO_NEWS]
    for at, login in sorted((*told, *((word.at, word.login) for word in incident.words))):
        asked = scribes and at >= since + patience and incident.holds(login, Role.SCRIBE)
        if at > since and (asked or login.casefold() in incident.technical):
            since = at
    return since


def _teller(entry: Entry) -> str:
    """A fix is news from whoever made it, however it got onto the timeline."""
    return entry.who if entry.kind is Kind.FIXED else entry.author


def _roles(incident: Incident) -> Iterator[Clock]:
    """Needed roles are open: the Incident Lead fills them; without one, whoever opened it (S36, S98-S100)."""
    if not incident.unfilled:
        return
    moved = [e.recorded_at for e in incident.timeline if e.kind in (Kind.ROLE_TAKEN, Kind.ROLE_LEFT)]
    since, first = max([_begun(incident), *moved]), incident.intervals.roles
    kind = "lead" if Role.INCIDENT_LEAD in incident.unfilled else "roles"
    about = () if kind == "lead" else tuple(role.value for role in incident.unfilled)
    yield Clock(kind, since, first, first * 2, _in_charge(incident), about)


def _in_charge(incident: Incident) -> tuple[str, ...]:
    """Return who sees to the roles; for a bot's incident without a lead, whoever was first to take part."""
    opener = () if incident.opener.bot or not incident.opener.id else (incident.opener.login,)
    return (incident.logins(Role.INCIDENT_LEAD) or opener or incident.logins(*Role))[:1]


def _begun(incident: Incident) -> datetime:
    """Return when it was declared, or opened again: before that nobody was expected to do anything."""
    again = [entry.recorded_at for entry in incident.timeline if entry.kind is Kind.REOPENED]
    return max([incident.declared.moment.at if incident.declared else incident.created_at, *again])


def _spared(incident: Incident, role: Role) -> tuple[str, ...]:
    """Return who holds ``role``, but not the Technical Lead: they are never asked for status (S52)."""
    leads = incident.logins(Role.TECHNICAL_LEAD)
    return tuple(login for login in incident.logins(role) if not any(is_same(login, lead) for lead in leads))
