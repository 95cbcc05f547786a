"""
Several incidents summed up: how long things took, and what was kept (S63).

What is not known, and what runs backwards, is counted and left out. Only of several incidents the word "mean" has
its place (S67).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.derived.obligations import obligations
from tracker_bridge.domain.derived.post_incident import cadence
from tracker_bridge.domain.derived.targets import FollowUps, Target, follow_ups, targets
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.statistics import FIGURES, Interval, every_figure

RECOVERY: Final = "Recovery time of failed deployments"


@dataclass(frozen=True, slots=True)
class Case:
    """
    One incident of a report. ``services`` are those that its labels name; ``confidential``: its issue is, which
    was closed at ``closed_at``.
    """

    incident: Incident
    services: tuple[str, ...] = ()
    confidential: bool = False
    closed_at: datetime | None = None

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
class Deadlines:
    """Of what audiences had to be told by some time: how often it was in time, was late, and is still open."""

    in_time: int
    late: int
    open: int


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
    deadlines: Deadlines


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


def deadlines(incidents: Iterable[Incident]) -> Deadlines:
    """Count the deadlines of audiences, each incident's own."""
    kept = [one.in_time for incident in incidents for one in obligations(incident)]
    return Deadlines(kept.count(True), kept.count(False), kept.count(None))


def alone(case: Case, now: datetime) -> Group:
    """Return the incident as a group of its own, named by where it is."""
    return group_of(str(case.incident.ref), (case,), now)


def group_of(name: str, cases: Sequence[Case], now: datetime) -> Group:
    """Sum up incidents; what is open may be late, or overdue, by ``now``."""
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
        deadlines=deadlines(incidents),
    )
