"""
How long it took (S62-S67): intervals between the incident's times, each with its two endpoints.

These are one incident's figures; the word "mean" is for aggregates. What is not known stays unknown, roughly
stays roughly, and an interval that runs backwards is shown and flagged.
"""

from dataclasses import dataclass
from datetime import timedelta

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.key_times import TimedFact
from tracker_bridge.domain.incident.rounding import whole


@dataclass(frozen=True, slots=True)
class Interval:
    """From one time to another. ``missing`` names the ends that nobody recorded."""

    name: str
    begin: str
    end: str
    start: TimedFact | None
    stop: TimedFact | None

    @property
    def missing(self) -> tuple[str, ...]:
        ends = ((self.begin, self.start), (self.end, self.stop))
        return tuple(name for name, mark in ends if mark is None)

    @property
    def length(self) -> timedelta | None:
        if self.start is None or self.stop is None:
            return None
        return self.stop.moment.at - self.start.moment.at

    @property
    def approximate(self) -> bool:
        return any(mark is not None and mark.moment.approximate for mark in (self.start, self.stop))

    @property
    def negative(self) -> bool:
        return self.length is not None and self.length < timedelta()


def statistics(incident: Incident) -> tuple[Interval, ...]:
    """Return time to detect (S64), total outage (S65) and time to resolve (S66), in this order."""
    started, detected, resolved = incident.times.started, incident.times.detected, incident.times.resolved
    return (
        Interval("Time to detect", "start", "detection", started, detected),
        Interval("Total outage", "start", "resolution", started, resolved),
        Interval("Time to resolve", "detection", "resolution", detected, resolved),
    )


def duration(length: timedelta) -> str:
    """Write a length of time in days, hours and minutes, not to be broken: ``2 h 10 min``."""
    minutes = whole(abs(length), timedelta(minutes=1))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [f"{count}\u00a0{unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return ("−" if length < timedelta() else "") + ("\u00a0".join(parts) or "less than a minute")
