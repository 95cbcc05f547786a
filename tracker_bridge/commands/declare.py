"""How an incident begins."""

import re
from dataclasses import replace
from typing import Final

from tracker_bridge.domain.fold.arguments import Options, moment, options, plain_dashes
from tracker_bridge.domain.fold.command import Section, When, command
from tracker_bridge.domain.fold.form import SOURCES, source_of
from tracker_bridge.domain.fold.lookups import oneself, speaker
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.key_times import timed_fact
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.incident.times.behind import holds_time, trailing_time
from tracker_bridge.domain.issue.changes import LinkedIssueSpec
from tracker_bridge.domain.issue.elsewhere import PRIVATE
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import NOBODY, Access
from tracker_bridge.domain.issue.patterns import at_first_use
from tracker_bridge.domain.transitions import lifecycle

_VALUED: Final = ("started", "detected", "by")
_FLAGS: Final = ("drill", "page", "new", "private")
_OTHER: Final = at_first_use(
    r"(?<!\S)(?:--|[—–]{1,2})(?:(?P<severity>severity|sev|priority|prio)|title|name|summary)[=:\s]\s*"
    r"(?P<value>\"[^\"]+\"|“[^”]+”|'[^']+'|[^\s-]\S*)",
    re.IGNORECASE,
)
"""Options that other tools have, and what takes their place here."""

_TIME_WORDS: Final = 5
"""Words of the longest time that stands in front of a title."""


def _is_report(_: Incident, call: Invocation) -> bool:
    """Whether it is about this issue."""
    given = options(call.text, _VALUED, _FLAGS)
    return isinstance(given, Refused) or given.values.keys().isdisjoint({"new", "private"})


@command(
    "declare",
    section=Section.BEGIN,
    usage="declare [<title>] [--started <time>] [--detected <time>] [--by alert|user|staff] [--drill [--page]] "
    "[--new] [--private]",
    access=Access.TRIAGE,
    examples=(
        "declare Checkout is down --started ~14:05 --detected 14:12 --by alert",
        "declare --drill",
        "declare --drill --page",
        "declare Mail is down --new",
        "declare --private",
    ),
    when=When.ALWAYS,
    reports=_is_report,
    names=oneself,
)
def declare(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Make this issue an incident.

    Adding the incident label does the same. `<title>` names the incident if the issue's own title is not clear
    enough. `--by` records who noticed it: an alert, a user, or staff. `--drill` marks an exercise, which no
    statistic counts; it pages nobody without `--page`. The person who declares an incident is its Technical Lead
    until someone else is named, and should name an Incident Lead at once. With `--new`, this issue stays as it is:
    a separate incident called `<title>` is opened and linked, unless one is already open. If a label or a form
    made the incident, use this to add what they could not hold: a title, times, `--by`, `--drill`. With
    `--private`, the incident is run in the private project of the settings; everyone reads what `update external`
    says in an issue of this project, and nothing else. From people who may not declare incidents it is a report,
    which someone who may confirms with `declare`.
    """
    given = options(call.text, _VALUED, _FLAGS)
    if isinstance(given, Refused):
        return _flags_last(given, call)
    private = "private" in given.values and not is_same(incident.ref.project, incident.rules.private_project)
    if private or "new" in given.values:
        return (_in_private if private else _beside)(incident, call, given)
    source = source_of(given.values.get("by", ""))
    if source and source not in SOURCES:
        return Refused("`--by` must be `alert`, `user` or `staff`", f"{_line(given, 'by')} <alert, user or staff>")
    title, time = trailing_time(given.rest)
    if time:
        return Refused(
            "give the start time after `--started`", f"{_line(replace(given, rest=title), 'started')} {time}"
        )
    begun = _begun(incident, call, given)
    if isinstance(begun, Refused):
        return begun
    return _with_times(replace(begun, source=source or begun.source), call, given)


def _flags_last(refused: Refused, call: Invocation) -> Refused:
    """Propose the line with its flags at the end. No line that is proposed loses one: it may be ``--private``."""
    words = plain_dashes(call.text, (*_VALUED, *_FLAGS)).split()
    flags = [one for one in words if one.removeprefix("--") in _FLAGS and one.startswith("--")]
    others = [one for one in words if one not in flags]
    if other := _OTHER.search(call.text):
        said, value = " ".join(_OTHER.sub(" ", call.text, count=1).split()), other["value"].strip("\"“”'")
        line = f"declare {said}\nseverity {value}" if other["severity"] else f"declare {value} {said}".strip()
        return replace(refused, instead=line)
    if not flags:
        return replace(refused, form="declare <title> --started <time> --by <alert, user or staff>")
    moved = " ".join(("declare", *others, *dict.fromkeys(flags)))
    return replace(refused, instead=moved, form=" ".join(("declare <title>", *dict.fromkeys(flags))))


def _title_first(refused: Refused, incident: Incident, call: Invocation, given: Options, name: str) -> Refused:
    """Propose ``declare Mail is down --started 08:50`` to who had the title behind the time."""
    words = given.values[name].split()
    for count in range(min(len(words) - 1, _TIME_WORDS), 0, -1):
        time = " ".join(words[:count])
        if isinstance(moment(time, incident, call), Moment) and not given.rest and not holds_time(words[count]):
            told = replace(given, rest=" ".join(words[count:]))
            return replace(refused, instead=f"{_line(told, name)} {time}")
    return refused


def _line(given: Options, last: str) -> str:
    """Repeat the command with the option ``last`` at its end, for a value."""
    others = [f"--{name} {value}".strip() for name, value in given.values.items() if name != last]
    return " ".join(part for part in ("declare", given.rest, *others, f"--{last}") if part)


def _begun(incident: Incident, call: Invocation, given: Options) -> Incident | Refused:
    """Declare it; where that was done by hand, only the title and the drill are still to be told."""
    drill, pages = "drill" in given.values, "page" in given.values
    if pages and not drill:
        return Refused("`--page` is for drills", f"{_line(given, 'drill')} --page")
    if pages:
        incident = replace(incident, calls=replace(incident.calls, drill_pages=True))
    if not incident.exists:
        return lifecycle.declare(incident, call.origin, speaker(call), drill=drill, title=given.rest)
    by_hand = any(entry.by_hand for entry in incident.timeline.of(Kind.DECLARED))
    if by_hand and (given.rest or given.values) and incident.phase is not Phase.CANCELLED:
        return replace(incident, title=given.rest or incident.title, drill=drill or incident.drill)
    if incident.active:
        return Refused("this issue is already an incident")
    return Refused(f"this incident is {incident.phase}; `{incident.rules.command_prefixes[0]} reopen` undoes that")


def _beside(incident: Incident, call: Invocation, given: Options) -> Incident | Refused:
    if not given.rest:
        return Refused("what is the title of the new incident?", "declare <title> --new")
    if len(given.values) > 1:
        return Refused("set times and other details in the new issue", f"declare {given.rest} --new")
    opening = LinkedIssueSpec(
        key=f"opened.{call.id}",
        title=given.rest,
        by=call.actor.login,
        url=call.url,
        template="new_incident",
        reuse=True,
        label=incident.rules.incident_label,
    )
    return replace(incident, outgoing=replace(incident.outgoing, openings=(*incident.outgoing.openings, opening)))


def _in_private(incident: Incident, call: Invocation, given: Options) -> Incident | Refused:
    """Open it where not everyone reads; this issue stays what it is."""
    private = incident.rules.private_project
    if not private:
        line = f"declare {given.rest}".strip()
        return Refused(
            "the bridge's settings name no project for private incidents (`private_project`)", form=line
        )
    if incident.exists:
        return Refused("this issue is an incident already, and everyone who reads it knows")
    if call.thread.problem(private, PRIVATE, NOBODY):
        return Refused(
            "the project for private incidents can be read by as many people as this one, or is not served"
        )
    if len(given.values) > 1:
        return Refused("set times and other details in the private issue", f"declare {given.rest} --private")
    opening = LinkedIssueSpec(
        key=f"opened.{call.id}",
        title=given.rest or incident.title,
        by=call.actor.login,
        url=call.url,
        template="private_incident",
        told="told_private",
        label=incident.rules.incident_label,
        project=private,
    )
    return replace(incident, outgoing=replace(incident.outgoing, openings=(*incident.outgoing.openings, opening)))


def _with_times(incident: Incident, call: Invocation, given: Options) -> Incident | Refused:
    started, detected = given.values.get("started"), given.values.get("detected")
    if started:
        at = moment(started, incident, call, _line(given, "started"))
        if isinstance(at, Refused):
            return _title_first(at, incident, call, given, "started")
        said = incident.timeline.of(Kind.STARTED)
        incident = replace(incident, timeline=incident.timeline.without(*said))
        incident = incident.having(
            entry_of(call.origin, Kind.STARTED, at),
            times=replace(incident.times, started=timed_fact(call.origin, at)),
        )
    if detected:
        at = moment(detected, incident, call, _line(given, "detected"))
        if isinstance(at, Refused):
            return _title_first(at, incident, call, given, "detected")
        said = incident.timeline.of(Kind.DETECTED)
        incident = replace(incident, timeline=incident.timeline.without(*said))
        incident = incident.having(
            entry_of(call.origin, Kind.DETECTED, at, what=incident.source),
            times=replace(incident.times, detected=timed_fact(call.origin, at)),
        )
    return incident
