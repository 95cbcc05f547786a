"""
Who may say what: a verdict for every call, before it changes anything.

What was judged before keeps its verdict; what is new is judged by the rights its author has now. Access is
looked up beforehand, so that judging is pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from tracker_bridge.domain.calls import Call
from tracker_bridge.domain.command import Command
from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.issue import Access, Person
from tracker_bridge.domain.receipts import Receipt, Receipts, Verdict
from tracker_bridge.domain.roles import is_same_account
from tracker_bridge.domain.rules import Rules


class Right(StrEnum):
    """``SILENT``: a stranger, who is to cost no comment. ``DOUBTFUL``: edited, and nobody knows by whom."""

    ALLOWED = "allowed"
    LACKING = "lacking"
    SILENT = "silent"
    DOUBTFUL = "doubtful"


_STAYS = {Verdict.DENIED: Right.LACKING, Verdict.IGNORED: Right.SILENT}


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows the receipts, and the access of everybody who said something new (by account id)."""

    receipts: Receipts = field(default_factory=Receipts)
    access: Mapping[int, Access] = field(default_factory=dict)
    _known: dict[tuple[int, int, bytes], Receipt] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        judged = [r for r in self.receipts.calls if r.verdict is not Verdict.DOUBTFUL]
        object.__setattr__(self, "_known", {(r.comment, r.ordinal, r.digest): r for r in judged})

    def receipt(self, call: Call) -> Receipt | None:
        """Return the receipt for exactly this text, or ``None``: then it must be judged."""
        return self._known.get((call.comment, call.ordinal, call.digest))

    def accepted(self, call: Call) -> bool:
        """Whether it was carried out at an earlier look: who might say it then still did."""
        receipt = self.receipt(call)
        return receipt is not None and receipt.verdict is Verdict.ACCEPTED

    def settled(self, call: Call) -> Call:
        """Return the call under the name under which it was judged; an edit later does not change that."""
        receipt = self.receipt(call)
        if receipt is None or receipt.edited:
            return call
        return replace(call, actor=call.author, doubtful=False)

    def right(self, call: Call, command: Command, incident: Incident) -> Right:
        """Whether the call may run. What once was allowed stays so, and what was not stays so too."""
        receipt = self.receipt(call)
        if receipt is not None and receipt.verdict in _STAYS:
            return _STAYS[receipt.verdict]
        if call.doubtful:
            return Right.DOUBTFUL
        if receipt is not None:
            return Right.ALLOWED
        access = self._access(call.actor, incident)
        if call.asked and call.actor == call.author:  # a form asks for what it wants to know
            access = max(access, Access.TRIAGE)
        if access >= needed(command, incident.rules) or _lent(command, access, incident, call):
            return Right.ALLOWED
        if _own(command, incident, call):
            return Right.ALLOWED
        return Right.SILENT if self._stranger(call.actor, incident) else Right.LACKING

    def _access(self, person: Person, incident: Incident) -> Access:
        """
        Return what the person may do in this incident.

        Somebody whom others gave a role acts in it with write access, from whichever team they come (S11).
        The opener may add what they know, whoever they are.
        """
        access = self.access.get(person.id, Access.NONE)
        if any(is_same_account(h.who, person) and not h.volunteered and not h.implied for h in incident.roles):
            return max(access, Access.WRITE)
        if incident.exists and person.id and person.id == incident.opener.id:
            return max(access, Access.TRIAGE)
        return access

    def _stranger(self, person: Person, incident: Incident) -> bool:
        return self._access(person, incident) <= Access.READ


def _lent(command: Command, access: Access, incident: Incident, call: Call) -> bool:
    """Whether triage access is enough for this person, here; a rule of the team's own goes before that."""
    if command.lent is None or command.verb in incident.rules.access:
        return False
    return access >= Access.TRIAGE and command.lent(incident, call)


def _own(command: Command, incident: Incident, call: Call) -> bool:
    """Whether who opened the issue tells what they know of it; a rule of the team's own goes before that."""
    if command.own is None or command.verb in incident.rules.access or not incident.exists:
        return False
    return call.actor.id != 0 and call.actor.id == incident.author.id and command.own(incident, call)


def needed(command: Command, rules: Rules) -> Access:
    """Return what it takes to say a command: the team's rule, else the command's own."""
    return rules.access.get(command.verb, command.access)


def new_actors(calls: Iterable[Call], judge: Judge) -> set[Person]:
    """Return the people whose access must be looked up before ``calls`` can be judged."""
    return {call.actor for call in calls if not call.doubtful and judge.receipt(call) is None}
