"""A command that its author may say, carried out: in time, by whom it is for, about people who are there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tracker_bridge.domain.fold.arguments import moment
from tracker_bridge.domain.fold.command import Command
from tracker_bridge.domain.fold.lookups import meet
from tracker_bridge.domain.fold.placeholders import left_open
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Person


@dataclass(frozen=True, slots=True)
class Carried:
    """
    What came of a call, and the call with the people in it that were found.

    Where names are ``asked`` for, they must be looked up first, and nothing came of it yet.
    """

    outcome: Incident | Refused | None
    call: Invocation
    asked: frozenset[str] = frozenset()


def carry_out(
    incident: Incident,
    call: Invocation,
    command: Command,
    accounts: Mapping[str, Person] | None,
    bot: str,
    *,
    judged: bool = False,
) -> Carried:
    """Carry a call out. ``accounts`` were looked up; what was ``judged`` as right is not by roles of later."""
    text, time = command.dated(call) if command.examples else ("", "")  # what stands in for one takes anything
    whole = call
    if time:
        call = replace(call, found=replace(call.found, text=text))
    barred = command.barred(incident, call) if command.barred and not judged else None
    at = moment(time, incident, call, f"{call.verb} {call.text} |") if time else None
    refused = command.untimely(incident) or barred or (at if isinstance(at, Refused) else None)
    if refused is None and command.names is not None:
        owner = incident.ref.project.partition("/")[0]
        met = meet(call, command.names(incident, call), accounts, bot, owner)
        if met.asked:
            return Carried(None, call, met.asked)
        call, refused = met.call, met.refused
    then = replace(call, at=at.at) if isinstance(at, Moment) else call
    outcome = refused or command.run(incident, then)
    if isinstance(outcome, Incident):
        outcome = _filled_in(incident, outcome, call, command)
    if isinstance(outcome, Incident) and isinstance(at, Moment):
        outcome = _backdated(incident, outcome, call, at) or command.timeless(call.text)
    return Carried(outcome, replace(call, found=whole.found) if time else call)


def _backdated(before: Incident, after: Incident, call: Invocation, at: Moment) -> Incident | None:
    """
    Let what a call put on the timeline have occurred ``at`` a time, and be recorded when it was said (S55).

    ``None``: it put nothing there, and did something else; what was so already is fine.
    """
    timeline = after.timeline
    made = [one for one in timeline.new_to(before.timeline) if one.id == call.id]
    for entry in made:
        occurred = at if entry.occurred.at == at.at else entry.occurred
        timeline = timeline.exchanging(entry, replace(entry, occurred=occurred, recorded_at=call.at))
    return replace(after, timeline=timeline) if made or after == before else None


def _filled_in(before: Incident, after: Incident, call: Invocation, command: Command) -> Incident | Refused:
    gap = left_open(before, after, f"{call.text}\n{call.below}")
    if not gap:
        return after
    shown = gap.replace("`", "'")[:60]
    return Refused(f"`{shown}` is a placeholder; replace it with your own words", form=command.form)
