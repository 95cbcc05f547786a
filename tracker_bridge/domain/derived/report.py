"""
Many incidents at once: how often, and how long on average (S63).

Drills and what was cancelled do not count; what is not known, and what runs backwards, is counted and left out.
Only here the word "mean" has its place (S67).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from tracker_bridge.domain.derived.post_incident import cadence
from tracker_bridge.domain.derived.targets import FollowUps, Target, follow_ups, targets
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.statistics import FIGURES, Interval, every_figure

RECOVERY: Final = "Recovery time of failed deployments"


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

    @property
    def caused_by_change(self) -> bool | None:
        """Whether a merge or deployment caused it; ``None`` while nobody has said."""
        said = self.incident.work.failed_change
        return None if said is None else bool(said.what)


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
        return self.percentile(50)

    def percentile(self, hundredths: int) -> timedelta | None:
        """Return what so many of a hundred do not exceed; between two incidents, in proportion."""
        if not self.known:
            return None
        last = len(self.known) - 1
        below, rest = divmod(last * hundredths, 100)
        return self.known[below] + (self.known[min(below + 1, last)] - self.known[below]) * rest / 100


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
class FailedChanges:
    """
    Incidents ``caused`` by a merge or deployment, those that were ``not_caused`` by any, and ``unknown`` ones.

    ``recovery`` is how long those caused by one took, from start to resolution: the recovery time of failed
    deployments. Of all incidents that is only the time to restore. https://dora.dev/guides/dora-metrics/
    """

    caused: int
    not_caused: int
    unknown: int
    recovery: Figure

    @property
    def known(self) -> int:
        """Of how many somebody said."""
        return self.caused + self.not_caused


@dataclass(frozen=True, slots=True)
class Group:
    """Incidents that have something in common; ``name`` is empty for those without it, so without a severity."""

    name: str
    incidents: int
    ongoing: int
    figures: tuple[Figure, ...]
    updates: Compliance
    targets: tuple[Target, ...]
    follow_ups: FollowUps
    changes: FailedChanges


@dataclass(frozen=True, slots=True)
class Month:
    """Incidents that were declared in a month, and those of the month ``before``; ``None`` for the first."""

    group: Group
    before: Group | None

    @property
    def more(self) -> int | None:
        """How many incidents more than the month before."""
        return self.group.incidents - self.before.incidents if self.before else None

    def longer(self, at: int) -> timedelta | None:
        """How much longer the median of the figure in that place is; unknown where one of them is."""
        now, then = (group.figures[at].median if group else None for group in (self.group, self.before))
        return None if now is None or then is None else now - then


@dataclass(frozen=True, slots=True)
class Report:
    """
    The incidents that were declared in ``projects`` from ``since`` until ``until``, as they are ``now``.

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
    now: datetime

    @property
    def trend(self) -> tuple[Month, ...]:
        """The months, each with the one before it."""
        return tuple(map(Month, self.months, (None, *self.months)))


def report_of(
    cases: Iterable[Case],
    *,
    projects: Iterable[str],
    since: datetime,
    until: datetime,
    unread: Iterable[str] = (),
    now: datetime | None = None,
) -> Report:
    """
    Sort the incidents by when they were declared, and sum them up.

    ``now`` is when what is open may be late, or overdue: ``until``, unless that is longer ago.
    """
    now = now or until
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
        total=_group("", counted, now),
        severities=_by_severity(counted, now),
        months=_by_month(counted, now),
        services=_by_service(counted, now),
        now=now,
    )


def figures(cases: Sequence[Case]) -> tuple[Figure, ...]:
    """Sum up each of the figures of a single incident."""
    columns = zip(*(every_figure(one.incident) for one in cases), strict=True) if cases else ((),) * len(FIGURES)
    return tuple(_figure(name, column) for name, column in zip(FIGURES, columns, strict=True))


def _figure(name: str, intervals: Sequence[Interval]) -> Figure:
    known = [(one.length, one) for one in intervals if one.length is not None and not one.negative]
    return Figure(
        name=name,
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


def failed_changes(cases: Sequence[Case]) -> FailedChanges:
    """Count what people said about the change that caused an incident; nothing is guessed."""
    caused = [one for one in cases if one.caused_by_change]
    outage = FIGURES.index("Total outage")
    return FailedChanges(
        caused=len(caused),
        not_caused=sum(one.caused_by_change is False for one in cases),
        unknown=sum(one.caused_by_change is None for one in cases),
        recovery=replace(figures(caused)[outage], name=RECOVERY),
    )


def _group(name: str, cases: Sequence[Case], now: datetime) -> Group:
    ongoing = sum(one.incident.active for one in cases)
    incidents = [one.incident for one in cases]
    return Group(
        name=name,
        incidents=len(cases),
        ongoing=ongoing,
        figures=figures(cases),
        updates=compliance(cases),
        targets=targets(incidents, now),
        follow_ups=follow_ups(incidents, now),
        changes=failed_changes(cases),
    )


def _groups(cases: Sequence[Case], names: Callable[[Case], tuple[str, ...]], now: datetime) -> tuple[Group, ...]:
    """Group by name, in the order of the names, those without any last; one with two counts in both."""
    found: dict[str, list[Case]] = {}
    for one in cases:
        for name in names(one) or ("",):
            found.setdefault(name, []).append(one)
    return tuple(_group(name, found[name], now) for name in sorted(found, key=lambda name: (not name, name)))


def _by_severity(cases: Sequence[Case], now: datetime) -> tuple[Group, ...]:
    """Worst first, on the scale that is in force."""
    order = {step.name: at for one in cases for at, step in enumerate(one.incident.rules.severities)}
    found = _groups(cases, lambda one: (one.incident.severity.name,) if one.incident.severity else (), now)
    return tuple(sorted(found, key=lambda group: (not group.name, order.get(group.name, len(order)))))


def _by_month(cases: Sequence[Case], now: datetime) -> tuple[Group, ...]:
    """In their order, from the first incident to the last; a month without any is one as well."""
    found: dict[str, list[Case]] = {}
    for one in cases:
        month = one.declared_at.astimezone(UTC).date().replace(day=1)
        latest = date.fromisoformat(f"{next(reversed(found))}-01") if found else month
        while latest < month:
            latest = (latest + timedelta(days=31)).replace(day=1)
            found[f"{latest:%Y-%m}"] = []
        found.setdefault(f"{month:%Y-%m}", []).append(one)
    return tuple(_group(name, inside, now) for name, inside in found.items())


def _by_service(cases: Sequence[Case], now: datetime) -> tuple[Group, ...]:
    return _groups(cases, lambda one: one.services, now) if any(one.services for one in cases) else ()
