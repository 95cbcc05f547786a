"""What repeats: which rules of a calendar are read, and which would take for ever."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from tracker_bridge.domain.issue.cleaning import clean

MOST_STEPS: Final = 300_000
"""Repetitions from the first until now that are counted through in one calendar: about two seconds."""

_STEP: Final = {
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(days=7),
    "MONTHLY": timedelta(days=28),
    "YEARLY": timedelta(days=365),
}
_LISTS: Final = ("BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY")
_FINE: Final = ("BYMINUTE", "BYSECOND")


class Refused(Exception):
    """A rule that is not read; the message says why, for whoever keeps the calendar."""


def steps(rule: Any, start: datetime, until: datetime) -> int:
    """
    Return how many repetitions have to be counted through from ``start`` to ``until``.

    ``rule`` is an ``RRULE`` as icalendar read it. Raises :class:`Refused`.
    """
    if not hasattr(rule, "get") or not isinstance(frequency := _one(rule, "FREQ"), str):
        raise Refused("its rule is not understood")
    step = _STEP.get(frequency.upper())
    if step is None:
        raise Refused(f"it repeats {clean(frequency.lower(), 20)}")
    if fine := next((name for name in _FINE if len(rule.get(name, ())) > 1), ""):
        raise Refused(f"it repeats several times an hour ({fine})")
    interval = _one(rule, "INTERVAL", 1)
    if not isinstance(interval, int) or interval < 1:
        raise Refused("its interval is no number above 0")
    ends = _one(rule, "UNTIL")
    if isinstance(ends, datetime):
        aware = ends.tzinfo is not None
        until = min(until, ends if aware else ends.replace(tzinfo=until.tzinfo))
    count = max((until - start) // (step * interval), 0) + 1
    for name in _LISTS:
        count *= max(len(rule.get(name, ())), 1)
    most = _one(rule, "COUNT")
    return min(count, most) if isinstance(most, int) else count


def include_last_day(rule: Any, start: date) -> None:
    """
    Let a rule of times that ends on a day end with it: whoever writes ``UNTIL=20261205`` is on call that evening.

    The libraries take it for midnight, when the day begins (RFC 5545 asks for a time there).
    """
    ends = _one(rule, "UNTIL")
    if isinstance(start, datetime) and isinstance(ends, date) and not isinstance(ends, datetime):
        last = datetime.combine(ends, time(23, 59, 59), start.tzinfo)
        rule["UNTIL"] = [last.astimezone(UTC) if last.tzinfo else last]


def _one(rule: Any, name: str, default: object = None) -> object:
    values = rule.get(name) or [default]
    return values[0] if isinstance(values, list | tuple) else values
