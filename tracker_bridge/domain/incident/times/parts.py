"""Parts of a day: ``this afternoon 2:05`` is 14:05, ``last night 23:50`` was yesterday."""

from dataclasses import replace

from tracker_bridge.domain.incident.times.days import Day
from tracker_bridge.domain.incident.times.moments import BadTime
from tracker_bridge.domain.incident.times.spelling import shown
from tracker_bridge.domain.incident.times.written import ClockTime

_DAWN = 4
"""The last hour of a night."""

_HOURS = {"morning": (0, 12), "afternoon": (12, 19), "evening": (15, 23), "night": (18, _DAWN)}
"""The first and the last hour of each part, as widely as people use the words."""


def placed(day: Day, clock: ClockTime) -> tuple[Day, ClockTime] | BadTime:
    """Return the day and the clock that are meant where a part of the day stands beside them."""
    if not day.part:
        return day, clock
    hour = _hour(day, clock)
    if hour is None:
        told = f"{day.text} {clock.text}"
        return BadTime(f"{shown(told)} could be in the morning or in the evening; write it like `14:05`")
    if hour > _DAWN or not day.nights:
        return day, replace(clock, hour=hour)
    if day.shift is None or day.nights > 1:
        return BadTime(f"{shown(f'{day.text} {clock.text}')} could mean two days; write the date")
    return replace(day, shift=day.shift + 1), replace(clock, hour=hour)


def _hour(day: Day, clock: ClockTime) -> int | None:
    """Return the hour that is meant; ``None`` where it is none of that part of the day, or could be two."""
    first, last = _HOURS[day.part]
    meant = (clock.hour,) if clock.half or clock.hour > 12 else (clock.hour % 12, clock.hour % 12 + 12)
    fitting = (
        [hour for hour in meant if first <= hour or hour <= last]
        if first > last
        else [hour for hour in meant if first <= hour <= last]
    )
    return fitting[0] if len(fitting) == 1 else None
