"""
Gather and decide: what an issue amounts to, and what is to be done about it.

Nothing is written here. What is asked of the tracker beside the issue: the access of people who said something
new, the issues that this one is to be linked to, and whether action items are done.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracker_bridge.domain.aftermath import with_states
from tracker_bridge.domain.assigning import assigning
from tracker_bridge.domain.changes import Change, Describe, Document, Edit, Link, Open, Post, key_of
from tracker_bridge.domain.fold import Folded, all_calls, fold, state_act
from tracker_bridge.domain.gate import UnsafeText, check
from tracker_bridge.domain.incident import Incident, Phase, Unfit
from tracker_bridge.domain.issue import Comment, Issue, IssueRef
from tracker_bridge.domain.judging import Judge, new_actors
from tracker_bridge.domain.mirroring import Mirroring, lack_acts, mirroring, remembered_lacks
from tracker_bridge.domain.native import Ability, Mirror
from tracker_bridge.domain.plan import STATUS, SUMMARY, Wanted, known_links, plan
from tracker_bridge.domain.receipts import Receipts
from tracker_bridge.domain.reminders import due
from tracker_bridge.domain.rules import InForce, Rules
from tracker_bridge.rendering import Beside, Renderer
from tracker_bridge.rendering.appendices import Appendix
from tracker_bridge.trackers import Gone, Titles, Tracker, TrackerError

_log = logging.getLogger(__name__)

MENDING: Final = timedelta(minutes=5)
"""How soon to look whether a team's broken settings are right again, so that the comment about them goes."""


class Teams(Protocol):
    """Tells what holds in a project. Raises :class:`Gone` or :class:`Busy` where it can not tell."""

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce: ...


@dataclass(frozen=True, slots=True)
class Learned:
    """What the thread does not tell yet: issues that were opened, by key, and what the forge was found to lack."""

    links: Mapping[str, int] = field(default_factory=dict)
    lacks: frozenset[Ability] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What an issue amounts to, what is to be done about it, and when time alone changes that.

    ``links`` are the issues that were opened for it, ``moved`` its documents that have one of these.
    """

    issue: Issue
    incident: Incident
    changes: tuple[Change, ...]
    next_at: datetime | None = None
    links: Mapping[str, int] = field(default_factory=dict)
    moved: tuple[Appendix, ...] = ()

    @property
    def ends(self) -> bool:
        """Whether the scribe's summary is about to be posted."""
        return any(isinstance(change, Post) and change.document.key == SUMMARY for change in self.changes)

    def there(self) -> Iterator[tuple[int, Appendix]]:
        """Yield the documents with an issue of their own that is there, by its number."""
        for one in self.moved:
            if (number := self.links.get(one.opening.key)) is not None:
                yield number, one


class Decider:
    """Knows the trackers and how the team works; see :class:`tracker_bridge.reconcile.Bridge`."""

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        rules: Mapping[str, Rules],
        renderer: Renderer,
        *,
        key: bytes,
        secrets: Iterable[str],
        teams: Teams | None,
    ) -> None:
        self._trackers = trackers
        self._rules = rules
        self._renderer = renderer
        self._key = key
        self._secrets = tuple(secrets)
        self._teams = teams

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce:
        """Return what holds in a project. Raises as :class:`Teams` do."""
        return self._teams.in_force(tracker, project, now) if self._teams else InForce(self._rules[tracker])

    def decide(self, issue: Issue, now: datetime, learned: Learned) -> Decision:
        """Fold and plan."""
        tracker = self._trackers[issue.ref.tracker]
        in_force = self.in_force(tracker.name, issue.ref.project, now)
        rules, flaws = in_force.rules, in_force.flaws
        issue = self._without_secrets(issue)
        before = self._receipts(issue)
        folded = self._fold(issue, self._judge(issue, before, rules), rules)
        links = {**known_links(issue), **learned.links}
        renderer, room = self._renderer, tracker.max_body
        incident = with_states(folded.incident, links, self._actions(issue.ref, folded.incident, links))
        lacks = remembered_lacks(before.acts) | learned.lacks
        assigned = assigning(incident, issue.assignees, before.acts)
        mirrored = self._mirrored(incident, issue, before, lacks)
        clocks = due(incident, now)
        moved = (*renderer.appendices(incident, room, links), *renderer.aftermath(incident, room, links))
        opens = renderer.opens(incident, links, moved, confidential=issue.confidential)
        linked = frozenset(relation.act for relation in incident.relations)
        beside = Beside(lacks, self._twin(issue, incident, before))
        acts = assigned.acts | mirrored.acts | lack_acts(lacks) | linked | {f"twin.{beside.twin}"}
        hidden = folded.receipts.having(acts).pack(issue.ref, self._key)
        wanted = replace(
            wanted_of(folded, before),
            documents=(
                *renderer.documents(incident, hidden, room, links, clocks.nudges, moved=moved, beside=beside),
                *renderer.settings(incident, flaws, room),
            ),
            opens=tuple(one for one in opens if self.is_safe(issue, one, rules)),
            links=renderer.links(incident, links, before.acts),
            native=mirrored.changes,
            assign=assigned.add,
            unassign=assigned.remove,
        )
        changes = plan(issue, wanted, tracker.max_comments)
        self.check(issue, changes, rules)
        mended = now + MENDING if flaws and incident.active else None
        next_at = min((at for at in (clocks.next_at, mended) if at), default=None)
        return Decision(issue, incident, changes, next_at, links, moved)

    def _mirrored(
        self, incident: Incident, issue: Issue, before: Receipts, lacks: frozenset[Ability]
    ) -> Mirroring:
        can = (self._trackers[issue.ref.tracker].native & incident.rules.native) - lacks
        milestones = self._renderer.milestones(incident) if Ability.TIMELINE in can else ()
        return mirroring(incident, issue, milestones, before.acts, can)

    def _twin(self, issue: Issue, incident: Incident, before: Receipts) -> int:
        """
        Return an incident that is open under the same title (S23), 0 for none: looked for when this one begins.

        The answer is remembered. A tracker that does not answer is not asked again: it is an ornament.
        """
        known = [int(act.removeprefix("twin.")) for act in before.acts if act.startswith("twin.")]
        tracker = self._trackers[issue.ref.tracker]
        if known or not incident.active or _status(issue) is not None or not isinstance(tracker, Titles):
            return next(iter(known), 0)
        with suppress(TrackerError):
            return tracker.alike(issue.ref, issue.title, incident.rules.incident_label) or 0
        return 0

    def check(self, issue: Issue, changes: Iterable[Change], rules: Rules) -> None:
        """Take the last look at every text before anything is sent. Raises :class:`UnsafeText`."""
        for change in changes:
            for document in _documents(change):
                max_body = self._trackers[issue.ref.tracker].max_body
                check(document, rules.roots, issue.viewer.login, max_body, self._secrets)

    def is_safe(self, issue: Issue, change: Change, rules: Rules) -> bool:
        """Whether it may be sent to another issue: a bug in it must not keep the incident from going on."""
        try:
            self.check(issue, (change,), rules)
        except UnsafeText as unsafe:
            _log.error("%s: a bug: %s", issue.ref, unsafe)
            return False
        return True

    def _without_secrets(self, issue: Issue) -> Issue:
        """Blank what somebody pasted and should not have: the gate would stop every comment that repeats it."""

        def blanked(text: str) -> str:
            for secret in self._secrets:
                text = text.replace(secret, "[secret]")
            return text

        comments = tuple(c if c.ours else replace(c, body=blanked(c.body)) for c in issue.comments)
        return replace(issue, title=blanked(issue.title), body=blanked(issue.body), comments=comments)

    def _judge(self, issue: Issue, before: Receipts, rules: Rules) -> Judge:
        tracker, judge = self._trackers[issue.ref.tracker], Judge(before)
        newcomers = new_actors(all_calls(issue, rules), judge)
        return replace(judge, access={one.id: tracker.access(issue.ref, one) for one in newcomers})

    def _actions(self, ref: IssueRef, incident: Incident, links: Mapping[str, int]) -> dict[int, Issue]:
        """Read the issues of the action items: whether they are done is told by their state alone (S113)."""
        if not incident.resolutions:
            return {}
        numbers = [links[action.opening_key] for action in incident.actions if action.opening_key in links]
        found: dict[int, Issue] = {}
        for number in numbers:
            with suppress(Gone):
                found[number] = self._trackers[ref.tracker].read(replace(ref, number=number))
        return found

    def _fold(self, issue: Issue, judge: Judge, rules: Rules) -> Folded:
        """Fold the thread. Issues that it is to be linked to are looked up, until we remember that it was done."""
        unfit: dict[int, Unfit] = {}
        while True:
            folded = fold(issue, self._renderer.commands, judge, rules, unfit)
            found = dict(self._wrong(issue, folded.incident, judge.receipts.acts, rules))
            if not found:
                return folded
            unfit = {**unfit, **found}

    def _wrong(
        self, issue: Issue, incident: Incident, done: Set[str], rules: Rules
    ) -> Iterator[tuple[int, Unfit]]:
        """Look up the issues that it is to be linked to, and is not yet; yield those that will not do."""
        merge = incident.merge
        if merge and merge.key not in known_links(issue):
            found = self._unfit(issue.ref, merge.number, rules)
            if found is not None:
                yield merge.number, found
        for one in incident.relations:
            if one.act not in done:
                try:
                    self._trackers[issue.ref.tracker].read(replace(issue.ref, number=one.number))
                except Gone:
                    yield one.number, Unfit(gone=True)

    def _unfit(self, ref: IssueRef, number: int, rules: Rules) -> Unfit | None:
        """
        Look up what is to be merged into; return why it can not be, if so.

        A merge counts that a comment of ours over there tells of. Of two issues that want to be merged into each
        other at the same time, the older one stays.
        """
        try:
            other = self._without_secrets(self._trackers[ref.tracker].read(replace(ref, number=number)))
        except Gone:
            return Unfit(gone=True)
        judge = self._judge(other, self._receipts(other), rules)
        incident = fold(other, self._renderer.commands, judge, rules).incident
        merge = incident.merge
        if merge and (merge.key in known_links(other) or merge.number == ref.number < number):
            return Unfit(merged_into=merge.number)
        if incident.phase is Phase.CANCELLED and not merge:
            return Unfit(cancelled=True)
        return None if incident.exists else Unfit()

    def _receipts(self, issue: Issue) -> Receipts:
        status = _status(issue)
        return Receipts.unpack(status.body, issue.ref, self._key) if status else Receipts()


def wanted_of(folded: Folded, before: Receipts) -> Wanted:
    """Return what labels, reactions and state the incident asks for; documents are the renderer's."""
    incident = folded.incident
    if not incident.exists:
        return Wanted()
    rules, severity = incident.rules, incident.severity
    kept = folded.receipts.fitting().reactions()
    forgotten = folded.receipts.reactions().keys() - kept.keys()
    due = bool(incident.open_by) and state_act(incident) not in before.acts
    return Wanted(
        labels=frozenset(
            ({rules.incident_label} if not incident.unlabeled else set())
            | ({severity.label} if severity else set())
        ),
        no_labels=rules.outdated_labels(severity),
        given={comment: one for comment, one in before.reactions().items() if comment not in forgotten},
        reactions=kept,
        open=incident.wants_open if due and (incident.wants_open or rules.close_when_resolved) else None,
        done=incident.phase is not Phase.CANCELLED,
        duplicate_of=incident.merge.number if incident.merge else 0,
    )


def _status(issue: Issue) -> Comment | None:
    """Return our status comment."""
    return next((one for one in issue.comments if one.ours and key_of(one.body) == STATUS), None)


def _documents(change: Change) -> tuple[Document, ...]:
    """Return every text that a change sends."""
    if isinstance(change, Mirror):
        return tuple(Document("milestone", one.text) for one in change.milestones)
    return (change.document,) if isinstance(change, Post | Edit | Open | Link | Describe) else ()
