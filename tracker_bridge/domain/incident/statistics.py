"""
How long it took (S62-S67): intervals between the incident's times, each with its two endpoints.

These are one incident's figures; the word "mean" is for aggregates. What is not known stays unknown, roughly
stays roughly, and an interval that runs backwards is shown and flagged.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.key_times import TimedFact
from tracker_bridge.domain.incident.roles import is_same_account
from tracker_bridge.domain.incident.rounding import whole
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.incident.times import Moment

FIGURES: Final = (
    *("Time to detect", "Total outage", "Time to resolve"),
    *("Time to acknowledge", "Time to identify", "Time to mitigate", "Net outage"),
)
"""What is measured, in the order of :func:`every_figure`."""


@dataclass(frozen=True, slots=True)
class Interval:
    """
    From one time to another, ``without`` the time in between that does not count.

    ``missing`` names the ends that nobody recorded.
    """

    name: str
    begin: str
    end: str
    start: TimedFact | None
    stop: TimedFact | None
    without: timedelta = timedelta()

    @property
    def missing(self) -> tuple[str, ...]:
        ends = ((self.begin, self.start), (self.end, self.stop))
        return tuple(name for name, mark in ends if mark is None)

    @property
    def length(self) -> timedelta | None:
        if self.start is None or self.stop is None:
            return None
        return self.stop.moment.at - self.start.moment.at - self.without

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


def response(incident: Incident) -> tuple[Interval, ...]:
    """
    Return time to acknowledge, to identify, to mitigate, and the net outage, in this order.

    It is acknowledged by the first deed of a person after the declaration; what the declaration says is none.
    The cause is identified as of the first time that somebody said so after it was last under investigation. The
    net outage leaves out the hours between a resolution and a reopening.
    """
    times = incident.times
    return (
        Interval("Time to acknowledge", "declaration", "first response", times.declared, _acknowledged(incident)),
        Interval("Time to identify", "detection", "cause identified", times.detected, _identified(incident)),
        Interval("Time to mitigate", "detection", "fix", times.detected, times.fixed),
        Interval("Net outage", "start", "resolution", times.started, times.resolved, _good_hours(incident)),
    )


def every_figure(incident: Incident) -> tuple[Interval, ...]:
    """Return all that is measured, always the same figures in the same order."""
    return (*statistics(incident), *response(incident))


def telling(incident: Incident) -> tuple[Interval, ...]:
    """Return what people are shown: of the response what is known, and a net outage that is not the total."""
    *steps, net = response(incident)
    known = [one for one in steps if one.length is not None]
    return (*statistics(incident), *known, *((net,) if net.without and net.length is not None else ()))


def _acknowledged(incident: Incident) -> TimedFact | None:
    """A bot acknowledges nothing, whether it is an app or opened the incident."""
    declared = incident.times.declared
    if declared is None:
        return None
    opener = incident.people.opener
    for entry in incident.timeline:
        machine = entry.author.endswith("[bot]") or (opener.bot and is_same_account(entry.writer, opener))
        machine = machine or entry.by_settings
        if entry.author and not machine and entry.recorded_at > declared.moment.at:
            return TimedFact(Moment(entry.recorded_at), entry.url, entry.author)
    return None


def _identified(incident: Incident) -> TimedFact | None:
    found: TimedFact | None = None
    for entry in incident.timeline:
        if entry.kind is Kind.PHASE and entry.what == Phase.INVESTIGATING.value:
            found = None
        elif entry.kind is Kind.PHASE and entry.what == Phase.IDENTIFIED.value and found is None:
            found = TimedFact(entry.occurred, entry.url, entry.author)
    return found


def _good_hours(incident: Incident) -> timedelta:
    """
    Return how long it was over, between the start and the last resolution, until it was opened again.

    It was never over where a failed test opened it again (S106).
    """
    started, resolved = incident.times.started, incident.times.resolved
    if started is None or resolved is None:
        return timedelta()
    failed = {entry.id for entry in incident.timeline.of(Kind.TEST_FAILED)}
    good, counted, over = timedelta(), started.moment.at, None
    for entry in incident.timeline:
        if entry.kind is Kind.RESOLVED:
            over = entry.occurred.at
        elif entry.kind is Kind.REOPENED and entry.id in failed:
            over = None
        elif entry.kind is Kind.REOPENED and over is not None:
            begin, end = max(over, counted), min(entry.occurred.at, resolved.moment.at)
            good, counted, over = good + max(end - begin, timedelta()), max(counted, end), None
    return good


def duration(length: timedelta) -> str:
    """Write a length of time in days, hours and minutes, not to be broken: ``2 h 10 min``."""
    minutes = whole(abs(length), timedelta(minutes=1))
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [f"{count}\u00a0{unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return ("−" if length < timedelta() else "") + ("\u00a0".join(parts) or "less than a minute")
