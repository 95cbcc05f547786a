"""
Days as people write them, in the ways that mean one day.

What happened is looked for in the past of the day on which it was said, what is due in its future.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from tracker_bridge.domain.incident.times.ago import days_ahead
from tracker_bridge.domain.incident.times.moments import BadTime
from tracker_bridge.domain.incident.times.spelling import MONTH, WEEKDAY, plain, shown
from tracker_bridge.domain.issue.patterns import at_first_use

MOST_WORDS: Final = 5
"""Words of the longest day: ``Tue, 1st of December 2026``."""

_FAR = timedelta(days=183)
"""Without a year, a day is meant up to here; what lies further off is rather another year's, or a slip."""

_FLAGS = re.ASCII | re.IGNORECASE
_NUMBER = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>20[0-9]{2})(?![0-9:])"
_DATES = tuple(
    at_first_use(pattern, _FLAGS)
    for pattern in (
        r"(?P<year>(?!0000)[0-9]{4})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})(?![0-9])",
        rf"{_NUMBER}\.?(?: of)?[ /-]?(?P<month>{MONTH})(?:,?[ /-]{_YEAR})?",
        rf"(?P<month>{MONTH})[ -]?{_NUMBER}(?![0-9:]|h[0-9]|\s?[ap]\.?m)(?:,? {_YEAR})?",
        r"(?P<one>[0-9]{1,2})(?P<sign>[-/.])(?P<other>[0-9]{1,2})(?P=sign)(?P<year>(?:20)?[0-9]{2})(?![0-9])",
        r"(?P<one>[0-9]{1,2})[/.](?P<other>[0-9]{1,2})\.?(?![\w/.-]|\s[ap]\.?m)",
    )
)
_RELATIVE = at_first_use(
    r"(?P<word>(?:the day before )?yesterday|(?:earlier )?today|tonight|tomorrow|last (?=night)|"
    r"this (?=morning|afternoon|evening))(?: ?(?P<part>morning|afternoon|evening|night)|)(?![\w-])",
    _FLAGS,
)
_SHIFTS = {"the day before yesterday": -2, "yesterday": -1, "last ": -1, "tomorrow": 1}
_DAYS_AGO = at_first_use(
    r"(?P<back>[\w ]{1,12}? (?:day|week)s?) ago(?=,? (?:at |about |around |~ ?)?[0-9])", _FLAGS
)
_PART = at_first_use(r"(?P<part>morning|afternoon|evening|night)(?![\w-])[\s,]*", _FLAGS)
_WEEKDAY = at_first_use(rf"(?:(?P<which>last|this|next) )?(?P<name>{WEEKDAY})(?![\w-])[\s,]*", _FLAGS)
_ON = at_first_use(r"(?<!\w)(?:(?:on|the) )+", _FLAGS)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Day:
    """
    What was written of a day.

    ``readings`` are the months and days that its numbers can mean. ``year`` is 0 where none was written, and -1
    where only two figures were. ``shift`` counts days from today, ``which`` stands before a weekday: last, this
    or next. ``part`` is morning, afternoon, evening or night; a night has hours of the next day (``nights`` is 1
    where that is certain, 2 where it is not, and 0 for the one to come).
    """

    text: str
    readings: tuple[tuple[int, int], ...] = ()
    year: int = 0
    shift: int | None = None
    weekday: int | None = None
    which: str = ""
    part: str = ""
    nights: int = 0


def match_day(text: str) -> tuple[Day, int] | None:
    """Find a day at the beginning of a plain text, and tell where it ends."""
    if found := _RELATIVE.match(text):
        return _relative(found), found.end()
    if (found := _DAYS_AGO.match(text)) and (back := days_ahead(f"in {found['back']}")):
        return Day(found[0], shift=-back), found.end()
    named = _WEEKDAY.match(text)
    dated = _match_date(text, named.end() if named else 0)
    if named is None:
        return dated
    weekday, which = _weekday(named["name"]), (named["which"] or "").casefold()
    if dated is None or which:
        part = _PART.match(text, named.end())
        end = part.end() if part else named.end()
        name = part["part"].casefold() if part else ""
        return Day(
            text[:end].rstrip(" ,"), weekday=weekday, which=which, part=name, nights=2 * (name == "night")
        ), end
    return replace(dated[0], text=text[: dated[1]], weekday=weekday), dated[1]


def _relative(found: re.Match[str]) -> Day:
    word, part = found["word"].casefold(), (found["part"] or "").casefold()
    if word == "tonight":
        part = "night"
    nights = 0 if word in ("tonight", "today", "tomorrow") else 1 if word == "last " else 2
    return Day(found[0], shift=_SHIFTS.get(word, 0), part=part, nights=nights if part == "night" else 0)


def _match_date(text: str, start: int) -> tuple[Day, int] | None:
    found = next((m for pattern in _DATES if (m := pattern.match(text, start))), None)
    if found is None:
        return None
    parts = found.groupdict()
    year = int(parts.get("year") or 0) if len(parts.get("year") or "") != 2 else -1
    if "one" in parts:
        one, other = int(parts["one"]), int(parts["other"])
        readings = [(m, d) for m, d in ((other, one), (one, other)) if 1 <= m <= 12 and 1 <= d <= 31]
        return Day(found[0], tuple(dict.fromkeys(readings)), year), found.end()
    month = parts["month"].casefold()
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3]) + 1
    return Day(found[0], ((number, int(parts["day"])),), year), found.end()


def _weekday(name: str) -> int:
    return next(number for number, one in enumerate(_WEEKDAYS) if one[:3].casefold() == name[:3].casefold())


def happened(day: Day, today: date) -> date | BadTime:
    """Return the day of the past, or today, that ``day`` means."""
    if day.shift is not None:
        return today + timedelta(days=day.shift)
    if day.weekday is None or day.readings:
        return _dated(day, today, back=True)
    back = (today.weekday() - day.weekday) % 7
    if day.which == "next":
        return BadTime(f"{shown(day.text)} is in the future")
    if day.which == "last" or not back:
        other = back + 7 if back else 0
        return _two_days(day, today - timedelta(days=back or 7), today - timedelta(days=other))
    return today - timedelta(days=back)


def parse_day(text: str, said_at: datetime, zone: tzinfo) -> date | BadTime:
    """Read ``text``, all of it, as a day to come, as it was meant at ``said_at`` (aware) in ``zone``."""
    found = _to_come(text, said_at, zone)
    return found or BadTime(f"{shown(text)} is not a day I understand; write it like `2026-12-01`")


def leading_day(words: Sequence[str], said_at: datetime, zone: tzinfo) -> tuple[date | BadTime, int] | None:
    """Read the first words as a day to come; return how many they are, and ``None`` when they are none."""
    for count in range(min(len(words), MOST_WORDS), 0, -1):
        if found := _to_come(" ".join(words[:count]), said_at, zone):
            return found, count
    return None


def _to_come(text: str, said_at: datetime, zone: tzinfo) -> date | BadTime | None:
    """Return the day to come that a whole text is; ``None`` when it is no way to write a day."""
    bare = _ON.sub("", plain(text))
    today = said_at.astimezone(zone).date()
    if ahead := days_ahead(bare):
        return today + timedelta(days=ahead)
    found = match_day(bare)
    return coming(found[0], today) if found is not None and found[1] == len(bare) else None


def coming(day: Day, today: date) -> date | BadTime:
    """Return the day to come, or today, that ``day`` means."""
    if day.shift is not None:
        return today + timedelta(days=day.shift)
    if day.weekday is None or day.readings:
        return _dated(day, today, back=False)
    return _weekday_to_come(day, day.weekday, today)


def _weekday_to_come(day: Day, weekday: int, today: date) -> date | BadTime:
    ahead = (weekday - today.weekday()) % 7
    if day.which == "last":
        return BadTime(f"{shown(day.text)} is in the past")
    if day.which == "next" or not ahead:
        return _two_days(day, today + timedelta(days=ahead), today + timedelta(days=ahead + 7))
    return today + timedelta(days=ahead)


def _two_days(day: Day, one: date, other: date) -> BadTime:
    return BadTime(f"{shown(day.text)} could mean two days; write `{one}` or `{other}`")


def _dated(day: Day, today: date, *, back: bool) -> date | BadTime:
    """Return the day of the calendar; without a year it is near."""
    if day.year < 0:
        return BadTime(f"{shown(day.text)} does not say which number is the year; write it like `{today}`")
    days = [_in_year(day.year, *one) if day.year else _nearest(*one, today, back=back) for one in day.readings]
    real = [on for on in days if on]
    if len(real) > 1:
        return _two_days(day, *real)
    if not real:
        return BadTime(f"{shown(day.text)} is not a valid date")
    [on] = real
    if not day.year and abs(on - today) > _FAR:
        return BadTime(f"{shown(day.text)} is far away; add the year: `{on}`")
    if day.weekday not in (None, on.weekday()):
        return BadTime(f"{shown(day.text)} is a {_WEEKDAYS[on.weekday()]}")
    return on


def _nearest(month: int, number: int, today: date, *, back: bool) -> date | None:
    """Return the last such day up to tomorrow (it may be tomorrow elsewhere), or the next one from today on."""
    tomorrow = today + timedelta(days=1)
    years = range(today.year + 1, today.year - 9, -1) if back else range(today.year, today.year + 9)
    days = [on for year in years if (on := _in_year(year, month, number))]
    return next((on for on in days if (on <= tomorrow if back else on >= today)), None)


def _in_year(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
