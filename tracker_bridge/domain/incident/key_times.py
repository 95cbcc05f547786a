"""The times by which an incident is measured, and where each was said."""

from dataclasses import dataclass

from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import TrackerUrl
from tracker_bridge.domain.issue.origin import Cause


@dataclass(frozen=True, slots=True)
class Mark:
    """One of the incident's times, and where it was said."""

    moment: Moment
    url: TrackerUrl
    by: str


@dataclass(frozen=True, slots=True)
class Times:
    """When the incident began, was noticed, declared, fixed and resolved; ``None`` for what nobody said."""

    started: Mark | None = None
    detected: Mark | None = None
    declared: Mark | None = None
    fixed: Mark | None = None
    resolved: Mark | None = None


def mark_of(cause: Cause, moment: Moment | None = None) -> Mark:
    """Make one of the incident's times; now, unless told otherwise."""
    return Mark(moment or Moment(cause.at), cause.url, cause.by)
