"""
From a thread to an incident: every comment and every manual event, in order, applied once.

Pure: the same issue gives the same incident, whenever and however often it is looked at.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.fold.authorization import Authorizer
from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.fold.form import apply_form, form_calls, with_issue_fields, without_settled
from tracker_bridge.domain.fold.kept import kept_of, with_kept
from tracker_bridge.domain.fold.lost_receipts import BEGUN, OPENED, known_ends, known_opening, opening_of
from tracker_bridge.domain.fold.proposals import Proposer
from tracker_bridge.domain.fold.recovery import Folded, lasting
from tracker_bridge.domain.fold.reports import LABELLED, REPORTED, Openings
from tracker_bridge.domain.fold.resuming import Trail
from tracker_bridge.domain.fold.settings_speak import SettingsSpeak
from tracker_bridge.domain.fold.talk import Talk
from tracker_bridge.domain.incident.comms import Comms, PublicIssue, Word
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.people import People
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.work import Work
from tracker_bridge.domain.issue.alert_record import AlertStep
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.domain.issue.captures import captures_of
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.elsewhere import opened_for
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Comment, EventType, Issue, IssueEvent, Reference
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.domain.issue.spelling import nods
from tracker_bridge.domain.issue.thread_context import Comments, LinkProblems, ThreadContext
from tracker_bridge.domain.transitions import calling
from tracker_bridge.domain.transitions.alerts import apply_alerts
from tracker_bridge.domain.transitions.manual_events import apply_merge, unexplained_deeds
from tracker_bridge.domain.transitions.undoing import with_end_taken_back, withdrawn_acts
from tracker_bridge.domain.transitions.update_timing import with_news

_TRAILS: Final = 4
"""How many trails are left for the next fold; a thread is folded more often only where something was lost."""


def all_calls(issue: Issue, grammar: Grammar, authorizer: Authorizer, rules: Rules) -> list[Invocation]:
    """Return every call of the thread, in order; the bot's own comments contain none, nor do hidden ones."""
    fields = with_kept(rules, authorizer.receipts.kept).fields
    comments = (issue.opening, *_said(issue))
    said = [call for one in comments for call in authorizer.calls(one, grammar)]
    return [*said, *form_calls(issue.opening, authorizer, grammar, fields)]


def fold(
    issue: Issue,
    commands: Commands,
    authorizer: Authorizer,
    rules: Rules,
    link_problems: LinkProblems | None = None,
    *,
    alerts: tuple[AlertStep, ...] = (),
    trails: tuple[Trail, ...] = (),
) -> Folded:
    """
    Fold the thread. ``authorizer`` must know the access of everybody whose calls are new.

    ``link_problems`` are issues that were looked up; to merge into one of them is refused. ``alerts``
    is what the monitoring reported. ``trails`` are those of an earlier fold of the thread; they spare work, and
    change nothing.
    """
    rules = with_kept(rules, authorizer.receipts.kept)
    if issue.confidential:  # nothing of it goes out, and nobody is to believe so
        rules = replace(rules, subscribers=())
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
        comms=Comms(public=_public(issue, rules)),
    )
    thread = ThreadContext(
        comments=Comments(sorted((one for one in _said(issue) if _is_heard(one, issue)), key=lambda one: one.id)),
        captured=captures_of(authorizer.receipts.once_keys),
        link_problems=link_problems or {},
        known_as=_logins(issue),
        alerts=alerts,
        in_review=issue.in_review,
    )
    made: list[Trail] = []
    opened, ends = (
        known_opening(issue, authorizer.receipts.once_keys, rules),
        known_ends(authorizer.receipts.once_keys),
    )
    began = bool(opened)

    def folded_with(authorizer: Authorizer, events: Sequence[IssueEvent], *, unexplained: bool) -> Folded:
        folded = _fold(
            issue, events, commands, authorizer, blank, thread=thread, unexplained=unexplained, trails=trails
        )
        made.extend(folded.trails)
        return folded

    folded = folded_with(authorizer, (*opened, *ends), unexplained=began)
    if authorizer.traces.worked and not folded.incident.exists:  # what came with the opening made it an incident
        began = True
        folded = folded_with(authorizer, ends, unexplained=True)
        if not folded.incident.exists and any(rules.is_incident_label(label) for label in issue.labels):
            opened = (opening_of(issue, rules),)
            folded = folded_with(authorizer, (*opened, *ends), unexplained=True)

    def explained(folded: Folded, authorizer: Authorizer, events: Sequence[IssueEvent]) -> Folded:
        deeds, lost = opened, began or not folded.incident.exists
        for _ in range(2):  # the beginning, then what it leaves unexplained
            if missing := unexplained_deeds(issue, folded.incident):
                deeds = (*deeds, *missing)
                folded = folded_with(authorizer, (*deeds, *events), unexplained=lost)
        return folded

    def again(authorizer: Authorizer, events: Sequence[IssueEvent]) -> Folded:
        folded = folded_with(authorizer, (*opened, *events), unexplained=began)
        return explained(folded, authorizer, events)

    folded = lasting(issue, authorizer, explained(folded, authorizer, ends), again)
    receipts = folded.receipts.having(frozenset({OPENED})) if opened else folded.receipts
    return replace(folded, receipts=receipts, trails=tuple(made[-_TRAILS:]))


def _with_secrecy(incident: Incident, issue: Issue) -> Incident:
    """Note on planned work that nobody sees it, where that is so."""
    planned = incident.maintenance
    if planned is None or not issue.confidential:
        return incident
    return replace(incident, maintenance=replace(planned, hidden=True))


def _public(issue: Issue, rules: Rules) -> PublicIssue | None:
    """Return where everyone reads of an incident that was opened in private for another project."""
    if issue.author.id != issue.viewer.id or not is_same(issue.ref.project, rules.private_project):
        return None
    project = opened_for(key_of(issue.body) or "")
    return PublicIssue(project) if project else None


def _fold(
    issue: Issue,
    events: Sequence[IssueEvent],
    commands: Commands,
    authorizer: Authorizer,
    incident: Incident,
    *,
    thread: ThreadContext,
    unexplained: bool = False,
    trails: tuple[Trail, ...] = (),
) -> Folded:
    """``events`` are added to those that the issue shows."""
    grammar = commands.grammar(incident.rules.command_prefixes, issue.viewer.login)
    blank = incident
    items = _in_order(issue, (*events, *issue.events), thread.alerts, authorizer.receipts.called)
    trail = _trail(items, authorizer, blank, thread, commands, grammar, unexplained)
    thread = replace(thread, answers=trail.answers)
    speak = SettingsSpeak(commands, grammar, authorizer.accounts, thread)
    talk = Talk(authorizer, Proposer(commands, grammar, authorizer.accounts), thread, speak, trail)
    openings = Openings(issue, commands, authorizer, unexplained)
    form = talk.in_thread(form_calls(issue.opening, authorizer, grammar, incident.rules.fields))
    talk.form = bool(form)
    start = None if trail.lost else trail.resume(trails, thread, authorizer.access)
    if start is not None:
        incident, form = talk.resumed(start), ()
        openings.once_keys |= start.once_keys
    for count, item in enumerate(items[start.count if start else 0 :], start.count + 1 if start else 1):
        if isinstance(item, IssueEvent):
            incident = _with_label(incident, item)
            incident = talk.hear_waiting(talk.after_deed(openings.apply(incident, item), item))
        elif isinstance(item, Reference):
            incident = apply_merge(incident, item)
        elif isinstance(item, Comment):
            incident, called = talk.hear(incident, item)
            told = not called and not item.author.bot and not nods(item.body)
            talk.said.extend([Word(item.created_at, item.author.login)] if told else [])
        incident = _further(incident, item)
        if form and incident.exists:
            incident, judged = apply_form(incident, form, authorizer, talk.proposer)
            talk.judged(form)
            talk.receipts.extend(judged)
            incident = talk.after(incident, form[0])
            form = ()
        if trail.wants(count) and not form and openings.settled:
            talk.mark(count, incident, frozenset(openings.once_keys))
    incident = with_news(without_settled(talk.end(incident)))
    incident = replace(incident, comms=replace(incident.comms, words=tuple(talk.said)))
    incident = _with_secrecy(with_issue_fields(incident, issue), issue)
    incident = incident if issue.open else replace(incident, report=None)  # closing it turns a report down
    incident = with_end_taken_back(issue, incident, authorizer.receipts)
    if speak.late and not incident.active:  # what the settings say since the end was never said in this incident
        rules = replace(blank.rules, sayings=tuple(one for one in blank.rules.sayings if one.said))
        blank = replace(blank, rules=rules)
        again = _fold(
            issue, events, commands, authorizer, blank, thread=thread, unexplained=unexplained, trails=trails
        )
        return replace(again, trails=(trail, *again.trails))
    once_keys = frozenset({state_act(incident)}) if incident.ending.open_by else authorizer.receipts.state_acts
    once_keys |= (
        openings.once_keys | withdrawn_acts(incident) | {capture.once_key for capture in incident.captures}
    )
    once_keys |= {BEGUN} if incident.exists else set()
    receipts = Receipts(tuple(talk.receipts), once_keys, kept_of(incident), called=authorizer.receipts.called)
    return Folded(
        incident,
        receipts,
        openings.unknown,
        frozenset(talk.lacking),
        frozenset(talk.proposer.asked | speak.asked),
        frozenset(talk.forgotten),
        frozenset(talk.unproved),
        tuple(talk.words),
        trails=(trail,),
    )


def _trail(
    items: Sequence[object], authorizer: Authorizer, blank: Incident, thread: ThreadContext, *context: object
) -> Trail:
    """Begin the trail of a fold. None can be followed where it matters what proves what was lost."""
    once_keys = authorizer.receipts.once_keys & {BEGUN, LABELLED, REPORTED}
    teams = blank.people.teams  # an incident is the same whoever is in them; what may be said in it is not
    about = thread.in_review, once_keys, authorizer.traces.worked, authorizer.accounts is None
    basis = (blank, teams, *about, *context)
    lost = bool(authorizer.reactions or authorizer.words or authorizer.vetoed)
    return Trail(basis, items, authorizer.known, lost=lost)


def _further(incident: Incident, item: "_Item") -> Incident:
    """Note what the monitoring reports, and who was called out; or let what somebody did be the answer to that."""
    match item:
        case AlertStep():
            return apply_alerts(incident, item)
        case CallOut():
            return calling.apply_call_out(incident, item)
        case IssueEvent():
            return calling.hear(incident, item.actor, item.at, incident.url)
        case Comment():
            return calling.hear(incident, item.author, item.created_at, item.url, comment=item.id)
    return incident


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


_SECOND: Final = timedelta(seconds=1)

_Item = Comment | IssueEvent | Reference | AlertStep | CallOut


def _in_order(
    issue: Issue, events: tuple[IssueEvent, ...], alerts: tuple[AlertStep, ...], called: tuple[CallOut, ...]
) -> list[_Item]:
    """
    Comments, manual events and merged changes by time. Who was called out goes after all of the same second.

    In the second of a comment, labels are put before it is read. The issue is closed and opened after it: the
    forges' "comment and close" does both, and what the comment says of the end goes before the manual event (S88).
    """
    merged = {one: one.merged_at for one in issue.references if one.merged_at}

    def when(item: _Item) -> tuple[datetime, bool, int]:
        if isinstance(item, Reference):
            return merged[item], False, 0
        if isinstance(item, AlertStep):
            return item.at, False, 0
        if isinstance(item, CallOut):
            return item.at + _SECOND, False, -1
        if isinstance(item, IssueEvent):
            return item.at, item.type in (EventType.CLOSED, EventType.REOPENED), 0
        return item.created_at, False, item.id

    items: list[_Item] = [*events, *merged, *alerts, *called, *_said(issue)]
    return [issue.opening, *sorted(items, key=when)]
