"""The comments at work: their calls, one after the other, are judged, carried out and answered."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tracker_bridge.domain.fold.authorization import Authorizer, Permission, receipt_of, taken
from tracker_bridge.domain.fold.command import Command, Commands, Section, When
from tracker_bridge.domain.fold.execution import carry_out
from tracker_bridge.domain.fold.lost_receipts import BEGUN
from tracker_bridge.domain.fold.not_run import INTERNAL, elsewhere, explained, kept_internal
from tracker_bridge.domain.fold.proposals import Proposer
from tracker_bridge.domain.fold.reports import reported
from tracker_bridge.domain.fold.resuming import Point, Trail
from tracker_bridge.domain.fold.settings_speak import SettingsSpeak
from tracker_bridge.domain.fold.suggestions import as_severity, asks_for, readings, told
from tracker_bridge.domain.incident.comms import Word
from tracker_bridge.domain.incident.incident import Incident, Report
from tracker_bridge.domain.incident.replies import Mistake, Refused
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.issue.changes import Reaction
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access, Comment, IssueEvent, Person
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.issue.receipts import Receipt, Verdict
from tracker_bridge.domain.issue.thread_context import ThreadContext

_ENDING: Final = frozenset({"resolve", "cancel", "merge"})
"""The commands that end an incident."""

_REOPENING: Final = frozenset({"reopen", "test"})
"""The commands that take its end back."""

_Said = tuple[Incident, Invocation, Verdict, Mistake | None]
"""What came of a call, which knows now whom it is about."""


@dataclass(slots=True)
class Talk:
    """
    The comments at work: call by call they are judged and applied, and each comment's are answered together.

    ``waiting`` are the calls that were said before the issue became an incident. They are not lost: they count
    from its beginning on, in their order. ``lacking`` said something new that they may not say. ``said``: that
    people said something else.
    """

    authorizer: Authorizer
    proposer: Proposer
    thread: ThreadContext
    speak: SettingsSpeak
    trail: Trail
    waiting: list[tuple[Invocation, Command]] = field(default_factory=list)
    lacking: set[Person] = field(default_factory=set)
    proven: set[int] = field(default_factory=set)
    changed: dict[int, datetime] = field(default_factory=dict)
    form: bool = False
    forgotten: set[int] = field(default_factory=set)
    unproved: set[int] = field(default_factory=set)
    words: list[Invocation] = field(default_factory=list)

    @property
    def receipts(self) -> list[Receipt]:
        return self.trail.receipts

    @property
    def said(self) -> list[Word]:
        return self.trail.words

    def resumed(self, point: Point) -> Incident:
        """Go on from there; what is noted of calls that were judged anew is empty up to there."""
        self.proposer.known.update(point.known)
        self.speak.late = point.late
        return point.incident

    def mark(self, count: int, incident: Incident, once_keys: frozenset[str]) -> None:
        """Let the next fold go on from here, unless something is still to be looked up, or waits."""
        asked = self.proposer.asked or self.speak.asked or self.authorizer.accounts
        if not (asked or self.waiting):
            self.trail.mark(count, incident, once_keys, self.proposer.known, late=self.speak.late)

    def judged(self, calls: Iterable[Invocation]) -> None:
        """Let the trail know by what calls were judged."""
        for call in calls:
            self.trail.judged(call, self.authorizer.receipt(call), self.authorizer.access)

    def in_thread(self, calls: Iterable[Invocation]) -> tuple[Invocation, ...]:
        """Let calls know the thread that they stand in."""
        return tuple(call.standing_in(self.thread) for call in calls)

    def hear(self, incident: Incident, comment: Comment) -> tuple[Incident, bool]:
        """Apply a comment; return as well whether there was any call in it."""
        called = False
        calls = self.in_thread(self.authorizer.calls(comment, self.proposer.grammar))
        self.changed[comment.id] = max(comment.created_at, comment.updated_at)
        if comment.id in self.authorizer.reactions and not (self.form and comment.id == 0):
            found = [(call, command) for call in calls if (command := self._find(incident, call))]
            self.proven |= {comment.id} if self.authorizer.proven(found, incident) else set()
        for call in calls:
            command = self._find(incident, call)
            if command is None:
                continue
            called = True
            if command.waits(incident):
                self.waiting.append((call, command))
                continue
            incident, receipt = self._run(incident, call, command)
            self.receipts.append(receipt)
            incident = self.hear_waiting(self.after(incident, call))
        return incident, called

    def hear_waiting(self, incident: Incident) -> Incident:
        """Apply what was said before the beginning, once it has come."""
        while incident.exists and self.waiting:
            call, command = self.waiting.pop(0)
            incident, receipt = self._run(incident, call, command)
            self.receipts.append(receipt)
            incident = self.after(incident, call)
        return incident

    def after(self, incident: Incident, call: Invocation) -> Incident:
        """Let the settings say what is due after a call; those of most teams say nothing."""
        if not incident.rules.sayings:
            return incident
        return self.speak.after(incident, call.origin, seen=self.authorizer.has_heard(call.comment))

    def after_deed(self, incident: Incident, event: IssueEvent) -> Incident:
        """Let them say what is due after something that was done by hand."""
        origin = Origin("", 0, event.at, event.actor.login, incident.url, by_hand=True, by_id=event.actor.id)
        return self.speak.after(incident, origin, seen=BEGUN in self.authorizer.receipts.once_keys)

    def end(self, incident: Incident) -> Incident:
        """
        Answer what still waits.

        Who had the right keeps it for the beginning; a stranger is judged by the rights of then, and told nothing.
        """
        for call, command in self.waiting:
            if (self.authorizer.known_access(call) or Access.NONE) <= Access.READ:
                continue
            incident, receipt = self._run(incident, call, command)
            self.receipts.extend([] if receipt.verdict is Verdict.IGNORED else [receipt])
        return incident

    def _run(self, incident: Incident, call: Invocation, command: Command) -> tuple[Incident, Receipt]:
        access = self.authorizer.known_access(call)
        self.proposer.heard(call, access)
        self.judged((call,))
        incident, call, verdict, mistake = self._say(incident, call, command)
        if verdict in (Verdict.DENIED, Verdict.IGNORED) and call.actor.id in self.authorizer.access:
            self.lacking.add(call.actor)
        if self._is_forgotten(call):
            self._note_unproved(call, command, verdict)
        if call.before and verdict in (Verdict.DENIED, Verdict.IGNORED, Verdict.DOUBTFUL):
            incident = self._as_before(incident, call.before)
        if mistake is not None and call.internal:  # nothing of it is repeated where more people read
            root = incident.rules.command_prefixes[0]
            hushed = Mistake(f"{root} ...", Refused(INTERNAL))
            incident = incident.refusing(call.comment, call.url, hushed)
        elif mistake is not None:
            told, call = self.proposer.told(incident, call, mistake)
            incident = incident.refusing(call.comment, call.url, told)
        return incident, receipt_of(call, verdict, access)

    def _is_forgotten(self, call: Invocation) -> bool:
        return self.authorizer.forgotten(call, self.changed[call.comment])

    def _note_unproved(self, call: Invocation, command: Command, verdict: Verdict) -> None:
        """Note what was judged before, and is not remembered; a proof can help what is not allowed any more."""
        self.forgotten.add(call.comment)
        if verdict not in (Verdict.DENIED, Verdict.IGNORED):
            return
        self.unproved.add(call.comment)
        acknowledged = self.authorizer.reactions.get(call.comment) is Reaction.ACCEPTED
        named = self.authorizer.traces.named(call.comment, call.line)
        if not named and (command.verb in _REOPENING or (acknowledged and command.verb in _ENDING)):
            self.words.append(call)

    def _as_before(self, incident: Incident, call: Invocation) -> Incident:
        """Let what others were told stand as it was: who changed it had no right to, or is not known."""
        command = self._find(incident, call)
        if command is None:
            return incident
        changed, _, verdict, _ = self._say(incident, call, command)
        return changed if verdict is Verdict.ACCEPTED else incident

    def _find(self, incident: Incident, call: Invocation) -> Command | None:
        """Find the command; a bare root asks for help, and addressing the bot in a sentence is no command."""
        if call.internal and not self.authorizer.accepted(call):
            return kept_internal(call)
        if unread := call.found.unread:
            return explained(call, unread)
        commands = self.proposer.commands
        found = commands.find(as_severity(call, incident).verb or "help")
        if found is None:
            sentence = call.line.startswith("@") and commands.nearest(call.verb) is None
            if sentence and not asks_for(call, incident, commands.words):
                return None
            return _unknown(commands, call)
        return elsewhere(found) if call.comment in self.thread.in_review and not found.in_review else found

    def _say(self, incident: Incident, call: Invocation, command: Command) -> _Said:
        match self.authorizer.right(call, command, incident, proven=self._is_proven(call)):
            case Permission.SILENT:
                return self._reported(incident, call, command), call, Verdict.IGNORED, None
            case Permission.LACKING if (report := self._reported(incident, call, command)) is not incident:
                return report, call, Verdict.DENIED, None
            case Permission.LACKING:
                return _lacking(incident, call, command)
            case Permission.DOUBTFUL:
                reason = "this comment was edited, and it is unclear who wrote this line; please post it again"
                return incident, call, Verdict.DOUBTFUL, Mistake(call.line, Refused(reason))
        done = self._do(incident, call, command)
        in_vain = self.authorizer.traces.named(call.comment, call.line) and self._is_forgotten(call)
        return _lacking(incident, call, command) if in_vain and done[2] is Verdict.ACCEPTED else done

    def _is_proven(self, call: Invocation) -> bool:
        return call.comment in self.proven and not self.authorizer.traces.named(call.comment, call.line)

    def _do(self, incident: Incident, call: Invocation, command: Command) -> _Said:
        """Act, once it is known whom it is about; who is not is to be looked up, and all folded again."""
        said = as_severity(call, incident) if command.verb == "severity" else call
        judged = self.authorizer.accepted(call) or self._is_proven(call)
        done = carry_out(
            incident, said, command, self.authorizer.accounts, self.proposer.grammar.bot, judged=judged
        )
        self.proposer.asked.update(done.asked)
        call = call if call.known == done.call.known else replace(call, known=done.call.known)
        match done.outcome:
            case None:
                return incident, call, Verdict.REFUSED, None
            case Refused():
                return incident, call, Verdict.REFUSED, Mistake(call.line, done.outcome)
        return done.outcome, call, Verdict.ACCEPTED, None

    def _reported(self, incident: Incident, call: Invocation, command: Command) -> Incident:
        """Make a report of it, where that is what the command does for people without the right."""
        if not command.reports or not command.reports(incident, call):
            return incident
        return reported(incident, Report(call.actor.login, call.url, call.at))


def _lacking(incident: Incident, call: Invocation, command: Command) -> _Said:
    takes = taken(command, incident, call).name.lower()
    what = f"changing what `{call.first.login}` wrote" if call.first else f"`{command.verb}`"
    reason = f"{what} needs {takes} access to this project, or a role that someone assigned to you"
    unled = command.led and not incident.people.holders(Role.INCIDENT_LEAD) and not call.first
    refused = Refused(f"{reason}; an Incident Lead can do it too, and there is none yet" if unled else reason)
    return incident, call, Verdict.DENIED, Mistake(call.line, refused)


def _unknown(commands: Commands, call: Invocation) -> Command:
    """Stand in for a word that is no command: whoever may note may also be told what the word should be."""

    def refuse(incident: Incident, call: Invocation) -> Refused:
        meant = readings(call, incident, commands.words) or told(call)
        reason = f"`{call.verb[:40]}` is not a command"
        if not meant:
            return Refused(f"{reason}; `{incident.rules.command_prefixes[0]} help` lists the commands")
        return Refused(reason, meant[0], otherwise=meant[1:])

    return Command(call.verb, call.verb, Access.TRIAGE, Section.ASK, refuse, when=When.ALWAYS)
