"""
What everyone may know of many incidents: the words of external updates, and nothing else.

An incident appears with its first external update, and is named by it: the title of its issue is the team's. What
is confidential, a drill, or was no incident, does not appear at all. Of its severity, only the impact that the
operator chose for it is shown; of its times, how long a component was out.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from tracker_bridge.domain.derived.availability import DAYS, Availability, Outage, availability
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.audiences import Reach, audiences
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.cleaning import clean

NAME: Final = 120
"""Characters of a name."""

SCHEDULED: Final = "scheduled"
IN_PROGRESS: Final = "in_progress"
COMPLETED: Final = "completed"
CANCELLED: Final = "cancelled"
"""How far maintenance is."""

_PHASES: Final = {
    Kind.DECLARED: Phase.INVESTIGATING,
    Kind.REOPENED: Phase.INVESTIGATING,
    Kind.FIXED: Phase.MONITORING,
    Kind.RESOLVED: Phase.RESOLVED,
}
"""The phase that begins with an event; with one of :attr:`Kind.PHASE`, the one that it names."""

_NAMED: Final = {phase.value: phase for phase in Phase}


class PublicImpact(StrEnum):
    """How bad it is for those outside, the least first."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(PublicImpact).index(self)


WEIGHTS: Final = {
    PublicImpact.NONE: 0.0,
    PublicImpact.MINOR: 0.0,
    PublicImpact.MAJOR: 0.3,
    PublicImpact.CRITICAL: 1.0,
}
"""Which part of the time of an incident counts as down, as most hosted status pages count it."""


@dataclass(frozen=True, slots=True)
class PublicService:
    """
    A component as the operator describes it: the ``services`` whose labels mean it, its ``group``, and ``since``
    when its incidents are recorded here.
    """

    name: str
    services: tuple[str, ...]
    description: str = ""
    group: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class PageRules:
    """
    What the operator chose. Without ``services``, every service that an incident shown names is a component.

    ``impacts`` are by the name of the severity; without an entry, its place in the scale counts.
    ``since``: from when on incidents are recorded; without it, from the first that is shown.
    """

    services: tuple[PublicService, ...] = ()
    impacts: Mapping[str, PublicImpact] = field(default_factory=dict)
    weights: Mapping[PublicImpact, float] = field(default_factory=lambda: WEIGHTS)
    since: date | None = None


@dataclass(frozen=True, slots=True)
class PublicUpdate:
    """
    Words of an external update, a line each, and when they were said. ``phase`` is the one of that moment.

    ``id`` stays the same when the words are corrected. ``correction``: it corrects what was said before.
    """

    id: str
    at: datetime
    lines: tuple[str, ...]
    phase: str
    correction: bool = False


@dataclass(frozen=True, slots=True)
class PublicIncident:
    """
    ``id`` is the same in every build. ``updates`` are the newest first. ``ended`` is ``None`` while it goes on.

    ``phase`` is what everyone is told of it: investigating, identified, monitoring, resolved. ``out`` is for how
    long its ``components`` were out.
    """

    id: str
    name: str
    components: tuple[str, ...]
    phase: str
    impact: PublicImpact
    began: datetime
    ended: datetime | None
    updates: tuple[PublicUpdate, ...]
    out: Outage

    @property
    def changed(self) -> datetime:
        """When something about it was last news."""
        return self.ended or self.updates[0].at


@dataclass(frozen=True, slots=True)
class PublicMaintenance:
    """
    Work that was announced. ``state`` is scheduled, in_progress, completed or cancelled, at the time of the page.

    ``began`` and ``ended`` are when it was to begin and end, or did. ``updates`` are the newest first.
    """

    id: str
    name: str
    components: tuple[str, ...]
    state: str
    began: datetime
    ended: datetime
    announced: datetime
    updates: tuple[PublicUpdate, ...]

    @property
    def changed(self) -> datetime:
        return self.updates[0].at


@dataclass(frozen=True, slots=True)
class Component:
    """A service, as bad off as the worst that is going on. ``maintained``: work on it is under way."""

    name: str
    description: str
    group: str
    impact: PublicImpact
    maintained: bool
    availability: Availability


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """Everything on the page; incidents and maintenance are the newest first."""

    at: datetime
    components: tuple[Component, ...]
    incidents: tuple[PublicIncident, ...]
    weights: Mapping[PublicImpact, float]
    maintenance: tuple[PublicMaintenance, ...] = ()

    @property
    def open(self) -> tuple[PublicIncident, ...]:
        return tuple(one for one in self.incidents if one.ended is None)

    @property
    def past(self) -> tuple[PublicIncident, ...]:
        return tuple(one for one in self.incidents if one.ended is not None)

    @property
    def upcoming(self) -> tuple[PublicMaintenance, ...]:
        """What is under way or to come, the soonest first."""
        return tuple(one for one in reversed(self.maintenance) if one.state in (SCHEDULED, IN_PROGRESS))

    @property
    def over(self) -> tuple[PublicMaintenance, ...]:
        return tuple(one for one in self.maintenance if one.state in (COMPLETED, CANCELLED))

    @property
    def impact(self) -> PublicImpact:
        """The worst that is going on."""
        return worst(one.impact for one in self.open)


def status_of(
    incidents: Iterable[PublicIncident], maintenance: Iterable[PublicMaintenance], at: datetime, rules: PageRules
) -> PublicStatus:
    """Return the page of these. What ended before the days that are shown is left out."""
    oldest = at - timedelta(days=DAYS)
    every = sorted(incidents, key=lambda one: (one.began, one.id), reverse=True)
    shown = tuple(one for one in every if one.ended is None or one.ended > oldest)
    work = sorted(maintenance, key=lambda one: (one.began, one.id), reverse=True)
    planned = tuple(one for one in work if one.ended > oldest)
    known = _known(rules.since, every)
    named = sorted(
        {name for one in shown for name in one.components} | {n for one in planned for n in one.components}
    )
    services = rules.services or tuple(PublicService(name, (name,)) for name in named)
    components = tuple(_component(one, shown, planned, at, known) for one in services)
    return PublicStatus(at, components, shown, rules.weights, planned)


def public_incident(case: Case, rules: PageRules) -> PublicIncident | None:
    """Return what everyone may know of an incident; ``None`` for nothing."""
    incident = case.incident
    if case.confidential or incident.drill or not incident.exists or incident.phase is Phase.CANCELLED:
        return None
    said = external_updates(incident)
    if not said:
        return None
    name = opaque(incident.ref.tracker, incident.ref.project, str(incident.ref.number), str(incident.created_at))
    last = said[-1].occurred.at
    return PublicIncident(
        id=name,
        name=first_sentence(said[0].said),
        components=shown_components(case.services, rules),
        phase=incident.phase.value,
        impact=_impact(incident, rules),
        began=said[0].occurred.at,
        ended=_ended(incident, last),
        updates=tuple(_update(incident, one, name) for one in reversed(said)),
        out=_out(incident, rules),
    )


def external_updates(incident: Incident) -> list[Communication]:
    """Return what was said to those outside, the oldest first."""
    external = {one.name for one in audiences(incident) if one.reach is Reach.EXTERNAL}
    said = [
        one
        for one in incident.comms.communications
        if external & {*one.audiences} and any(line.strip() for line in one.said)
    ]
    return sorted(said, key=lambda one: (one.occurred.at, one.recorded_at))


def opaque(*parts: str) -> str:
    """Return a name that stays, and does not tell what it was made of."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def worst(impacts: Iterable[PublicImpact]) -> PublicImpact:
    return max(impacts, key=lambda one: one.rank, default=PublicImpact.NONE)


def _update(incident: Incident, said: Communication, of: str) -> PublicUpdate:
    return PublicUpdate(
        opaque(of, said.id), said.occurred.at, said.said, _phase_at(incident, said).value, said.correction
    )


def _phase_at(incident: Incident, said: Communication) -> Phase:
    """Return the phase in which something was said."""
    phase = Phase.INVESTIGATING
    for entry in incident.timeline:
        if entry.recorded_at > said.recorded_at:
            break
        phase = _NAMED.get(entry.what, phase) if entry.kind is Kind.PHASE else _PHASES.get(entry.kind, phase)
    return phase


def _ended(incident: Incident, last: datetime) -> datetime | None:
    """It is over when it was resolved; not before the last words about it."""
    if not incident.phase.ended or incident.times.resolved is None:
        return None
    return max(incident.times.resolved.moment.at, last)


def _out(incident: Incident, rules: PageRules) -> Outage:
    """From when it started to when it was fixed, or else the nearest that was recorded."""
    times = incident.times
    begun = times.started or times.detected or times.declared
    over = times.fixed or (times.resolved if incident.phase.ended else None)
    impact = _impact(incident, rules)
    return Outage(
        begun.moment.at if begun else incident.created_at,
        over.moment.at if over else None,
        rules.weights.get(impact, 0.0),
        impact.rank,
    )


def _impact(incident: Incident, rules: PageRules) -> PublicImpact:
    """What the operator says of its severity, else its place in the scale; major while it has none."""
    severity = incident.severity
    if severity is None:
        return PublicImpact.MAJOR
    place = incident.rules.rank(severity)
    otherwise = {1: PublicImpact.CRITICAL, 2: PublicImpact.MAJOR}.get(place, PublicImpact.MINOR)
    return rules.impacts.get(severity.name, otherwise)


def shown_components(services: tuple[str, ...], rules: PageRules) -> tuple[str, ...]:
    """Return the components that are meant by services; those that nobody described only if none is described."""
    if not rules.services:
        return services
    meant = {name.casefold() for name in services}
    return tuple(one.name for one in rules.services if meant & {name.casefold() for name in one.services})


def first_sentence(lines: tuple[str, ...]) -> str:
    """Return what names it: the first sentence that everyone was told."""
    line = next(line.strip() for line in lines if line.strip())
    return clean(line.partition(". ")[0].rstrip("."), NAME)


def _known(since: date | None, incidents: Iterable[PublicIncident]) -> date | None:
    """Return from which day on it is known what happened."""
    return since or min((min(one.began, one.out.begun).date() for one in incidents), default=None)


def _component(
    service: PublicService,
    incidents: Iterable[PublicIncident],
    maintenance: Iterable[PublicMaintenance],
    at: datetime,
    known: date | None,
) -> Component:
    mine = [one for one in incidents if service.name in one.components]
    going_on = worst(one.impact for one in mine if one.ended is None and one.out.over is None)
    maintained = any(one.state == IN_PROGRESS and service.name in one.components for one in maintenance)
    days = availability((one.out for one in mine), at, service.since or known)
    return Component(service.name, service.description, service.group, going_on, maintained, days)
