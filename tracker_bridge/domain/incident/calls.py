"""Who was on call and asked, who answered, and when somebody is paged at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Final

from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.domain.issue.issue import Person, TrackerUrl

if TYPE_CHECKING:
    from tracker_bridge.domain.incident.incident import Incident
    from tracker_bridge.domain.incident.rules import Severity

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours without pages, from ``begin`` until ``end`` each day; over midnight where the end is earlier."""

    begin: time
    end: time
    zone: tzinfo = UTC

    def over(self, at: datetime) -> datetime:
        """Return ``at``, or when the quiet hours are over that it lies in."""
        local = at.astimezone(self.zone)
        for day in (local.date() - _DAY, local.date()):
            begin = datetime.combine(day, self.begin, self.zone)
            end = datetime.combine(day if self.begin < self.end else day + _DAY, self.end, self.zone)
            if begin.astimezone(UTC) <= at < end.astimezone(UTC):
                return end.astimezone(UTC)
        return at


@dataclass(frozen=True, slots=True)
class Paging:
    """
    ``severities`` page, those of ``always`` in quiet hours as well; without any, nobody is paged. The next level
    is asked ``escalate_after``.
    """

    severities: tuple[str, ...] = ()
    escalate_after: timedelta = timedelta(minutes=10)
    quiet: Quiet | None = None
    always: tuple[str, ...] = ()

    def pages(self, severity: "Severity | None") -> bool:
        """Whether incidents of a severity page."""
        return _is_one_of(severity, (*self.severities, *self.always))

    def due(self, severity: "Severity | None", at: datetime) -> datetime:
        """Return from when on somebody is paged who was to be paged ``at`` that time."""
        if self.quiet is None or _is_one_of(severity, self.always):
            return at
        return self.quiet.over(at)


NO_PAGING: Final = Paging()


def _is_one_of(severity: "Severity | None", names: tuple[str, ...]) -> bool:
    return severity is not None and bool(severity.words & {one.casefold() for one in names})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody pages by hand: ``who``, or whoever is on call. ``id`` is the call's."""

    id: str
    at: datetime
    by: str
    url: TrackerUrl
    who: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """``who`` was the first to act after they were asked, or to take it."""

    epoch: int
    who: str
    at: datetime
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Calls:
    """
    ``made`` are all call-outs, oldest first, ``wanted`` those by hand, ``answers`` who answered, at most one in an
    epoch. ``drill_pages``: it pages although it is a drill.
    """

    made: tuple[CallOut, ...] = ()
    wanted: tuple[Wanted, ...] = ()
    answers: tuple[Answered, ...] = ()
    drill_pages: bool = False


def epoch_of(incident: "Incident") -> int:
    """Return how often it was reopened."""
    return len(incident.timeline.of(Kind.REOPENED))


def current(incident: "Incident") -> tuple[CallOut, ...]:
    """Return the call-outs since it was last opened."""
    epoch = epoch_of(incident)
    return tuple(one for one in incident.calls.made if one.epoch == epoch)


def answer(incident: "Incident") -> Answered | None:
    """Return who answered since it was last opened."""
    epoch = epoch_of(incident)
    return next((one for one in incident.calls.answers if one.epoch == epoch), None)


def called(incident: "Incident") -> tuple[str, ...]:
    """
    Return the logins of those who were asked since it was last opened because they are on call, each once; the
    last ones first. Who was paged by name need not be on call.
    """
    named = {one.id for one in incident.calls.wanted if one.who}
    found: dict[str, str] = {}
    for one in reversed(current(incident)):
        for login in one.logins if one.cause not in named else ():
            found.setdefault(login.casefold(), login)
    return tuple(found.values())


def is_claimed(incident: "Incident") -> bool:
    """Whether somebody took it by saying so: who only opened it leads the work until somebody says otherwise."""
    held = incident.people.holders(Role.TECHNICAL_LEAD, Role.INCIDENT_LEAD)
    return any(not one.implied for one in held)


def answerers(incident: "Incident") -> Iterator[CallOut]:
    """Yield the call-outs that wait for an answer."""
    if answer(incident) is None:
        yield from (one for one in current(incident) if one.pages and not one.there)
