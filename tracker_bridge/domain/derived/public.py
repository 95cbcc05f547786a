"""
What everyone may know of many incidents: the words of external updates, and nothing else.

An incident appears with its first external update, and is named by it: the title of its issue is the team's. What
is confidential, a drill, or was no incident, does not appear at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker_bridge.domain.derived.report import Case
from tracker_bridge.domain.incident.audiences import Reach, audiences
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.issue.cleaning import clean

DAYS = 90
"""For how many days the availability is told."""

NAME = 120
"""Characters of a name."""


@dataclass(frozen=True, slots=True)
class PublicUpdate:
    """Words of an external update, a line each, and when they were said."""

    at: datetime
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """
    ``id`` is the same in every build. ``updates`` are the newest first. ``ended`` is ``None`` while it goes on.

    ``phase`` is what everyone is told of it: investigating, identified, monitoring, resolved.
    """

    id: str
    name: str
    components: tuple[str, ...]
    phase: str
    began: datetime
    ended: datetime | None
    updates: tuple[PublicUpdate, ...]


@dataclass(frozen=True, slots=True)
class Component:
    """
    A service. ``available`` is a share of the last :data:`DAYS` days, ``days`` has one for each, oldest first.
    """

    name: str
    affected: bool
    available: float
    days: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """Everything on the page; incidents are the newest first."""

    at: datetime
    components: tuple[Component, ...]
    incidents: tuple[PublicIncident, ...]

    @property
    def open(self) -> tuple[PublicIncident, ...]:
        return tuple(one for one in self.incidents if one.ended is None)

    @property
    def past(self) -> tuple[PublicIncident, ...]:
        return tuple(one for one in self.incidents if one.ended is not None)


def public_status(cases: Iterable[Case], at: datetime) -> PublicStatus:
    """Return what everyone may know at that time."""
    shown = [one for case in cases if (one := _public(case)) is not None]
    incidents = tuple(sorted(shown, key=lambda one: (one.began, one.id), reverse=True))
    names = sorted({name for one in incidents for name in one.components})
    return PublicStatus(at, tuple(_component(name, incidents, at) for name in names), incidents)


def _public(case: Case) -> PublicIncident | None:
    incident = case.incident
    if case.confidential or incident.drill or not incident.exists or incident.phase is Phase.CANCELLED:
        return None
    external = {one.name for one in audiences(incident) if one.reach is Reach.EXTERNAL}
    told = [
        PublicUpdate(one.occurred.at, one.said)
        for one in incident.comms.communications
        if external & {*one.audiences} and any(line.strip() for line in one.said)
    ]
    if not told:
        return None
    told.sort(key=lambda one: one.at)
    return PublicIncident(
        id=f"{incident.ref.tracker}-{incident.ref.project.replace('/', '-')}-{incident.ref.number}",
        name=_name(told[0].lines),
        components=case.services,
        phase=incident.phase.value,
        began=told[0].at,
        ended=_ended(incident, told[-1].at),
        updates=tuple(reversed(told)),
    )


def _ended(incident: Incident, last: datetime) -> datetime | None:
    """It is over when it was resolved; not before the last words about it."""
    if not incident.phase.ended or incident.times.resolved is None:
        return None
    return max(incident.times.resolved.moment.at, last)


def _name(lines: tuple[str, ...]) -> str:
    """Return the first sentence of the first update."""
    line = next(line.strip() for line in lines if line.strip())
    return clean(line.partition(". ")[0].rstrip("."), NAME)


def _component(name: str, incidents: tuple[PublicIncident, ...], at: datetime) -> Component:
    spans = [(one.began, one.ended or at) for one in incidents if name in one.components]
    begin = at - timedelta(days=DAYS)
    days = tuple(
        _share(spans, begin + timedelta(days=day), begin + timedelta(days=day + 1)) for day in range(DAYS)
    )
    affected = any(one.ended is None and name in one.components for one in incidents)
    return Component(name, affected, _share(spans, begin, at), days)


def _share(spans: list[tuple[datetime, datetime]], begin: datetime, end: datetime) -> float:
    """Return which share of the time from ``begin`` to ``end`` no incident covers."""
    covered, until = timedelta(), begin
    for first, last in sorted(spans):
        first, last = max(first, until), min(last, end)  # noqa: PLW2901 - cut to what is asked for
        if last > first:
            covered += last - first
            until = last
    return 1 - covered / (end - begin)
