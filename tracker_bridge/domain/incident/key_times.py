"""The times by which an incident is measured, and where each was said."""

from dataclasses import dataclass

from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.domain.issue.origin import Origin


@dataclass(frozen=True, slots=True)
class TimedFact:
    """One of the incident's times, and where it was said."""

    moment: Moment
    url: TrackerUrl
    by: str


@dataclass(frozen=True, slots=True)
class Times:
    """When the incident began, was noticed, declared, fixed and resolved; ``None`` for what nobody said."""

    started: TimedFact | None = None
    detected: TimedFact | None = None
    declared: TimedFact | None = None
    fixed: TimedFact | None = None
    resolved: TimedFact | None = None


def timed_fact(origin: Origin, moment: Moment | None = None) -> TimedFact:
    """Make one of the incident's times; now, unless told otherwise."""
    return TimedFact(moment or Moment(origin.at), origin.url, origin.by)
