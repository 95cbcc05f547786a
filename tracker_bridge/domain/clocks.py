"""
Clocks: who is to be reminded of what, and when next (process: clocks and nudges).

A clock runs since the last thing that answers it. It reminds after its interval, after twice that, and then
every two: one reminder at a time, each in a new comment, because editing pings nobody. After hours of silence
of ours there is one reminder, not many. Time comes in as ``now``; a reminder's text does not contain it.

The Technical Lead is never asked for status (S52): :func:`_spared` sees to that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.roles import Role, is_same
from tracker_bridge.domain.timeline import Kind


@dataclass(frozen=True, slots=True)
class Clock:
    """
    Something that is waited for since ``since``, by ``logins`` (who must act), every ``interval``.

    ``kind`` names the template's words, ``about`` what exactly: an audience, an action item.
    """

    kind: str
    since: datetime
    interval: timedelta
    logins: tuple[str, ...]
    about: str = ""

    def slot(self, now: datetime) -> int:
        """Return the number of the reminder that is due by ``now``; 0 before the first."""
        passed = (now - self.since) // self.interval
        return passed if passed < 2 else 1 + passed // 2

    def at(self, slot: int) -> datetime:
        """Return when a reminder is due: after one interval, two, four, six."""
        return self.since + self.interval * (slot if slot < 2 else 2 * (slot - 1))


@dataclass(frozen=True, slots=True)
class Nudge:
    """A reminder that is due. Its ``key`` changes with the slot and with whom it is for."""

    clock: Clock
    slot: int

    @property
    def key(self) -> str:
        since = int(self.clock.since.timestamp()) // 60
        who = "-".join(self.clock.logins).casefold().replace("/", ".").replace("-", "_")
        about = "".join(sign if sign.isascii() and sign.isalnum() else "_" for sign in self.clock.about.casefold())
        return f"nudge:{self.clock.kind}.{about or '0'}.{since}.{self.slot}.{who}"


@dataclass(frozen=True, slots=True)
class Due:
    """``next_at``: when the next reminder is due, or the silence ends; ``None`` when no clock runs."""

    nudges: tuple[Nudge, ...] = ()
    next_at: datetime | None = None


def due(incident: Incident, now: datetime) -> Due:
    """Return the reminders that should stand in the thread at ``now``, and when that changes."""
    running = tuple(_running(incident))
    if not running:
        return Due()
    nexts = [clock.at(clock.slot(now) + 1) for clock in running]
    quiet_until = incident.snoozed_until
    if quiet_until is not None and now < quiet_until:
        return Due(next_at=quiet_until)
    nudges = tuple(Nudge(clock, clock.slot(now)) for clock in running if clock.slot(now) and clock.logins)
    return Due(nudges, min(nexts))


def _running(incident: Incident) -> Iterator[Clock]:
    if incident.active:
        yield from _quiet(incident)
        yield from _roles(incident)


def _quiet(incident: Incident) -> Iterator[Clock]:
    """No news from those who work on the fix: ask the Assist, else let the Scribe look (S58, S52)."""
    heard = [e.recorded_at for e in incident.timeline if e.author.casefold() in incident.technical]
    since, interval = _latest(incident, heard), incident.intervals.quiet
    asked = (("quiet", Role.TECHNICAL_ASSIST), ("quiet_scribe", Role.SCRIBE), ("quiet_lead", Role.INCIDENT_LEAD))
    found = ((kind, _spared(incident, incident.logins(role))) for kind, role in asked)
    yield from [Clock(kind, since, interval, logins[:1]) for kind, logins in found if logins][:1]


def _roles(incident: Incident) -> Iterator[Clock]:
    """Needed roles are open: the Incident Lead fills them; without one, whoever opened it (S36, S98-S100)."""
    if not incident.unfilled:
        return
    moved = [e.recorded_at for e in incident.timeline if e.kind in (Kind.ROLE_TAKEN, Kind.ROLE_LEFT)]
    leads = incident.logins(Role.INCIDENT_LEAD)
    opener = () if incident.opener.bot or not incident.opener.id else (incident.opener.login,)
    kind = "roles" if leads else "lead"
    yield Clock(kind, _latest(incident, moved), incident.intervals.roles, (leads or opener)[:1])


def _latest(incident: Incident, moments: list[datetime]) -> datetime:
    begun = incident.declared.moment.at if incident.declared else incident.created_at
    return max([begun, *moments])


def _spared(incident: Incident, logins: tuple[str, ...]) -> tuple[str, ...]:
    """Leave the Technical Lead out, whatever else they are: they are never asked for status (S52)."""
    leads = incident.logins(Role.TECHNICAL_LEAD)
    return tuple(login for login in logins if not any(is_same(login, lead) for lead in leads))
