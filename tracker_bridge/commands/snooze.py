"""Silence, for a while."""

import re
from dataclasses import replace
from datetime import UTC, timedelta

from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.statistics import duration
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.incident.times.ago import parse_length
from tracker_bridge.domain.incident.times.spelling import plain
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.issue.spelling import after_break

MAX_SNOOZE = timedelta(hours=24)

_NUMBER = at_first_use(r"([0-9]{1,3})(?:[.,:;-]?(?:\s+(?P<why>[^\W\d].*))?|['′](?:\s+(?P<how>.*))?)", re.ASCII)
"""A length that lacks its unit, and what follows."""

_UNIT = at_first_use(r"[^\W\d]+\b", re.ASCII)
_UNITS = frozenset(
    {"d", "day", "days", "std", "stunde", "stunden", "minuten", "week", "weeks", "s", "sec", "seconds"}
)
_WORDS = 7
"""Words of the longest length: ``1 hour and 30 minutes``, and what may stand before it."""

_MINUTES = at_first_use(r"(?:and\s+)?(?P<count>[0-5]?[0-9])(?=\s|$)", re.ASCII | re.IGNORECASE)
_LEAST = timedelta(minutes=1)
_CLOCK = at_first_use(
    r"(?:(?:until|till?|bis|to)\s+)?(?:(?:today|tomorrow|heute|morgen)\s+)?(?:at\s+)?"
    r"(?P<hour>[0-9]{1,2})[:.h](?P<minute>[0-9]{2})(?:\s?(?:uhr|h))?(?![\w:.])",
    re.IGNORECASE,
)
"""An end in place of a length."""
_FOR = at_first_use(r"(?:for|about|around)\s+|~\s*", re.IGNORECASE)
_OVER = frozenset({"off", "stop", "end", "ended", "cancel", "none", "over", "no", "unsnooze", "wake"})


@command(
    "snooze",
    section=Section.TIMELINE,
    usage="snooze <length> <why>",
    examples=("snooze 45m everyone is in the data centre", "snooze 2h waiting for the provider"),
    when=When.DECLARED,
    takes=Takes.TEXT,
)
def snooze(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Pause all reminders for a while.

    `<length>` is `45m`, `2h` or `1h30m`, at most a day. The reason is recorded on the timeline. A new snooze
    replaces the previous one; deleting the comment or reopening the incident ends it.
    """
    length, said = _length(call.text)
    why = after_break(said)
    hours = length // timedelta(hours=1)
    if length and (minutes := _MINUTES.match(said)) and length == timedelta(hours=hours):
        more = said[minutes.end() :].strip() or "<why>"
        return Refused("for how long? Put an `m` after the minutes", f"snooze {hours}h{minutes['count']}m {more}")
    if length < _LEAST or length > MAX_SNOOZE:
        return _until(incident, call) or _wrong(call.text, why)
    if not why:
        return Refused("give a reason", f"snooze {call.text} <why>")
    entry = entry_of(call.origin, Kind.SNOOZED, what=duration(length), text=why)
    return incident.having(entry, comms=replace(incident.comms, snoozed_until=call.at + length))


def _length(text: str) -> tuple[timedelta, str]:
    """Split ``1h 30m lunch``: the longest length that it begins with, none at all if there is none."""
    words = _FOR.sub("", text, count=1).split() if _FOR.match(text) else text.split()
    for count in range(min(len(words), _WORDS), 0, -1):
        length = parse_length(plain(" ".join(words[:count])).replace("’", "'"))
        if length is not None and words[count - 1].casefold() != "and":
            return length, " ".join(words[count:])
    return timedelta(), text


def _until(incident: Incident, call: Invocation) -> Refused | None:
    """Return the line with the length that ends at the time of day which was given, the next one that comes."""
    found = _CLOCK.match(call.text)
    if found is None or int(found["hour"]) > 23 or int(found["minute"]) > 59:  # a day's
        return None
    now = call.at.astimezone(incident.rules.timezone)
    end = now.replace(hour=int(found["hour"]), minute=int(found["minute"]), second=0, microsecond=0)
    end += timedelta(days=end <= now)
    minutes = (end.astimezone(UTC) - call.at) // _LEAST
    hours, minutes = divmod(minutes, 60)
    length = f"{hours}h" * bool(hours) + f"{minutes}m" * bool(minutes or not hours)
    why = after_break(call.text[found.end() :]) or "<why>"
    return Refused("give a length instead of an end", f"snooze {length} {why}")


def _wrong(text: str, why: str) -> Refused:
    if text.casefold().strip(" .!") in _OVER:
        return Refused("to end a snooze, delete the comment that started it")
    number = _NUMBER.fullmatch(text)
    more = (number["why"] or number["how"] or "") if number else ""
    unit = _UNIT.match(more)
    if number and not (unit and unit[0].casefold() in _UNITS):
        return Refused("for how long? Up to `24h`", f"snooze {number[1]}m {more or '<why>'}")
    return Refused("for how long? Up to `24h`", f"snooze <length> {why or '<why>'}")
