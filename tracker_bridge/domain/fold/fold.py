"""
From a thread to an incident: every comment and every manual event, in order, applied once.

Pure: the same issue gives the same incident, whenever and however often it is looked at.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tracker_bridge.domain.fold.authorization import Authorizer, Permission, receipt_of, taken
from tracker_bridge.domain.fold.command import Command, Commands, Section, When
from tracker_bridge.domain.fold.execution import carry_out
from tracker_bridge.domain.fold.form import apply_form, form_calls, with_issue_fields, without_settled
from tracker_bridge.domain.fold.kept import kept_of, with_kept
from tracker_bridge.domain.fold.lost_receipts import BEGUN, OPENED, known_ends, known_opening, opening_of
from tracker_bridge.domain.fold.not_run import elsewhere, explained
from tracker_bridge.domain.fold.proposals import Proposer
from tracker_bridge.domain.fold.recovery import Folded, lasting
from tracker_bridge.domain.fold.reports import Openings, reported
from tracker_bridge.domain.fold.settings_speak import SettingsSpeak
from tracker_bridge.domain.fold.suggestions import as_severity, readings
from tracker_bridge.domain.incident.comms import Word
from tracker_bridge.domain.incident.incident import Incident, Report
from tracker_bridge.domain.incident.people import People
from tracker_bridge.domain.incident.replies import Mistake, Refused
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.work import Work
from tracker_bridge.domain.issue.alert_record import AlertStep
from tracker_bridge.domain.issue.captures import captures_of
from tracker_bridge.domain.issue.changes import Reaction
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access, Comment, EventType, Issue, IssueEvent, Person, Reference
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.issue.receipts import Receipt, Receipts, Verdict
from tracker_bridge.domain.issue.spelling import nods
from tracker_bridge.domain.issue.thread_context import Comments, LinkProblems, ThreadContext
from tracker_bridge.domain.transitions.alerts import apply_alerts
from tracker_bridge.domain.transitions.manual_events import apply_merge, unexplained_deeds
from tracker_bridge.domain.transitions.undoing import with_end_taken_back, withdrawn_acts
from tracker_bridge.domain.transitions.update_timing import with_news


def all_calls(issue: Issue, grammar: Grammar, authorizer: Authorizer, rules: Rules) -> list[Invocation]:
    """Return every call of the thread, in order; the bot's own comments contain none, nor do hidden ones."""
    fields = with_kept(rules, authorizer.receipts.kept).fields
    comments = (issue.opening, *_said(issue))
    said = [call for one in comments for call in authorizer.calls(one, grammar)]
    return [*said, *form_calls(issue.opening, authorizer, fields)]


def fold(
    issue: Issue,
    commands: Commands,
    authorizer: Authorizer,
    rules: Rules,
    link_problems: LinkProblems | None = None,
    *,
    alerts: tuple[AlertStep, ...] = (),
) -> Folded:
    """
    Fold the thread. ``authorizer`` must know the access of everybody whose calls are new.

    ``link_problems`` are issues that were looked up; to merge into one of them is refused. ``alerts``
    is what the monitoring reported.
    """
    rules = with_kept(rules, authorizer.receipts.kept)
    issue = replace(issue, author=rules.known(issue.author))
    blank = Incident(
        ref=issue.ref,
        title=issue.title,
        url=issue.url,
        people=People(
            opener=issue.opener,
            author=issue.opener,
            teams={name: them for name, them in authorizer.members.items() if them is not None},
        ),
        rules=rules,
        created_at=issue.created_at,
        labels=_first_labels(issue),
        work=Work(changes=issue.references),
    )
    thread = ThreadContext(
        comments=Comments(sorted((one for one in _said(issue) if _is_heard(one, issue)), key=lambda one: one.id)),
        captured=captures_of(authorizer.receipts.once_keys),
        link_problems=link_problems or {},
        known_as=_logins(issue),
        alerts=alerts,
        in_review=issue.in_review,
    )
    opened, ends = (
        known_opening(issue, authorizer.receipts.once_keys, rules),
        known_ends(authorizer.receipts.once_keys),
    )
    began = bool(opened)
    folded = _fold(issue, (*opened, *ends), commands, authorizer, blank, thread=thread, unexplained=began)
    if authorizer.traces.worked and not folded.incident.exists:  # what came with the opening made it an incident
        began = True
        folded = _fold(issue, ends, commands, authorizer, blank, thread=thread, unexplained=True)
        if not folded.incident.exists and any(rules.is_incident_label(label) for label in issue.labels):
            opened = (opening_of(issue, rules),)
            folded = _fold(issue, (*opened, *ends), commands, authorizer, blank, thread=thread, unexplained=True)

    def explained(folded: Folded, authorizer: Authorizer, events: Sequence[IssueEvent]) -> Folded:
        missing = unexplained_deeds(issue, folded.incident)
        if not missing:
            return folded
        told, lost = (*opened, *missing, *events), began or not folded.incident.exists
        return _fold(issue, told, commands, authorizer, blank, thread=thread, unexplained=lost)

    def again(authorizer: Authorizer, events: Sequence[IssueEvent]) -> Folded:
        folded = _fold(issue, (*opened, *events), commands, authorizer, blank, thread=thread, unexplained=began)
        return explained(folded, authorizer, events)

    folded = lasting(issue, authorizer, explained(folded, authorizer, ends), again)
    return replace(folded, receipts=folded.receipts.having(frozenset({OPENED}))) if opened else folded


def _fold(
    issue: Issue,
    events: Sequence[IssueEvent],
    commands: Commands,
    authorizer: Authorizer,
    incident: Incident,
    *,
    thread: ThreadContext,
    unexplained: bool = False,
) -> Folded:
    """``events`` are added to those that the issue shows."""
    grammar = commands.grammar(incident.rules.command_prefixes, issue.viewer.login)
    blank = incident
    speak = SettingsSpeak(commands, grammar, authorizer.accounts, thread)
    talk = _Talk(authorizer, Proposer(commands, grammar, authorizer.accounts), thread, speak)
    openings = Openings(issue, commands, authorizer, unexplained)
    words: list[Word] = []
    form = talk.in_thread(form_calls(issue.opening, authorizer, incident.rules.fields))
    talk.form = bool(form)
    for item in _in_order(issue, (*events, *issue.events), thread.alerts):
        if isinstance(item, IssueEvent):
            incident = _with_label(incident, item)
            incident = talk.hear_waiting(talk.after_deed(openings.apply(incident, item), item))
        elif isinstance(item, Reference):
            incident = apply_merge(incident, item)
        elif isinstance(item, AlertStep):
            incident = apply_alerts(incident, item)
        else:
            incident, called = talk.hear(incident, item)
            told = not called and not item.author.bot and not nods(item.body)
            words += [Word(item.created_at, item.author.login)] if told else []
        if form and incident.exists:
            incident, judged = apply_form(incident, form, authorizer, talk.proposer)
            talk.receipts += judged
            incident = talk.after(incident, form[0])
            form = ()
    incident = with_news(without_settled(talk.end(incident)))
    incident = replace(incident, comms=replace(incident.comms, words=tuple(words)))
    incident = with_issue_fields(incident, issue)
    incident = incident if issue.open else replace(incident, report=None)  # closing it turns a report down
    incident = with_end_taken_back(issue, incident, authorizer.receipts)
    if speak.late and not incident.active:  # what the settings say since the end was never said in this incident
        said = replace(blank.rules, sayings=tuple(one for one in blank.rules.sayings if one.said))
        blank = replace(blank, rules=said)
        return _fold(issue, events, commands, authorizer, blank, thread=thread, unexplained=unexplained)
    once_keys = frozenset({state_act(incident)}) if incident.ending.open_by else authorizer.receipts.state_acts
    once_keys |= (
        openings.once_keys | withdrawn_acts(incident) | {capture.once_key for capture in incident.captures}
    )
    once_keys |= {BEGUN} if incident.exists else set()
    receipts = Receipts(tuple(talk.receipts), once_keys, kept_of(incident))
    return Folded(
        incident,
        receipts,
        openings.unknown,
        frozenset(talk.lacking),
        frozenset(talk.proposer.asked | speak.asked),
        frozenset(talk.forgotten),
        frozenset(talk.unproved),
        tuple(talk.words),
    )


def _first_labels(issue: Issue) -> frozenset[str]:
    """Return the labels that the issue had before anybody put one or took one off."""
    labels = set(issue.labels)
    for event in reversed(issue.events):
        if event.type is EventType.LABELED:
            labels.discard(event.label)
        elif event.type is EventType.UNLABELED:
            labels.add(event.label)
    return frozenset(labels)


def _with_label(incident: Incident, event: IssueEvent) -> Incident:
    match event.type:
        case EventType.LABELED:
            return replace(incident, labels=incident.labels | {event.label})
        case EventType.UNLABELED:
            return replace(incident, labels=incident.labels - {event.label})
    return incident


def state_act(incident: Incident) -> str:
    """Name the closing or opening that the last such command asks for; it is done once (S87, S88)."""
    return f"{'open' if incident.ending.wants_open else 'close'}.{incident.ending.open_by}"


def _is_heard(comment: Comment, issue: Issue) -> bool:
    """Whether a person wrote it in the incident's own thread."""
    return comment.author.id != issue.viewer.id and comment.id not in issue.in_review


def _said(issue: Issue) -> list[Comment]:
    """Return what people said. What somebody hid says nothing until it is shown again."""
    return [comment for comment in issue.comments if not comment.ours and not comment.hidden]


def _logins(issue: Issue) -> dict[int, str]:
    """Return how those who appear in the thread are called now; what was read last tells."""
    said = sorted(issue.comments, key=lambda comment: comment.updated_at)
    people = (issue.author, *(event.actor for event in issue.events), *(comment.author for comment in said))
    return {person.id: person.login for person in people if person.id}


_Item = Comment | IssueEvent | Reference | AlertStep


def _in_order(issue: Issue, events: tuple[IssueEvent, ...], alerts: tuple[AlertStep, ...]) -> list[_Item]:
    """
    Comments, manual events and merged changes by time.

    In the second of a comment, labels are put before it is read. The issue is closed and opened after it: the
    forges' "comment and close" does both, and what the comment says of the end goes before the manual event (S88).
    """
    merged = {one: one.merged_at for one in issue.references if one.merged_at}

    def when(item: _Item) -> tuple[datetime, bool, int]:
        if isinstance(item, Reference):
            return merged[item], False, 0
        if isinstance(item, AlertStep):
            return item.at, False, 0
        if isinstance(item, IssueEvent):
            return item.at, item.type in (EventType.CLOSED, EventType.REOPENED), 0
        return item.created_at, False, item.id

    items: list[_Item] = [*events, *merged, *alerts, *_said(issue)]
    return [issue.opening, *sorted(items, key=when)]


_ENDING: Final = frozenset({"resolve", "cancel", "merge"})
"""The commands that end an incident."""

_REOPENING: Final = frozenset({"reopen", "test"})
"""The commands that take its end back."""

_Said = tuple[Incident, Invocation, Verdict, Mistake | None]
"""What came of a call, which knows now whom it is about."""


@dataclass(slots=True)
class _Talk:
    """
    The comments at work: call by call they are judged and applied, and each comment's are answered together.

    ``waiting`` are the calls that were said before the issue became an incident. They are not lost: they count
    from its beginning on, in their order. ``lacking`` said something new that they may not say.
    """

    authorizer: Authorizer
    proposer: Proposer
    thread: ThreadContext
    speak: SettingsSpeak
    receipts: list[Receipt] = field(default_factory=list)
    waiting: list[tuple[Invocation, Command]] = field(default_factory=list)
    lacking: set[Person] = field(default_factory=set)
    proven: set[int] = field(default_factory=set)
    changed: dict[int, datetime] = field(default_factory=dict)
    form: bool = False
    forgotten: set[int] = field(default_factory=set)
    unproved: set[int] = field(default_factory=set)
    words: list[Invocation] = field(default_factory=list)

    def in_thread(self, calls: Iterable[Invocation]) -> tuple[Invocation, ...]:
        """Let calls know the thread that they stand in."""
        return tuple(replace(call, thread=self.thread) for call in calls)

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
        """Let the settings say what is due after a call."""
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
            self.receipts += [] if receipt.verdict is Verdict.IGNORED else [receipt]
        return incident

    def _run(self, incident: Incident, call: Invocation, command: Command) -> tuple[Incident, Receipt]:
        access = self.authorizer.known_access(call)
        self.proposer.heard(call, access)
        incident, call, verdict, mistake = self._say(incident, call, command)
        if verdict in (Verdict.DENIED, Verdict.IGNORED) and call.actor.id in self.authorizer.access:
            self.lacking.add(call.actor)
        if self._is_forgotten(call):
            self._note_unproved(call, command, verdict)
        if call.before and verdict in (Verdict.DENIED, Verdict.IGNORED, Verdict.DOUBTFUL):
            incident = self._as_before(incident, call.before)
        if mistake is not None:
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
        if unread := call.found.unread:
            return explained(call, unread)
        commands = self.proposer.commands
        found = commands.find(as_severity(call, incident).verb or "help")
        if found is None:
            sentence = call.line.startswith("@") and commands.nearest(call.verb) is None
            return None if sentence else _unknown(commands, call)
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
        in_vain = self._is_forgotten(call) and self.authorizer.traces.named(call.comment, call.line)
        return _lacking(incident, call, command) if in_vain and done[2] is Verdict.ACCEPTED else done

    def _is_proven(self, call: Invocation) -> bool:
        return call.comment in self.proven and not self.authorizer.traces.named(call.comment, call.line)

    def _do(self, incident: Incident, call: Invocation, command: Command) -> _Said:
        """Act, once it is known whom it is about; who is not is to be looked up, and all folded again."""
        said = as_severity(call, incident)
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
        meant = readings(call, incident, commands.words)
        reason = f"`{call.verb[:40]}` is not a command"
        if not meant:
            return Refused(f"{reason}; `{incident.rules.command_prefixes[0]} help` lists the commands")
        return Refused(reason, meant[0], otherwise=meant[1:])

    return Command(call.verb, call.verb, Access.TRIAGE, Section.ASK, refuse, when=When.ALWAYS)
