"""
What is proposed to somebody whose line was refused: nothing that would be refused as well.

Every line that a command has in mind, or that the words may mean, is tried on the incident as it stands, in the
name of the person who is to say it. What would not be accepted is shown as a form, or as a wish to others.
"""

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from tracker_bridge.domain.fold.authorization import Authorizer, Permission
from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.fold.execution import carry_out
from tracker_bridge.domain.fold.placeholders import gaps
from tracker_bridge.domain.fold.suggestions import known_names
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.names import may_be_a_name, mentions
from tracker_bridge.domain.incident.replies import Mistake, Refused
from tracker_bridge.domain.incident.roles import Role, is_same_account
from tracker_bridge.domain.issue.grammar import Grammar, Unread
from tracker_bridge.domain.issue.invocations import Invocation, find_calls
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.domain.issue.spelling import denies

MAX_LINE_CHARS: Final = 400
"""Characters of a line that is proposed: it is shown whole, or not at all."""

_NOWHERE: Final = -1
"""The comment of a line that is only tried."""

_MOST_ASKED: Final = 3

_NOT_THEIRS: Final = frozenset({Unread.MAIL, Unread.TOO_MANY, Unread.TOO_LONG})
"""Nothing is proposed instead of somebody else's words, nor of what only stands in the wrong place."""
_WORDS: Final = re.compile(r"\w+")
_BEFORE_NAME: Final = re.compile(r"(?<!\S)(\S+)\s+(?=@)")

_ASKED: Final = (
    Role.INCIDENT_LEAD,
    Role.COMMUNICATION_LEAD,
    Role.TECHNICAL_ASSIST,
    Role.SCRIBE,
    Role.TESTER,
    Role.TECHNICAL_LEAD,
)
"""Who is asked for something first; the Technical Lead is left alone as long as anybody else will do (S5)."""


@dataclass(frozen=True, slots=True)
class Proposer:
    """
    ``known`` collects what people of the thread may do in the project, by login, as it is read.

    ``accounts`` are those that were looked up; ``asked`` collects the names that must be before all can be told,
    and ``met`` who they were.
    """

    commands: Commands
    grammar: Grammar
    accounts: Mapping[str, Person] | None = None
    known: dict[str, Access] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    met: dict[str, Person] = field(default_factory=dict)

    def heard(self, call: Invocation, access: Access | None) -> None:
        """Take in what the author of a call may do."""
        if access is not None:
            self.known[call.actor.login.casefold()] = access

    def told(self, incident: Incident, call: Invocation, mistake: Mistake) -> tuple[Mistake, Invocation]:
        """
        Complete what the author of a refused call is told; ``incident`` is as it stands after it.

        The call that is returned knows whoever is named in the lines that were tried, and is to be remembered so.
        """
        if call.doubtful or call.found.unread in _NOT_THEIRS:
            return mistake, call
        self.met.clear()
        told = replace(mistake, refused=self._settled(incident, call, mistake.refused))
        return told, replace(call, tried=tuple(self.met.values()))

    def _settled(self, incident: Incident, call: Invocation, refused: Refused) -> Refused:
        """Keep the first line that would be accepted from the author, or from somebody else; else the form."""
        lines = [line for line in _whole(refused, call) if self._is_theirs(incident, call, line)]
        answers = [self._answer(incident, call, line, call.actor) for line in lines]
        inner = [answer for answer in answers if isinstance(answer, Refused)]
        lines += [
            deeper
            for line, answer in zip(tuple(lines), answers, strict=True)
            if isinstance(answer, Refused)
            for deeper in _whole(answer, call)
            if len(_WORDS.findall(deeper)) >= len(_WORDS.findall(line))  # nothing of it is left out
            and self._is_theirs(incident, call, deeper)
        ]
        answers += [self._answer(incident, call, line, call.actor) for line in lines[len(answers) :]]
        for line, answer in zip(lines, answers, strict=True):
            if isinstance(answer, Incident) and self._differs(line, call):
                return Refused(refused.reason, line)
        reason = self._reason(refused, call, lines, answers)
        wish = next((one for one in (refused, *inner) if one.wish), None)
        if wish is not None:
            return Refused(reason, asked=wish.asked, wish=wish.wish)
        for line in () if refused.final else (call.bare, *lines):
            asked = self._who_may(incident, call, line, refused.asked)
            if asked:
                return Refused(
                    reason, asked=asked, wish=f"please write: {self.grammar.command_prefixes[0]} {line}"
                )
        forms = [form for one in (refused, *inner) for form in _forms(one)]
        return Refused(reason, form=next(iter(forms), ""))

    def _reason(
        self, refused: Refused, call: Invocation, lines: list[str], answers: list[Incident | Refused | None]
    ) -> str:
        """Say as well what is wrong with the line that was meant: another command's, or what no typing mends."""
        meant = self.commands.find(lines[0].partition(" ")[0]) if lines else None
        answer = answers[0] if answers else None
        if meant is None or isinstance(answer, Incident):
            return refused.reason
        if meant is not self.commands.find(call.verb):
            lacking = "it needs more access to this project, or a role that someone assigned to you"
            return f"{refused.reason}; for `{meant.verb}`, {answer.reason if answer else lacking}"
        if answer is None or answer.form or _lines(answer) or answer.reason == refused.reason:
            return refused.reason
        return f"{refused.reason}; also, {answer.reason}"

    def _is_theirs(self, incident: Incident, call: Invocation, line: str) -> bool:
        """
        Whether a line does what was asked for: what was denied is not proposed without the denial, and nobody is
        named who has no part in the incident, but for one whose name lacks its ``@``; what stands before a name
        joins it to another.
        """
        first = line.partition("\n")[0].casefold()
        meant = self.commands.find(call.verb)
        if meant and meant is self.commands.find(first.partition(" ")[0]) and denies(call.text) not in first:
            return False
        typed = {one.name.casefold() for one in mentions(call.line) if one.name}
        new = {one.name.casefold() for one in mentions(line) if one.name} - typed
        strangers = new - known_names(call, incident).keys() - {call.actor.login.casefold()} if new else new
        return not strangers or (len(strangers) == 1 and _may_be_named(next(iter(strangers)), call.line))

    def _differs(self, line: str, call: Invocation) -> bool:
        return call.found.unread is not None or line.split() != call.bare.split()

    def _who_may(self, incident: Incident, call: Invocation, line: str, first: tuple[str, ...]) -> tuple[str, ...]:
        """Return whom of those with a role the line would be accepted from, ``first`` of all of these."""
        if len(line) > MAX_LINE_CHARS:
            return ()
        held = [assignment.who for role in _ASKED for assignment in incident.people.holders(role)]
        held.sort(key=lambda one: one.login not in first)
        others = {one.login: one for one in held if not one.team and not is_same_account(one, call.actor)}
        may = (n for n, one in others.items() if isinstance(self._answer(incident, call, line, one), Incident))
        return tuple(itertools.islice(may, _MOST_ASKED))

    def _answer(
        self, incident: Incident, call: Invocation, lines: str, actor: Person
    ) -> Incident | Refused | None:
        """Return what would come of all the lines, one after the other; ``None`` where the right is lacking."""
        authorizer = Authorizer(access={actor.id: self.known.get(actor.login.casefold(), Access.NONE)})
        for line in lines.split("\n"):
            said = self._said(call, line, actor)
            command = self.commands.find(said.verb) if said else None
            if (
                said is None
                or command is None
                or authorizer.right(said, command, incident) is not Permission.ALLOWED
            ):
                return None
            done = carry_out(incident, said, command, self.accounts, self.grammar.bot)
            self.asked.update(done.asked)
            self.met.update(
                {one.login.casefold(): one for one in done.call.known if not is_same_account(one, actor)}
            )
            if not isinstance(done.outcome, Incident):
                return done.outcome
            incident = done.outcome
        return incident

    def _said(self, call: Invocation, line: str, actor: Person) -> Invocation | None:
        """Return the line as a call of its own, in a comment that says nothing else."""
        found = find_calls(f"{self.grammar.command_prefixes[0]} {line}", self.grammar)
        if len(found) != 1 or found[0].unread:
            return None
        known = (*call.known, *call.tried)
        return Invocation(_NOWHERE, 0, found[0], actor, actor, call.at, call.url, known=known, thread=call.thread)


def _may_be_named(word: str, line: str) -> bool:
    """Whether a word, case-folded, can be a name that lacks its ``@``, where it stands in a line."""
    return may_be_a_name(word) and word not in map(str.casefold, _BEFORE_NAME.findall(line))


def _whole(refused: Refused, call: Invocation) -> list[str]:
    """Return the lines of a refusal that are complete, and can be shown."""
    return [line for line in _lines(refused) if len(line) <= MAX_LINE_CHARS and not gaps(line, call.line)]


def _forms(refused: Refused) -> list[str]:
    """Return the lines of a refusal that have gaps."""
    return [*([refused.form] if refused.form else []), *(line for line in _lines(refused) if gaps(line))]


def _lines(refused: Refused) -> list[str]:
    return [line for line in (refused.instead, *refused.otherwise) if line]
