"""
Who may say what: a verdict for every call, before it changes anything.

What was judged before keeps its verdict; what is new is judged by the rights its author has now. Access is
looked up beforehand, so that judging is pure.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from tracker_bridge.domain.fold.command import Command
from tracker_bridge.domain.fold.lost_receipts import Traces
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.authors import Attributed, writers
from tracker_bridge.domain.issue.changes import Reaction
from tracker_bridge.domain.issue.grammar import SAID, Grammar
from tracker_bridge.domain.issue.invocations import Invocation, calls_of, find_calls
from tracker_bridge.domain.issue.issue import Access, Comment, Person
from tracker_bridge.domain.issue.receipts import Receipt, Receipts, Verdict


class Permission(StrEnum):
    """``SILENT``: a stranger, who is to cost no comment. ``DOUBTFUL``: nobody knows who wrote it."""

    ALLOWED = "allowed"
    LACKING = "lacking"
    SILENT = "silent"
    DOUBTFUL = "doubtful"


_LACKED = {Verdict.DENIED: Permission.LACKING, Verdict.IGNORED: Permission.SILENT}


_Settled = tuple[Comment, Sequence[Receipt], list[Invocation]]
"""A comment, the receipts for its calls, and these calls as the receipts settle them."""


class _Reading:
    """
    The receipts by comment, and the calls of the comments as these settle them: asked for twice at a reconcile.

    What is the same as in an ``earlier`` one is taken from there.
    """

    def __init__(self, receipts: Receipts, earlier: "_Reading | None" = None) -> None:
        self.receipts = receipts
        self.grammar: Grammar | None = None
        self.settled: dict[int, _Settled] = {}
        self.earlier = earlier
        self.judged = {(one.comment, one.ordinal): one for one in reversed(receipts.calls)}
        self.known: defaultdict[int, list[Receipt]] = defaultdict(list)
        for receipt in sorted(receipts.calls, key=lambda one: one.ordinal):
            self.known[receipt.comment].append(receipt)

    def of(self, comment: Comment, grammar: Grammar, settle: Callable[[], list[Invocation]]) -> list[Invocation]:
        """Return the calls of a comment; ``settle`` works them out, once."""
        if self.grammar is not grammar:
            self.grammar, self.settled = grammar, {}
        if comment.id in self.settled:
            return self.settled[comment.id][2]
        receipts = self.known.get(comment.id, ())
        found = self._earlier(comment, receipts, grammar) or (comment, receipts, settle())
        self.settled[comment.id] = found
        return found[2]

    def _earlier(self, comment: Comment, receipts: Sequence[Receipt], grammar: Grammar) -> _Settled | None:
        if self.earlier is None or self.earlier.grammar != grammar:
            return None
        found = self.earlier.settled.get(comment.id)
        return found if found and found[0] == comment and found[1] == receipts else None


@dataclass(frozen=True, slots=True)
class Authorizer:
    """
    Knows the receipts, and the access of everybody who said something new (by account id).

    ``members`` are those of teams, by their names, case-folded; ``None`` where the forge does not say.
    ``accounts`` are those that were looked up, by their names, case-folded; ``None`` where none can be.

    Where receipts are lost, ``traces`` are what tells so, ``reactions`` how comments were answered, as far as that
    was looked up, and ``words`` the calls (comment and ordinal) that ended it, or took that back, though nothing
    else proves them; those ``vetoed`` did not.
    """

    receipts: Receipts = field(default_factory=Receipts)
    access: Mapping[int, Access] = field(default_factory=dict)
    members: Mapping[str, tuple[Person, ...] | None] = field(default_factory=dict)
    accounts: Mapping[str, Person] | None = None
    traces: Traces = field(default_factory=Traces)
    reactions: Mapping[int, Reaction | None] = field(default_factory=dict)
    words: frozenset[tuple[int, int]] = frozenset()
    vetoed: frozenset[tuple[int, int]] = frozenset()
    _reading: _Reading | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self._reading is None or self._reading.receipts is not self.receipts:
            object.__setattr__(self, "_reading", _Reading(self.receipts))

    def following(self, earlier: "Authorizer") -> Self:
        """Return a copy that reads no comment anew which is the same as for the ``earlier`` one."""
        reading = earlier._reading  # noqa: SLF001  # of its own kind
        if reading is not None:
            reading.earlier = None
        return replace(self, _reading=_Reading(self.receipts, reading))

    @property
    def known(self) -> Mapping[int, Sequence[Receipt]]:
        """The receipts by comment."""
        return self._reading.known if self._reading else {}

    def calls(self, comment: Comment, grammar: Grammar) -> list[Invocation]:
        """Return what the comment commands, each under the name of who wrote it."""
        if self._reading is None:
            return self._calls(comment, grammar)
        return self._reading.of(comment, grammar, lambda: self._calls(comment, grammar))

    def _calls(self, comment: Comment, grammar: Grammar) -> list[Invocation]:
        calls = calls_of(comment, grammar)
        if not calls:
            return []
        written = writers(comment, [one.found for one in calls], lambda body: find_calls(body, grammar))
        by = [_unmended(one) if grammar.extent(one.found.verb) not in SAID else one for one in written]
        return self.settled(comment, calls, by)

    def settled(self, comment: Comment, calls: Sequence[Invocation], by: Sequence[Attributed]) -> list[Invocation]:
        """
        Return the calls of a comment, each with its number and under the name of who said it.

        ``by`` is the tracker's word for that. What was judged before keeps number and name, wherever in the
        comment it stands by now.
        """
        before = self.known.get(comment.id, ())
        left = [receipt for receipt in before if receipt.verdict is not Verdict.DOUBTFUL]
        receipts: list[Receipt | None] = []
        for call in calls:
            found = next((one for one in left if one.digest == call.digest), None)
            receipts.append(found)
            left = [one for one in left if one is not found]
        taken = {one.ordinal for one in receipts if one}
        settled: list[Invocation] = []
        for call, receipt, writer in zip(calls, receipts, by, strict=True):
            if receipt is not None:
                settled.append(_under(call, receipt, writer))
                continue
            free = (n for n in (call.ordinal, *range(len(calls))) if n not in taken)
            ordinal = next(free, call.ordinal)
            taken.add(ordinal)
            settled.append(_new(call if call.ordinal == ordinal else replace(call, ordinal=ordinal), writer))
        return settled

    def receipt(self, call: Invocation) -> Receipt | None:
        """Return the receipt for exactly this text, or ``None``: then it must be judged."""
        found = self._reading.judged.get((call.comment, call.ordinal)) if self._reading else None
        return found if found and found.digest == call.digest and found.verdict is not Verdict.DOUBTFUL else None

    def has_heard(self, comment: int) -> bool:
        """Whether any call of that comment was judged at an earlier reconcile."""
        return bool(self.known.get(comment))

    def accepted(self, call: Invocation) -> bool:
        """Whether it was carried out at an earlier reconcile: who might say it then still did."""
        receipt = self.receipt(call)
        return receipt is not None and receipt.verdict is Verdict.ACCEPTED

    def known_access(self, call: Invocation) -> Access | None:
        """Return what its author may do in the project, as it was asked for this reconcile, or is remembered."""
        receipt = self.receipt(call)
        return self.access.get(call.actor.id, receipt.access if receipt else None)

    def proven(self, calls: Sequence[tuple[Invocation, Command]], incident: Incident) -> bool:
        """
        Whether our answers to a comment prove that all of its ``calls`` were accepted but those that they name.

        Whoever got one had a right, where each call takes one, and so would have been told of every call that was
        not run. At what may be the first reconcile, it must be the only one: a reconcile that was cut short gave
        the reaction for another one, perhaps.
        """
        comment = calls[0][0].comment if calls else -1
        acknowledged, told = self.reactions.get(comment) is Reaction.ACCEPTED, comment in self.traces.refused
        if self.traces.bare and (told or len(calls) > 1):
            return False
        free = any(_may_be_free(command, incident, call) for call, command in calls)
        return (acknowledged or told) and not free

    def forgotten(self, call: Invocation, changed_at: datetime) -> bool:
        """Whether it was judged before, and nothing of its comment is remembered; it changed last at that time."""
        return self.receipt(call) is None and (
            self.traces.total or (self.traces.seen(changed_at) and not self.known.get(call.comment))
        )

    def right(self, call: Invocation, command: Command, incident: Incident, *, proven: bool = False) -> Permission:
        """
        Whether the call may run. What once was allowed stays so, also where only our reaction has ``proven`` it.

        What was not allowed stays so until its author says something new, and has been given the right since.
        """
        receipt, said = self.receipt(call), (call.comment, call.ordinal)
        if said in self.vetoed or (receipt and receipt.verdict in _LACKED and call.actor.id not in self.access):
            return _LACKED[receipt.verdict] if receipt else Permission.SILENT
        if call.doubtful:
            return Permission.DOUBTFUL
        if receipt is not None and receipt.verdict not in _LACKED:
            return Permission.ALLOWED
        access = self._access(call.actor, incident)
        if call.asked and call.actor == call.author:  # a form asks for what it wants to know
            access = max(access, Access.TRIAGE)
        if access >= taken(command, incident, call) or self._granted(command, access, incident, call):
            return Permission.ALLOWED
        if receipt is None and (proven or said in self.words):
            return Permission.ALLOWED
        return Permission.SILENT if self._stranger(call.actor, incident) else Permission.LACKING

    def _access(self, person: Person, incident: Incident) -> Access:
        """
        Return what the person may do in this incident.

        Somebody whom others gave a role acts in it with write access, from whichever team they come (S11), and so
        do the members of a team that was given one, where the forge says who they are.
        The opener may add what they know, whoever they are.
        """
        access = self.access.get(person.id, Access.NONE)
        if any(
            incident.people.stands_for(person, h.who) and not h.volunteered and not h.implied
            for h in incident.people.roles
        ):
            return max(access, Access.WRITE)
        if incident.exists and person.id and person.id == incident.people.opener.id:
            return max(access, Access.TRIAGE)
        return access

    def _granted(self, command: Command, access: Access, incident: Incident, call: Invocation) -> bool:
        """Whether somebody may say it here with less access than it takes; never what changes others' words."""
        if call.first is not None:
            return False
        theirs = command.theirs is not None and command.theirs(incident, call)
        lent = _lent(command, access, incident, call) or self._leads(command, incident, call)
        return theirs or lent or _own(command, incident, call)

    def _leads(self, command: Command, incident: Incident, call: Invocation) -> bool:
        """
        Whether the Incident Lead may say it, also one who claimed the role: with triage access to the project,
        which nothing in the incident gives. A rule of the team's own goes before that.
        """
        if not command.led or command.verb in incident.rules.access:
            return False
        member = self.access.get(call.actor.id, Access.NONE) >= Access.TRIAGE
        return member and incident.people.holds(call.actor, Role.INCIDENT_LEAD)

    def _stranger(self, person: Person, incident: Incident) -> bool:
        return self._access(person, incident) <= Access.READ


def receipt_of(call: Invocation, verdict: Verdict, access: Access | None) -> Receipt:
    """Return what is to be remembered of a call, of the verdict on it, and of what its author might do."""
    actor = None if call.doubtful or call.actor == call.author else call.actor
    people = call.known if verdict in (Verdict.ACCEPTED, Verdict.REFUSED) else ()
    access = None if verdict is Verdict.DOUBTFUL else access  # nobody knows whose it would be
    return Receipt(call.comment, call.ordinal, call.digest, verdict, actor, people, call.first, access, call.tried)


def _under(call: Invocation, receipt: Receipt, written: Attributed) -> Invocation:
    """Return the call as it was judged: under that number and name, and with the people whom it meant then."""
    judged = receipt.ordinal, receipt.actor or call.author, receipt.people, receipt.tried
    if judged != (call.ordinal, call.actor, call.known, call.tried):
        ordinal, actor, known, tried = judged
        call = replace(call, ordinal=ordinal, actor=actor, known=known, tried=tried)
    before = _before(call, written)
    return replace(call, first=receipt.first, before=before) if receipt.first or before else call


def _new(call: Invocation, written: Attributed) -> Invocation:
    """
    Return a call that was not judged before under the name of its writer.

    Whoever changed a comment last need not have written what is new in it: somebody else may have been there in
    between. What is only explained is explained to the comment's author, whoever wrote that.
    """
    if written.mends is None and (call.found.unread or written.by == call.author == call.actor):
        return call
    before = _before(call, written)
    first = before.actor if before else None
    return replace(call, actor=written.by or call.author, doubtful=written.by is None, first=first, before=before)


def _unmended(written: Attributed) -> Attributed:
    return written if written.mends is None else replace(written, mends=None)


def _before(call: Invocation, written: Attributed) -> Invocation | None:
    """Return the call as somebody else had said it before it was mended."""
    mends = written.mends
    return replace(call, found=mends.found, actor=mends.by, known=()) if mends and mends.by else None


def _may_be_free(command: Command, incident: Incident, call: Invocation) -> bool:
    """Whether somebody without any right may say it, at some time."""
    own = command.own is not None and call.actor.id == incident.people.author.id
    return own or command.theirs is not None or needed(command, incident.rules, call) <= Access.READ


def _lent(command: Command, access: Access, incident: Incident, call: Invocation) -> bool:
    """Whether triage access is enough for this person, here; a rule of the team's own goes before that."""
    if command.lent is None or command.verb in incident.rules.access:
        return False
    return access >= Access.TRIAGE and command.lent(incident, call)


def _own(command: Command, incident: Incident, call: Invocation) -> bool:
    """Whether who opened the issue tells what they know of it; a rule of the team's own goes before that."""
    if command.own is None or command.verb in incident.rules.access or not incident.exists:
        return False
    return call.actor.id != 0 and call.actor.id == incident.people.author.id and command.own(incident, call)


def needed(command: Command, rules: Rules, call: Invocation | None = None) -> Access:
    """
    Return what it takes to say a command: the team's rule, else the command's own.

    Who changes what somebody else said must have the right to change comments of others.
    """
    access = rules.access.get(command.verb, command.access)
    return max(access, Access.WRITE) if call and call.first else access


def taken(command: Command, incident: Incident, call: Invocation) -> Access:
    """Return what this call takes here: what the command does, and more where it does more than record."""
    access = needed(command, incident.rules, call)
    if command.weighs is None or command.verb in incident.rules.access:
        return access
    return max(access, command.weighs(incident, call))


def new_actors(calls: Iterable[Invocation], authorizer: Authorizer) -> set[Person]:
    """Return the people whose access must be looked up before ``calls`` can be judged."""
    calls = list(calls)
    new = {call.actor for call in calls if not call.doubtful and authorizer.receipt(call) is None}
    return new | {call.before.actor for call in calls if call.before and not authorizer.accepted(call)}
