"""How an incident begins."""

from dataclasses import replace

from tracker_bridge.domain import lifecycle
from tracker_bridge.domain.arguments import Options, moment, options
from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.changes import Opening
from tracker_bridge.domain.command import Section, When, command
from tracker_bridge.domain.incident import Incident, Phase, mark_of
from tracker_bridge.domain.issue import Access
from tracker_bridge.domain.naming import oneself, speaker
from tracker_bridge.domain.replies import Refused
from tracker_bridge.domain.timeline import Kind, entry_of, unsaid
from tracker_bridge.domain.times.behind import trailing_time

SOURCES = ("alarm", "user", "staff")


def _is_report(_: Incident, call: Call) -> bool:
    """Whether it is about this issue."""
    given = options(call.text, ("started", "detected", "by"), ("drill", "new"))
    return isinstance(given, Refused) or "new" not in given.values


@command(
    "declare",
    section=Section.BEGIN,
    usage="declare [<title>] [--started <time>] [--detected <time>] [--by alarm|user|staff] [--drill] [--new]",
    access=Access.TRIAGE,
    examples=(
        "declare Checkout is down --started ~14:05 --detected 14:12 --by alarm",
        "declare --drill",
        "declare Mail is down --new",
    ),
    when=When.ALWAYS,
    reports=_is_report,
    names=oneself,
)
def declare(incident: Incident, call: Call) -> Incident | Refused:
    """
    Make this issue an incident.

    The same as putting the incident label on it. `<title>` is how the incident is called if the issue's own
    title does not say it well. `--by` tells who noticed: an alarm, a user, or somebody of the staff. With
    `--drill` it is an exercise, which no statistic counts. Whoever opens an incident is its Technical Lead
    until somebody says otherwise, and should at once name an Incident Lead. With `--new` this issue stays
    what it is: an incident called `<title>` is opened beside it and linked, unless one is open already. Where a
    label or a form has made the incident, this adds what they could not say: a title, times, `--by`, `--drill`.
    From somebody who may not declare incidents it is a report, which somebody who may confirms with `declare`.
    """
    given = options(call.text, ("started", "detected", "by"), ("drill", "new"))
    if isinstance(given, Refused):
        return replace(given, form="declare <title> --started <time> --by <alarm, user or staff>")
    if "new" in given.values:
        return _beside(incident, call, given)
    source = given.values.get("by", "").casefold()
    if source and source not in SOURCES:
        return Refused("`--by` is one of `alarm`, `user`, `staff`", f"{_line(given, 'by')} <alarm, user or staff>")
    title, time = trailing_time(given.rest)
    if time:
        return Refused(
            "when it began goes behind `--started`", f"{_line(replace(given, rest=title), 'started')} {time}"
        )
    begun = _begun(incident, call, given)
    if isinstance(begun, Refused):
        return begun
    return _with_times(replace(begun, source=source or begun.source), call, given)


def _line(given: Options, last: str) -> str:
    """Repeat the command with the option ``last`` at its end, for a value."""
    others = [f"--{name} {value}".strip() for name, value in given.values.items() if name != last]
    return " ".join(part for part in ("declare", given.rest, *others, f"--{last}") if part)


def _begun(incident: Incident, call: Call, given: Options) -> Incident | Refused:
    """Declare it; where that was done by hand, only the title and the drill are still to be told."""
    drill = "drill" in given.values
    if not incident.exists:
        return lifecycle.declare(incident, call.cause, speaker(call), drill=drill, title=given.rest)
    by_hand = any(entry.kind is Kind.DECLARED and entry.by_hand for entry in incident.timeline)
    if by_hand and (given.rest or given.values) and incident.phase is not Phase.CANCELLED:
        return replace(incident, title=given.rest or incident.title, drill=drill or incident.drill)
    if incident.active:
        return Refused("this issue is an incident already")
    return Refused(f"this incident is {incident.phase}; `{incident.rules.roots[0]} reopen` takes that back")


def _beside(incident: Incident, call: Call, given: Options) -> Incident | Refused:
    if not given.rest:
        return Refused("what is the new incident called?", "declare <title> --new")
    if len(given.values) > 1:
        return Refused("times and the like are told in the new issue", f"declare {given.rest} --new")
    opening = Opening(
        key=f"opened.{call.id}",
        title=given.rest,
        by=call.actor.login,
        url=call.url,
        template="new_incident",
        reuse=True,
        label=incident.rules.incident_label,
    )
    return replace(incident, openings=(*incident.openings, opening))


def _with_times(incident: Incident, call: Call, given: Options) -> Incident | Refused:
    started, detected = given.values.get("started"), given.values.get("detected")
    if started:
        at = moment(started, incident, call, _line(given, "started"))
        if isinstance(at, Refused):
            return at
        incident = replace(incident, timeline=unsaid(incident.timeline, Kind.STARTED))
        incident = incident.having(entry_of(call.cause, Kind.STARTED, at), started=mark_of(call.cause, at))
    if detected:
        at = moment(detected, incident, call, _line(given, "detected"))
        if isinstance(at, Refused):
            return at
        incident = replace(incident, timeline=unsaid(incident.timeline, Kind.DETECTED))
        incident = incident.having(
            entry_of(call.cause, Kind.DETECTED, at, what=incident.source), detected=mark_of(call.cause, at)
        )
    return incident
