"""
Many incidents at once: how often, and how long on average (S63).

Drills and what was cancelled do not count; what is not known, and what runs backwards, is counted and left out.
Only here the word "mean" has its place (S67).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker_bridge.domain.derived.post_incident import cadence
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.statistics import Interval, statistics


@dataclass(frozen=True, slots=True)
class Case:
    """One incident of a report. ``services`` are those that its labels name; ``confidential``: its issue is."""

    incident: Incident
    services: tuple[str, ...] = ()
    confidential: bool = False

    @property
    def declared_at(self) -> datetime:
        mark = self.incident.times.declared
        return mark.moment.at if mark else self.incident.created_at


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One statistic over several incidents. ``known`` are the lengths that count, shortest first.

    ``approximate``: one of them is. ``unknown`` incidents lack one of the two times, or are not over yet;
    ``negative`` ones end before they begin.
    """

    name: str
    known: tuple[timedelta, ...]
    approximate: bool
    unknown: int
    negative: int

    @property
    def mean(self) -> timedelta | None:
        return sum(self.known, timedelta()) / len(self.known) if self.known else None

    @property
    def median(self) -> timedelta | None:
        last = len(self.known) - 1
        return (self.known[last // 2] + self.known[-(-last // 2)]) / 2 if self.known else None


@dataclass(frozen=True, slots=True)
class Compliance:
    """
    How well audiences were kept up to date: of all intervals between two communications (the declaration before
    the first and the resolution after the last count as such), how many were ``within`` the ceiling. An audience
    that was to be told and was not has one, from the declaration to the resolution.
    """

    within: int
    intervals: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1; ``None`` when no audience was to be told anything."""
        return self.within / self.intervals if self.intervals else None


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents that have something in common; ``name`` is empty for those without it, so without a severity."""

    name: str
    incidents: int
    ongoing: int
    figures: tuple[Figure, ...]
    updates: Compliance


@dataclass(frozen=True, slots=True)
class Report:
    """
    The incidents that were declared in ``projects`` from ``since`` until ``until``.

    ``drills`` and ``cancelled`` (duplicates as well) are only counted; ``unread`` could not be read.
    ``services`` is empty when no label names one.
    """

    projects: tuple[str, ...]
    since: datetime
    until: datetime
    cases: tuple[Case, ...]
    drills: int
    cancelled: int
    unread: tuple[str, ...]
    total: Group
    severities: tuple[Group, ...]
    months: tuple[Group, ...]
    services: tuple[Group, ...]


def report_of(
    cases: Iterable[Case],
    *,
    projects: Iterable[str],
    since: datetime,
    until: datetime,
    unread: Iterable[str] = (),
) -> Report:
    """Sort the incidents by when they were declared, and sum them up."""
    declared = [one for one in cases if one.incident.exists and since <= one.declared_at <= until]
    drills = [one for one in declared if one.incident.drill]
    cancelled = [one for one in declared if not one.incident.drill and one.incident.phase is Phase.CANCELLED]
    counted = sorted(
        (one for one in declared if one not in drills and one not in cancelled),
        key=lambda one: (one.declared_at, one.incident.ref),
    )
    return Report(
        projects=tuple(projects),
        since=since,
        until=until,
        cases=tuple(counted),
        drills=len(drills),
        cancelled=len(cancelled),
        unread=tuple(unread),
        total=_group("", counted),
        severities=_by_severity(counted),
        months=_groups(counted, lambda one: (f"{one.declared_at:%Y-%m}",)),
        services=_by_service(counted),
    )


def services(labels: Iterable[str], prefix: str) -> tuple[str, ...]:
    """Return the services that labels like ``service:shop`` or ``service::shop`` name."""
    named = (label[len(prefix) :] for label in labels if label.casefold().startswith(prefix.casefold()))
    return tuple(sorted(name for name in (part.lstrip(": ").strip() for part in named) if name))


def figures(cases: Sequence[Case]) -> tuple[Figure, ...]:
    """Sum up each of the statistics of a single incident."""
    return tuple(_figure(column) for column in zip(*(statistics(one.incident) for one in cases), strict=True))


def _figure(intervals: Sequence[Interval]) -> Figure:
    known = [(one.length, one) for one in intervals if one.length is not None and not one.negative]
    return Figure(
        name=intervals[0].name,
        known=tuple(sorted(length for length, _ in known)),
        approximate=any(one.approximate for _, one in known),
        unknown=sum(one.length is None for one in intervals),
        negative=sum(one.negative for one in intervals),
    )


def compliance(cases: Iterable[Case]) -> Compliance:
    """Sum up how the audiences of the incidents were kept up to date."""
    kept = [audience for one in cases for audience in cadence(one.incident)]
    intervals = sum(audience.silences for audience in kept)
    return Compliance(intervals - sum(audience.late for audience in kept), intervals)


def _group(name: str, cases: Sequence[Case]) -> Group:
    ongoing = sum(one.incident.active for one in cases)
    return Group(name, len(cases), ongoing, figures(cases), compliance(cases))


def _groups(cases: Sequence[Case], names: Callable[[Case], tuple[str, ...]]) -> tuple[Group, ...]:
    """Group by name, in the order of the names, those without any last; one with two counts in both."""
    found: dict[str, list[Case]] = {}
    for one in cases:
        for name in names(one) or ("",):
            found.setdefault(name, []).append(one)
    return tuple(_group(name, found[name]) for name in sorted(found, key=lambda name: (not name, name)))


def _by_severity(cases: Sequence[Case]) -> tuple[Group, ...]:
    """Worst first, on the scale that is in force."""
    order = {step.name: at for one in cases for at, step in enumerate(one.incident.rules.severities)}
    found = _groups(cases, lambda one: (one.incident.severity.name,) if one.incident.severity else ())
    return tuple(sorted(found, key=lambda group: (not group.name, order.get(group.name, len(order)))))


def _by_service(cases: Sequence[Case]) -> tuple[Group, ...]:
    return _groups(cases, lambda one: one.services) if any(one.services for one in cases) else ()
