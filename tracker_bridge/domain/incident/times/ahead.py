"""
Spans of time to come as people write them: ``2026-12-05 22:00 to 23:30``, ``tomorrow 22:00 CET for 2h``.

As strict as for what happened: what could mean two things is refused, with what to write. A day that only one of
the two times has, and a zone, hold for both.
"""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from tracker_bridge.domain.incident.times.ago import parse_length
from tracker_bridge.domain.incident.times.days import Day, coming
from tracker_bridge.domain.incident.times.moments import BadTime, Moment, resolve
from tracker_bridge.domain.incident.times.parts import placed
from tracker_bridge.domain.incident.times.spelling import MAX_TIME_CHARS, plain, shown
from tracker_bridge.domain.incident.times.written import ClockTime, WrittenTime
from tracker_bridge.domain.issue.patterns import at_first_use

SPANS: Final = (
    "`2026-12-05 22:00 to 23:30`, `2026-12-05 22:00 to 2026-12-06 01:00 UTC`, `5 Dec 22:00 for 2h`, "
    "`tomorrow 22:00 to 23:30 Europe/Berlin`"
)
"""The accepted forms, for refusals and help."""

_LONGEST: Final = timedelta(days=31)
_FURTHEST: Final = timedelta(days=366)

_FROM = at_first_use(r"(?:from|between)\s+", re.IGNORECASE)
_TO = at_first_use(
    r"\s+(?:to|until|till)\s+|\s+[-–—]+\s+|(?<=[0-9Z])/(?=20[0-9]{2}-)",
    re.IGNORECASE,
)
_AND = at_first_use(r"(?<=^between\s)(?P<begin>.+?)\s+and\s+", re.IGNORECASE)
_FOR = at_first_use(r"\s+for\s+", re.IGNORECASE)
_DASH = at_first_use(r"(?<=[0-9mz])[-–—](?=[0-9]{1,2}(?::[0-9]{2}|\s?[ap]m)|20[0-9]{2}-[0-9]{2}-)", re.IGNORECASE)
"""Without blanks it could be a zone's; where nothing else says when it ends, it is not."""


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when, in UTC."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class _Time:
    """One of the two times, as it was written."""

    text: str
    clock: ClockTime
    day: Day | None
    zone: tzinfo | None


def parse_span(text: str, said_at: datetime, zone: tzinfo) -> Span | BadTime:
    """Read ``text`` as it was meant at ``said_at`` (aware), in ``zone`` unless it names one."""
    bare = _FROM.sub("", _AND.sub(r"\g<begin> to ", text.strip()), count=1)
    begun, *ends = _TO.split(bare)
    lasting, *lengths = _FOR.split(bare)
    if not ends and not lengths:
        begun, *ends = _DASH.split(bare)
    if len(ends) == 1:
        return _between(begun, ends[0], said_at, zone)
    if len(lengths) == 1 and not ends:
        return _lasting(lasting, lengths[0], said_at, zone)
    if not bare:
        return BadTime("it needs a beginning and an end")
    return BadTime(f"{shown(text)} does not say from when to when")


def parse_end(text: str, begin: datetime, said_at: datetime, zone: tzinfo) -> datetime | BadTime:
    """Read the other end of a span that began, or begins, at ``begin``."""
    written = _written(text)
    if isinstance(written, BadTime):
        return written
    return _checked(begin, _end(written, begin, said_at, written.zone or zone), said_at)


def _between(first: str, last: str, said_at: datetime, zone: tzinfo) -> Span | BadTime:
    begun, over = _written(first), _written(last)
    if isinstance(begun, BadTime):
        return begun
    over = over if isinstance(over, BadTime) else _in_the_same_part(begun, over)
    if isinstance(over, BadTime):
        return over
    begin = _begin(begun, said_at, begun.zone or over.zone or zone)
    if isinstance(begin, BadTime):
        return begin
    end = _end(over, begin, said_at, over.zone or begun.zone or zone)
    found = _checked(begin, end, said_at)
    return found if isinstance(found, BadTime) else Span(begin, found)


def _in_the_same_part(begun: _Time, over: _Time) -> _Time | BadTime:
    """Read the end of ``tomorrow evening 8:00 to 9:30`` as in the evening too."""
    if begun.day is None or not begun.day.part or over.day or over.clock.half or over.clock.hour > 12:
        return over
    if begun.day.part == "morning" and over.clock.hour == 12:
        return over
    meant = placed(begun.day, over.clock)
    if isinstance(meant, BadTime):
        return meant
    ends = meant[1]
    if begun.day.part != "night" and (ends.hour, ends.minute) <= (begun.clock.hour, begun.clock.minute):
        return BadTime(f"{shown(over.text)} could be in the morning or in the evening; write it like `14:05`")
    return replace(over, clock=ends)


def _lasting(first: str, length: str, said_at: datetime, zone: tzinfo) -> Span | BadTime:
    begun, lasts = _written(first), parse_length(plain(length))
    if isinstance(begun, BadTime):
        return begun
    if lasts is None:
        return BadTime(f"{shown(length)} is not a length; write it like `2h` or `1h30m`")
    begin = _begin(begun, said_at, begun.zone or zone)
    if isinstance(begin, BadTime):
        return begin
    found = _checked(begin, begin + lasts, said_at)
    return found if isinstance(found, BadTime) else Span(begin, found)


def _written(text: str) -> _Time | BadTime:
    bare = plain(text)
    written = WrittenTime(bare) if bare and len(bare) <= MAX_TIME_CHARS else None
    if written is None or written.clock is None or written.rest:
        return written.wrong if written and written.wrong else BadTime(f"{shown(text)} is not a time I understand")
    if written.rough:
        return BadTime(f"{shown(text)} is not exact")
    if written.wrong:
        return written.wrong
    meant = placed(written.day, written.clock) if written.day else (None, written.clock)
    return meant if isinstance(meant, BadTime) else _Time(text, meant[1], meant[0], written.zone)


def _begin(time: _Time, said_at: datetime, zone: tzinfo) -> datetime | BadTime:
    today = said_at.astimezone(zone).date()
    at = _at(time.clock, coming(time.day, today) if time.day else today, zone)
    if time.day is None and isinstance(at, datetime) and at < said_at:
        tomorrow = f"{today + timedelta(days=1)} {time.clock.text}"
        return BadTime(f"{shown(time.text)} has passed; for tomorrow, write `{tomorrow}`")
    return at


def _end(time: _Time, begin: datetime, said_at: datetime, zone: tzinfo) -> datetime | BadTime:
    """Without a day, it is the first such time after the beginning."""
    if time.day:
        return _at(time.clock, coming(time.day, said_at.astimezone(zone).date()), zone)
    on = begin.astimezone(zone).date()
    at = _at(time.clock, on, zone)
    if at == begin:
        return BadTime(f"{shown(time.text)} is when it begins; a whole day is `for 24h`")
    return _at(time.clock, on + timedelta(days=1), zone) if isinstance(at, datetime) and at < begin else at


def _at(clock: ClockTime, on: date | BadTime, zone: tzinfo) -> datetime | BadTime:
    if isinstance(on, BadTime):
        return on
    found = resolve(
        datetime(on.year, on.month, on.day, clock.hour, clock.minute, clock.second, tzinfo=zone), approximate=False
    )
    return found.at if isinstance(found, Moment) else found


def _checked(begin: datetime, end: datetime | BadTime, said_at: datetime) -> datetime | BadTime:
    if isinstance(end, BadTime):
        return end
    if end <= begin:
        return BadTime(f"it ends at {end:%Y-%m-%d %H:%M} UTC, before it begins at {begin:%Y-%m-%d %H:%M} UTC")
    if end <= said_at:
        return BadTime(f"{end:%Y-%m-%d %H:%M} UTC has passed")
    if end - begin > _LONGEST:
        return BadTime(f"that is longer than {_LONGEST.days} days")
    if begin - said_at > _FURTHEST:
        return BadTime(f"{begin:%Y-%m-%d} is more than a year ahead")
    return end.astimezone(UTC)
