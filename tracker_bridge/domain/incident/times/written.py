"""What a text tells of a time: a day, a clock and a zone, each once, in any order; and what else stands in it."""

import re
from dataclasses import dataclass, replace
from datetime import tzinfo

from tracker_bridge.domain.incident.times import zones
from tracker_bridge.domain.incident.times.days import Day, match_day
from tracker_bridge.domain.incident.times.moments import BadTime
from tracker_bridge.domain.incident.times.spelling import HALF, shown
from tracker_bridge.domain.issue.patterns import at_first_use

_FLAGS = re.ASCII | re.IGNORECASE
_FILLER = at_first_use(
    r"[\s,;@]+|(?:at|on|since|from|as of|the|time|exactly|precisely|sharp)(?![\w/.-])[:=]?", _FLAGS
)
_ROUGH = at_first_use(
    r"~(?:\s?ca\.?(?!\w))?|(?:about|around|roughly|approximately|approx|circa|cca|ca|c(?=\.))(?!\w)\.?",
    _FLAGS,
)
_ROUGHLY = at_first_use(r"~|(?:-?ish|or so|approx(?:imately)?)(?!\w)", _FLAGS)
_CLOCK = at_first_use(
    r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    rf"|h(?P<minutes>[0-9]{{2}})(?!\s?m|\sago)|\.(?P<dotted>[0-9]{{2}})(?=\s?{HALF}))?"
    rf"(?:\s?(?P<half>{HALF})|\s?(?:h(?:ours|rs?)?|uhr|o clock)(?![a-z])\.?)?(?![0-9:])",
    _FLAGS,
)
_NOON = at_first_use(r"(?:12 )?noon(?!\w)", _FLAGS)
_YEAR = at_first_use(r"20[0-9]{2}(?![\w:.-])", re.ASCII)
_T = at_first_use(r"[T_](?=[0-9])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClockTime:
    """
    A time of the day, and how it was written.

    ``exact``: to the second, or with the ``T`` of ISO 8601 before it; so programs write, and no span begins so.
    ``half``: with am or pm. A leap second is the one before it.
    """

    text: str
    hour: int
    minute: int = 0
    second: int = 0
    microsecond: int = 0
    exact: bool = False
    half: bool = False


class WrittenTime:
    """
    Reads a plain text part by part, as far as it is understood; ``rest`` is what is left.

    ``also`` is a second name of the zone, as in ``+0100 (CET)``. ``wrong`` tells what cannot be.
    """

    def __init__(self, text: str) -> None:
        self.rest = text
        self.day: Day | None = None
        self.clock: ClockTime | None = None
        self.zone: tzinfo | None = None
        self.zone_text = ""
        self.also: tzinfo | None = None
        self.rough = False
        self.wrong: BadTime | None = None
        self._iso = False
        while self._read():
            pass

    def _read(self) -> bool:
        """Take one part from the rest; return whether there was one."""
        takers = (self._offset, self._filler, self._roughly, self._dated, self._clocked, self._zoned, self._year)
        return bool(self.rest) and self.wrong is None and any(take() for take in takers)

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.rest)
        self.rest = self.rest[found.end() :] if found else self.rest
        return found

    def _filler(self) -> bool:
        return self._take(_FILLER) is not None

    def _roughly(self) -> bool:
        if self.rough or not self._take(_ROUGHLY if self.clock else _ROUGH):
            return False
        self.rough = True
        return True

    def _dated(self) -> bool:
        found = match_day(self.rest)
        if found is None:
            return False
        day, end = found
        if self.day and self.day.readings and self.day.weekday is None and day.weekday is not None:
            day = replace(self.day, weekday=day.weekday)  # `2026-11-22 Sun`
        elif self.day:
            return False
        self.day, self.rest = day, self.rest[end:]
        self._iso = self._take(_T) is not None
        return True

    def _year(self) -> bool:
        """Take the year from the end of what ``date`` prints."""
        if not self.day or not self.day.readings or self.day.year or not (found := self._take(_YEAR)):
            return False
        self.day = replace(self.day, year=int(found[0]))
        return True

    def _clocked(self) -> bool:
        if self.clock:
            return False
        if self._take(_NOON):
            self.clock = ClockTime("12:00", 12)
            return True
        found = _CLOCK.match(self.rest)
        if found is None or not (found["minute"] or found["minutes"] or found["dotted"] or found["half"]):
            return False
        half = (found["half"] or "")[:1].casefold()
        hour, minute, second = _numbers(found)
        second = 59 if (minute, second) == (59, 60) else second
        if hour > 23 or minute > 59 or second > 59:
            return False
        if (half == "a" and hour > 12) or (half == "p" and not hour):
            self.wrong = BadTime(f"{shown(found[0])} is not a time of day")
        if half and hour <= 12:
            hour = hour % 12 + (12 if half == "p" else 0)
        self.rest = self.rest[found.end() :]
        micro = int((found["fraction"] or "")[:6].ljust(6, "0"))
        exact = self._iso or found["second"] is not None
        self.clock = ClockTime(found[0].strip(), hour, minute, second, micro, exact, bool(half))
        return True

    def _offset(self) -> bool:
        if not self.clock or self.zone:
            return False
        named = zones.UTC_OFFSET.match(self.rest)
        found = named or zones.OFFSET.match(self.rest)
        if found is None or (not named and _may_be_an_end(found, self.clock)):
            return False
        self.zone, self.zone_text = zones.offset(found["sign"], found["hours"], found["minutes"]), found[0].strip()
        self.rest = self.rest[found.end() :] if self.zone else self.rest
        return self.zone is not None

    def _zoned(self) -> bool:
        """Take a zone's name; behind an offset, an unclear one like ``IST`` adds nothing."""
        found = zones.NAME.match(self.rest) if self.clock else zones.IN_FRONT.match(self.rest)
        if found is None or self.also:
            return False
        zone = zones.named(found[0])
        if isinstance(zone, BadTime):
            if "/" in found[0]:
                self.wrong = zone
            elif not self.zone or not found[0].isupper():
                return False
        elif self.zone:
            self.also = zone
        else:
            self.zone, self.zone_text = zone, found[0]
        self.rest = self.rest[found.end() :].removeprefix(":")
        return True


def _may_be_an_end(offset: re.Match[str], clock: ClockTime) -> bool:
    """Whether ``-03:00`` behind a clock can as well be the end of a span: ``02:00-03:00``, ``02:00 -03:00``."""
    if offset["sign"] == "+" or clock.exact:
        return False
    if offset[0][0] == "-":
        return True
    later = (int(offset["hours"]), int(offset["minutes"] or 0)) > (clock.hour, clock.minute)
    return later and not offset[0][-4:].isdigit()  # nobody ends a span with `-0300`


def _numbers(clock: re.Match[str]) -> tuple[int, int, int]:
    minute = clock["minute"] or clock["minutes"] or clock["dotted"] or 0
    return int(clock["hour"]), int(minute), int(clock["second"] or 0)
