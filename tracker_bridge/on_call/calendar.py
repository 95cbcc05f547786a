"""
A calendar's bytes become shifts.

What one entry gets wrong is left out and said, and the others count. The libraries alone would return what was
cancelled, turn swapped ends round, lose the second of two entries with one UID, and take days for some rules.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Final

import icalendar
import recurring_ical_events
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.on_call.naming import named
from tracker_bridge.on_call.rules import MOST_STEPS, Refused, include_last_day, steps
from tracker_bridge.on_call.shifts import Listing, Shift
from tracker_bridge.on_call.zones import zone_named

MOST_BYTES: Final = 2 * 1024 * 1024
MOST_SHIFTS: Final = 20_000
MOST_COMPLAINTS: Final = 20

_BEGIN: Final = b"BEGIN:VCALENDAR"
_END: Final = b"END:VCALENDAR"
_MARGIN: Final = timedelta(days=2)
"""Around the span, because entries without a zone of their own are asked for in another one's days."""

_REPEATS: Final = ("RRULE", "RDATE", "RECURRENCE-ID")

Patience = Callable[[], AbstractContextManager[None]]
"""Around what may take long: raises :class:`TimeoutError` in it."""


class NoCalendar(Exception):
    """These bytes are no calendar; the message says why."""


def check_bytes(content: bytes) -> None:
    """Raise :class:`NoCalendar` where nothing of it needs to be read: a login page is no calendar."""
    if len(content) > MOST_BYTES:
        raise NoCalendar(f"it is larger than {MOST_BYTES // 1024 // 1024} MB")
    if not content.removeprefix(b"\xef\xbb\xbf").lstrip().upper().startswith(_BEGIN):
        raise NoCalendar("it does not begin with BEGIN:VCALENDAR")
    if not content.rstrip().upper().endswith(_END):  # the library reads half a calendar as an empty one
        raise NoCalendar("it is cut off")


def read_calendar(
    content: bytes,
    span: tuple[datetime, datetime],
    zone: tzinfo | None = None,
    patience: Patience = nullcontext,
) -> Listing:
    """
    Return the shifts within ``span``. ``zone`` is for entries that name none, before the calendar's own.

    Raises :class:`NoCalendar`.
    """
    check_bytes(content)
    try:
        calendars = icalendar.Calendar.from_ical(content, multiple=True)
    except (ValueError, IndexError, KeyError) as error:
        raise NoCalendar(f"it is broken ({type(error).__name__})") from None
    if not calendars:
        raise NoCalendar("it is broken")
    reader = _Reader(span, patience)
    for calendar in calendars:
        reader.read(calendar, zone)
    return reader.listing()


@dataclass(slots=True)
class _Reader:
    span: tuple[datetime, datetime]
    patience: Patience
    shifts: list[Shift] = field(default_factory=list)
    complaints: dict[str, None] = field(default_factory=dict)
    steps_left: int = MOST_STEPS

    def listing(self) -> Listing:
        said = list(self.complaints)
        more = [f"and {len(said) - MOST_COMPLAINTS} more"] if len(said) > MOST_COMPLAINTS else []
        return Listing(tuple(self.shifts), self.span, (*said[:MOST_COMPLAINTS], *more))

    def read(self, calendar: Any, zone: tzinfo | None) -> None:
        """Add the shifts of one calendar."""
        zone = zone or self._zone_of(calendar)
        name = str(calendar.get("X-WR-CALNAME", ""))
        grafana = "grafana" in str(calendar.get("PRODID", "")).casefold()
        for series in self._series(calendar):
            for entry in self._expanded(series):
                if str(entry.get("STATUS", "")).upper() == "CANCELLED":
                    continue
                times = self._timed(entry, series, zone)
                if times is None or times[1] <= self.span[0] or times[0] >= self.span[1]:
                    continue
                if len(self.shifts) >= MOST_SHIFTS:
                    raise NoCalendar(
                        f"it has more than {MOST_SHIFTS} shifts in {(self.span[1] - self.span[0]).days} days"
                    )
                self.shifts.append(_shift(entry, times, name, by_priority=grafana))

    def _zone_of(self, calendar: Any) -> tzinfo | None:
        own = str(calendar.get("X-WR-TIMEZONE", "")).strip()
        if not own:
            return None
        zone = zone_named(own, WINDOWS_TO_OLSON)
        if zone is None:
            self._complain(f"the calendar's own time zone {clean(own, 60)} is not known")
        return zone

    def _series(self, calendar: Any) -> Iterator[list[Any]]:
        """
        Yield the entries that belong together: what repeats, with its exceptions.

        Two of one UID that are no exceptions of each other are two; of two versions the later one counts.
        """
        of_uid: dict[str, list[Any]] = defaultdict(list)
        for number, entry in enumerate(calendar.walk("VEVENT")):
            of_uid[str(entry.get("UID", "")) or f"without {number}"].append(entry)
        for entries in of_uid.values():
            firsts = [one for one in entries if "RECURRENCE-ID" not in one]
            rest = [one for one in entries if "RECURRENCE-ID" in one]
            if len(firsts) > 1:
                firsts = self._of_one_uid(firsts)
            yield [*firsts[:1], *rest]
            yield from ([one] for one in firsts[1:])

    def _of_one_uid(self, entries: list[Any]) -> list[Any]:
        latest = max(_sequence(one) for one in entries)
        versions = [one for one in entries if _sequence(one) == latest]
        if len(versions) > 1:
            self._complain(f"{_called(versions[0])}: {len(versions)} entries have the same UID; each counts")
        return versions

    def _expanded(self, series: list[Any]) -> Iterable[Any]:
        """Return the entries of a series within the span."""
        good = [one for one in series if self._is_good(one)]
        if not any(name in one for one in good for name in _REPEATS):
            return good
        if not any("RECURRENCE-ID" not in one for one in good) and len(series) > len(good):
            return []  # the series itself was refused, and with it what differs from it
        together = icalendar.Calendar()
        for one in good:
            together.add_component(one)
        since, until = self.span[0] - _MARGIN, self.span[1] + _MARGIN
        try:
            with self.patience():
                return list(recurring_ical_events.of(together).between(since, until))
        except TimeoutError:
            self._complain(f"{_called(series[0])}: it takes too long to find out when it repeats; it is left out")
        except Exception as error:  # noqa: BLE001 - whatever a library makes of an entry concerns that one only
            self._complain(f"{_called(series[0])}: it is not understood ({type(error).__name__}); it is left out")
        return []

    def _is_good(self, entry: Any) -> bool:
        """Whether it can be read; why not is said, unless it was cancelled."""
        if str(entry.get("STATUS", "")).upper() == "CANCELLED":
            return True
        try:
            self._check(entry)
        except Refused as refused:
            self._complain(f"{_called(entry)}: {refused}; it is left out")
            return False
        except Exception as error:  # noqa: BLE001 - dates without an end of time, and what else a library trips over
            self._complain(f"{_called(entry)}: it is not understood ({type(error).__name__}); it is left out")
            return False
        return True

    def _check(self, entry: Any) -> None:
        broken = {name for name, _ in getattr(entry, "errors", ())}
        if "DTSTART" in broken or not isinstance(_day(entry, "DTSTART"), date):
            raise Refused("its start is not understood" if "DTSTART" in entry else "it has no start")
        if broken & {"DTEND", "DURATION"}:
            raise Refused("its end is not understood")
        if "RRULE" in broken:
            raise Refused("its rule is not understood")
        if broken:
            self._complain(f"{_called(entry)}: {', '.join(sorted(broken))} is not understood")
        start, end = _as_datetime(entry["DTSTART"].dt), _day(entry, "DTEND")
        if isinstance(end, date) and _naive(_as_datetime(end)) < _naive(start) - timedelta(days=1):
            raise Refused("it ends before it begins")
        for rule in _all(entry.get("RRULE")):
            counted = steps(rule, start.replace(tzinfo=start.tzinfo or UTC), self.span[1])
            if counted > self.steps_left:
                raise Refused("it repeats too often since its beginning")
            self.steps_left -= counted
            include_last_day(rule, entry["DTSTART"].dt)

    def _timed(self, entry: Any, series: list[Any], zone: tzinfo | None) -> tuple[datetime, datetime] | None:
        try:
            return self._times(entry, series, zone)
        except (ArithmeticError, TypeError, ValueError) as error:
            self._complain(f"{_called(entry)}: it is not understood ({type(error).__name__}); it is left out")
            return None

    def _times(self, entry: Any, series: list[Any], zone: tzinfo | None) -> tuple[datetime, datetime] | None:
        """Return from when until when; what has no zone is in ``zone``, and days begin at midnight there."""
        start = entry["DTSTART"].dt
        end = _day(entry, "DTEND")
        length = next((one["DURATION"].dt for one in series if "DURATION" in one), None)
        begun = self._instant(start, entry, "DTSTART", zone)
        if end is None and length is None:
            if isinstance(start, datetime):
                self._complain(f"{_called(entry)}: it has no end; it is left out")
                return None
            return begun, self._instant(start + timedelta(days=1), entry, "DTSTART", zone)
        wall = end - start if end is not None and type(end) is type(start) and _alike(start, end) else None
        if length is not None and isinstance(start, datetime) and (end is None or wall == length):
            over = self._instant(start + timedelta(days=length.days), entry, "DTSTART", zone)
            over += length - timedelta(days=length.days)  # days are the calendar's, hours are exact
        else:
            over = self._instant(start + length if end is None else end, entry, "DTEND", zone)
        if over < begun:
            self._complain(f"{_called(entry)}: it ends before it begins; it is left out")
            return None
        if over == begun:
            self._complain(f"{_called(entry)}: it has no end; it is left out")
            return None
        return begun, over

    def _instant(self, when: date, entry: Any, name: str, zone: tzinfo | None) -> datetime:
        if isinstance(when, datetime) and when.tzinfo is not None:
            return when.astimezone(UTC)
        own = str(entry.get(name, entry["DTSTART"]).params.get("TZID", "")) if isinstance(when, datetime) else ""
        known = zone_named(own, WINDOWS_TO_OLSON) if own else None
        if known is not None:
            zone = known
        elif own:
            self._complain(
                f"{_called(entry)}: the time zone {clean(own, 60)} is not known; {zone or 'UTC'} is taken"
            )
        elif zone is None:
            self._complain(f"{_called(entry)}: it names no time zone; UTC is taken (set timezone)")
        return _as_datetime(when).replace(tzinfo=zone or UTC).astimezone(UTC)

    def _complain(self, text: str) -> None:
        self.complaints.setdefault(text)


def _shift(entry: Any, times: tuple[datetime, datetime], calendar: str, *, by_priority: bool) -> Shift:
    categories = [str(word) for one in _all(entry.get("CATEGORIES")) for word in getattr(one, "cats", (one,))]
    told = named(str(entry.get("SUMMARY", "")), calendar, categories)
    people = [str(one).removeprefix("mailto:").removeprefix("MAILTO:") for one in _all(entry.get("ATTENDEE"))]
    priority = entry.get("PRIORITY", 0)
    rank = told.rank or (int(priority) if by_priority and isinstance(priority, int) else 0)
    mail = clean(people[0], 200) if len(people) == 1 and "@" in people[0] else ""
    return Shift(*times, told.names, mail, told.level, rank, told.schedule)


def _called(entry: Any) -> str:
    """Name an entry for whoever keeps the calendar."""
    summary = clean(str(entry.get("SUMMARY", "")), 60)
    start = _day(entry, "DTSTART")
    since = f" of {start:%Y-%m-%d}" if isinstance(start, date) else ""
    return f'"{summary}"{since}' if summary else f"an entry without a name{since}"


def _day(entry: Any, name: str) -> Any:
    """Return a property's day or time, ``None`` without one; the library raises for a broken one."""
    try:
        return getattr(entry.get(name), "dt", None)
    except Exception:  # noqa: BLE001 - it has an error of its own, and no common one
        return None


def _sequence(entry: Any) -> int:
    found = entry.get("SEQUENCE", 0)
    return int(found) if isinstance(found, int) else 0


def _all(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _as_datetime(when: date) -> datetime:
    return when if isinstance(when, datetime) else datetime.combine(when, time.min)


def _naive(when: datetime) -> datetime:
    return when.replace(tzinfo=None)


def _alike(one: date, other: date) -> bool:
    """Whether both can be subtracted: two dates, or two times in the same zone."""
    return getattr(one, "tzinfo", None) is getattr(other, "tzinfo", None)
