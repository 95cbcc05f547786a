"""A command that its author may say, carried out: in time, by whom it is for, about people who are there."""

from collections.abc import Mapping
from dataclasses import dataclass

from tracker_bridge.domain.fold.command import Command
from tracker_bridge.domain.fold.lookups import meet
from tracker_bridge.domain.fold.placeholders import left_open
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
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
    barred = command.barred(incident, call) if command.barred and not judged else None
    timeless = command.timeless(call) if command.examples else None  # what stands in for a command takes anything
    refused = command.untimely(incident) or barred or timeless
    if refused is None and command.names is not None:
        owner = incident.ref.project.partition("/")[0]
        met = meet(call, command.names(incident, call), accounts, bot, owner)
        if met.asked:
            return Carried(None, call, met.asked)
        call, refused = met.call, met.refused
    outcome = refused or command.run(incident, call)
    if isinstance(outcome, Incident):
        outcome = _filled_in(incident, outcome, call, command)
    return Carried(outcome, call)


def _filled_in(before: Incident, after: Incident, call: Invocation, command: Command) -> Incident | Refused:
    gap = left_open(before, after, f"{call.text}\n{call.below}")
    if not gap:
        return after
    shown = gap.replace("`", "'")[:60]
    return Refused(f"`{shown}` is a placeholder; replace it with your own words", form=command.form)
