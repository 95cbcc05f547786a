"""Silence, for a while."""

import re
from dataclasses import replace
from datetime import timedelta

from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.statistics import duration
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.issue.grammar import Takes
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.spelling import after_break

MAX_SNOOZE = timedelta(hours=24)

_LENGTH = re.compile(
    r"(?:(?P<hours>[0-9]{1,2})\s?h(?:ours?|rs?)?)?\s?(?:(?P<minutes>[0-9]{1,4})\s?m(?:in(?:ute)?s?)?)?(?![^\s:,;.!])",
    re.ASCII | re.IGNORECASE,
)

_NUMBER = re.compile(r"([0-9]{1,3})(?:\s+(.*))?", re.ASCII)
"""A length that lacks its unit, and what follows."""


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
    found = _LENGTH.match(call.text)
    parts = {unit: int(count) for unit, count in (found.groupdict() if found else {}).items() if count}
    length = timedelta(**parts)
    why = after_break(call.text[found.end() if found else 0 :])
    if not length or length > MAX_SNOOZE:
        number = _NUMBER.fullmatch(why)
        line = f"snooze {number[1]}m {number[2] or '<why>'}" if number else f"snooze <length> {why or '<why>'}"
        return Refused("for how long? Up to `24h`", line)
    if not why:
        return Refused("give a reason", f"snooze {call.text} <why>")
    entry = entry_of(call.origin, Kind.SNOOZED, what=duration(length), text=why)
    return incident.having(entry, comms=replace(incident.comms, snoozed_until=call.at + length))
