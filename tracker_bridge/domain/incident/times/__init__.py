"""
Points in time and days as people write them (S55, S56), strictly.

What could mean two things is refused, but for the hour that a clock change repeats: the earlier one is taken,
and the moment says so. Nothing here knows what time it is: times are relative to the comment.

A text is brought to one spelling (``spelling``), taken to parts (``written``, ``days``, ``zones``), and put on
the calendar here; ``ago`` reads lengths, ``faults`` explains, ``behind`` finds times behind a bar.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo

from tracker_bridge.domain.incident.times.ago import length_ago
from tracker_bridge.domain.incident.times.days import Day, happened, leading_day, parse_day
from tracker_bridge.domain.incident.times.faults import beginnings, fault
from tracker_bridge.domain.incident.times.moments import EARLY, BadTime, Moment, checked, earliest, resolve
from tracker_bridge.domain.incident.times.parts import placed
from tracker_bridge.domain.incident.times.spelling import MAX_TIME_CHARS, plain, shown
from tracker_bridge.domain.incident.times.written import ClockTime, WrittenTime

__all__ = ["ACCEPTED", "BadTime", "Moment", "leading_day", "parse_day", "parse_time"]

ACCEPTED = (
    "`14:05`, `2:05 pm`, `~14:05`, `20m ago`, `1h30m ago`, `yesterday 23:50`, `5 Jan 14:05`, `2026-01-05 14:05`, "
    "`2026-01-05T14:05:30Z`, `14:05 UTC+1`, `14:05 Europe/Berlin`, `now`"
)
"""The accepted forms, for refusals and help."""

_LAST_NIGHT = timedelta(hours=12)
"""Without a date, a time of the day before is meant up to here; what lies further back is rather a wrong zone."""

_FAR = timedelta(days=402)

_NOW = {"now": False, "right now": False, "just now": True}
"""Words for now, and whether they mean it roughly."""


def parse_time(text: str, said_at: datetime, zone: tzinfo) -> Moment | BadTime:
    """
    Read ``text`` as it was meant at ``said_at`` (aware), in ``zone`` unless it names one.

    A time without a date is one of the same day, up to five minutes after ``said_at``, or of the last twelve
    hours.
    """
    bare = plain(text)
    if not bare or len(bare) > MAX_TIME_CHARS:
        return BadTime(f"{shown(text)} is not a time I understand")
    found = WrittenTime(bare)
    if found.clock and not found.rest and not found.wrong:
        return _on_a_day(text, found, found.clock, said_at, zone)
    if not found.clock and not found.day:
        word, back = found.rest.casefold(), length_ago(found.rest)
        if word in _NOW:
            return Moment(said_at.astimezone(UTC), found.rough or _NOW[word])
        if back is not None:
            return checked(Moment((said_at - back).astimezone(UTC), approximate=True), said_at)
    return _said_twice(bare, found, said_at, zone) or _wrong(text, bare, said_at, zone)


def _wrong(text: str, bare: str, said_at: datetime, zone: tzinfo) -> BadTime:
    """Say why it is no time; what is near is one that can be read alone."""
    found = _span(text, bare, said_at, zone) or fault(text, bare)
    near = found.near and isinstance(parse_time(found.near, said_at, zone), Moment)
    return found if near or not found.near else BadTime(found.reason)


def _said_twice(bare: str, found: WrittenTime, said_at: datetime, zone: tzinfo) -> Moment | None:
    """Read ``14:05 UTC (15:05 CET)``, where both are the same."""
    again = found.rest.lstrip("/=, ")
    other = WrittenTime(again) if found.clock and found.zone and not found.wrong else None
    if other is None or not (other.clock and other.zone) or other.rest or other.wrong:
        return None
    first = parse_time(bare[: len(bare) - len(found.rest)], said_at, zone)
    second = parse_time(again, said_at, zone)
    same = isinstance(first, Moment) and isinstance(second, Moment) and first.at == second.at
    return first if same and isinstance(first, Moment) else None


def _span(text: str, bare: str, said_at: datetime, zone: tzinfo) -> BadTime | None:
    """Refuse a span, with its beginning, if that can be read alone."""
    begun = beginnings(bare)
    if begun is None:
        return None
    near = next((one for one in begun if isinstance(parse_time(one, said_at, zone), Moment)), "")
    return BadTime(f"{shown(text)} contains two times; write when it began", near)


def _on_a_day(
    text: str, found: WrittenTime, clock: ClockTime, said_at: datetime, zone: tzinfo
) -> Moment | BadTime:
    zone, day = found.zone or zone, found.day
    if day:
        meant = placed(day, clock)
        if isinstance(meant, BadTime):
            return meant
        day, clock = meant
    on = _day(text, day, clock, said_at.astimezone(zone), found.zone_text)
    if isinstance(on, BadTime):
        return on
    local = datetime(on.year, on.month, on.day, clock.hour, clock.minute, clock.second, clock.microsecond, zone)
    moment = resolve(local, approximate=found.rough)
    if isinstance(moment, BadTime):
        return moment
    if found.also and moment.at.astimezone(found.also).utcoffset() != local.utcoffset():
        return BadTime(f"{shown(text)} contains two different time zones")
    return checked(moment, said_at)


def _recent(on: date | BadTime, today: date) -> date | BadTime:
    """Refuse a day so far off that no clock of it is left or right of the limits."""
    if isinstance(on, BadTime) or abs(on - today) < _FAR:
        return on
    return BadTime(f"`{on}` is in the future" if on > today else f"`{on}` is more than 400 days ago")


def _day(text: str, day: Day | None, clock: ClockTime, said_at: datetime, zone_text: str) -> date | BadTime:
    """Return the day of a time; ``said_at`` is in the zone that the time is told in."""
    if day:
        return _recent(happened(day, said_at.date()), said_at.date())
    latest = said_at + EARLY
    local = latest.replace(
        hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=clock.microsecond, fold=0
    )
    if earliest(local) <= latest:
        return local.date()
    local -= timedelta(days=1)
    today = local.date() == said_at.date()  # just before midnight
    if not today and said_at - earliest(local) > _LAST_NIGHT:
        right = f"{local:%Y-%m-%d} {clock.text} {zone_text}".strip()
        return BadTime(f"{shown(text)} is in the future; for yesterday, write `{right}`")
    return local.date()
