"""Ticking what a team's checklists hold."""

import re
from dataclasses import replace

from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.incident.checklists import Tick, checklists, item_of
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.patterns import at_first_use

_BETWEEN = at_first_use(r"[\s,;]+(?:and[\s,;]+)?")
_NUMBER = at_first_use(r"#?(?P<number>[1-9][0-9]{0,2})\.?", re.ASCII)


@command(
    "check",
    section=Section.WORK,
    usage="check <number> [<number> ...]",
    aliases=("tick",),
    examples=("check 1", "check 1 2"),
    when=When.DECLARED,
)
def check(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Tick items on a checklist.

    Checklists are defined in the repository's settings, `[[checklists]]`, for a severity, a label or a service.
    The status comment shows those of this incident, with the number of each item. Who ticked it and when is
    recorded.
    """
    return _ticked(incident, call, done=True)


@command(
    "uncheck",
    section=Section.WORK,
    usage="uncheck <number> [<number> ...]",
    aliases=("untick",),
    examples=("uncheck 1",),
    when=When.DECLARED,
)
def uncheck(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Untick items on a checklist.

    The timeline keeps both.
    """
    return _ticked(incident, call, done=False)


def _ticked(incident: Incident, call: Invocation, *, done: bool) -> Incident | Refused:
    verb = "check" if done else "uncheck"
    words = [word for word in _BETWEEN.split(call.text) if word]
    numbers = [int(found["number"]) for word in words if (found := _NUMBER.fullmatch(word))]
    if not numbers or len(numbers) < len(words):
        line = f"{verb} {' '.join(map(str, numbers))}" if numbers else ""
        return Refused("which items? Use their numbers", line, f"{verb} <number>")
    if unknown := [number for number in numbers if item_of(incident, number) is None]:
        return _unknown(incident, unknown[0], verb)
    for number in dict.fromkeys(numbers):
        incident = _with(incident, call, number, done=done)
    return incident


def _with(incident: Incident, call: Invocation, number: int, *, done: bool) -> Incident:
    """Who ticked it first has ticked it."""
    ticked = any(one.number == number for one in incident.ticks)
    found = item_of(incident, number)
    if ticked is done or found is None:
        return incident
    name, text = found
    entry = entry_of(call.origin, Kind.CHECKED if done else Kind.UNCHECKED, what=name, text=text)
    others = tuple(one for one in incident.ticks if one.number != number)
    tick = Tick(number, call.actor.login, call.at, call.url)
    return replace(incident.having(entry), ticks=(*others, tick) if done else others)


def _unknown(incident: Incident, number: int, verb: str) -> Refused:
    items = [item for one in checklists(incident) for item in one.items]
    if not items:
        return Refused("this incident has no checklist; checklists are defined in the settings of the repository")
    fitting = [item.number for item in items if (item.tick is None) is (verb == "check")]
    known = f"; the open ones are {', '.join(map(str, fitting))}" if fitting and verb == "check" else ""
    return Refused(f"there is no item {number} on the checklists of this incident{known}", form=f"{verb} <number>")
