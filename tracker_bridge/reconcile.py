"""
Gather, decide, act: one look at one issue.

The same look serves the server, a one-shot command, a dry run and the tests. It believes nothing but what the
tracker shows, so it may come twice, late, or after a crash: the thread ends up the same.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracker_bridge.domain.aftermath import with_states
from tracker_bridge.domain.assigning import assigning
from tracker_bridge.domain.changes import Change, Describe, Edit, Link, Open, Post, key_of
from tracker_bridge.domain.fold import Folded, all_calls, fold, state_act
from tracker_bridge.domain.gate import check
from tracker_bridge.domain.incident import Incident, Phase
from tracker_bridge.domain.issue import Issue, IssueRef
from tracker_bridge.domain.judging import Judge, new_actors
from tracker_bridge.domain.plan import STATUS, SUMMARY, Wanted, incident_of, known_links, plan, plan_pages
from tracker_bridge.domain.receipts import Receipts
from tracker_bridge.domain.reminders import due
from tracker_bridge.domain.rules import InForce, Rules
from tracker_bridge.rendering import Renderer
from tracker_bridge.rendering.appendices import Appendix
from tracker_bridge.trackers import Denied, Gone, Tracker

Awaited = Mapping[int, datetime | None]
"""Comments that a look must see: id to the least version, or to ``None`` when it must be gone."""

SETTLING: Final = 30.0
"""Seconds in which a comment that was sent may not be visible yet: it is not sent again before."""

MENDING: Final = timedelta(minutes=5)
"""How soon to look whether a team's broken settings are right again, so that the comment about them goes."""


@dataclass(frozen=True, slots=True)
class Look:
    """
    What came of one look.

    ``changes`` were carried out, in order. ``missing`` is the part of what was awaited that the tracker did
    not show yet: look again soon. ``look_again_at``: the next moment at which time alone changes something.
    ``others``: issues that were opened, and want a look themselves.
    """

    changes: tuple[Change, ...] = ()
    missing: Awaited = field(default_factory=dict)
    look_again_at: datetime | None = None
    others: tuple[IssueRef, ...] = ()


class Reconcile(Protocol):
    """What the worker calls. Raises the tracker errors; anything else is a bug."""

    def __call__(self, ref: IssueRef, now: datetime, awaited: Awaited) -> Look: ...


class Teams(Protocol):
    """Tells what holds in a project. Raises :class:`Gone` or :class:`Busy` where it can not tell."""

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce: ...


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


class Bridge:
    """
    The trackers and how the team works, put together; it remembers nothing but what it sent a moment ago.

    ``key`` signs the receipts, and may be empty. ``secrets`` are values that no comment may contain. ``teams``
    know what projects settle for themselves; without them, ``rules`` hold for all of a tracker.
    """

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        rules: Mapping[str, Rules],
        renderer: Renderer,
        *,
        key: bytes = b"",
        secrets: Iterable[str] = (),
        teams: Teams | None = None,
    ) -> None:
        self.trackers = trackers
        self._teams = teams
        self._rules = rules
        self._renderer = renderer
        self._key = key
        self._secrets = tuple(secrets)
        self._sent: dict[tuple[IssueRef, str], datetime] = {}
        self._sending = threading.Lock()

    def reconcile(self, ref: IssueRef, now: datetime, awaited: Awaited) -> Look:
        """
        Read the issue, fold it, render what the thread should show, and write the difference.

        An account that may not open issues still says here what there is to say, before :class:`Denied` is
        raised (S68).
        """
        tracker = self.trackers[ref.tracker]
        decision = self.decide(tracker.read(ref), now)
        if decision.ends:  # what has been remembered of the thread is checked before the last word is said
            decision = self.decide(tracker.read(ref, whole=True), now)
        opened = self._open(tracker, decision, now)
        if opened.links:
            decision = self.decide(decision.issue, now, opened.links)
        rest = [change for change in decision.changes if not isinstance(change, Open)]
        changes = list(self._ready(ref, rest, now))
        for change in changes:
            tracker.apply(ref, change)
        paged = self._page(tracker, decision, now)
        if opened.denied is not None:
            raise opened.denied
        wakes = [decision.next_at] if decision.next_at else []
        if opened.held_back or paged.held_back or len(changes) < len(rest):
            wakes.append(now + timedelta(seconds=SETTLING))
        incident = incident_of(decision.issue)
        return Look(
            (*opened.changes, *changes, *paged.changes),
            missing(decision.issue, awaited),
            look_again_at=min(wakes, default=None),
            others=(*opened.refs, incident) if incident else opened.refs,
        )

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce:
        """Return what holds in a project. Raises as :class:`Teams` do."""
        return self._teams.in_force(tracker, project, now) if self._teams else InForce(self._rules[tracker])

    def labels(self, tracker: str, project: str, now: datetime) -> tuple[str, ...]:
        """Return by which labels the incidents of a project are known, now and before. Raises as above."""
        rules = self.in_force(tracker, project, now).rules
        return (rules.incident_label, *rules.formerly)

    def _open(self, tracker: Tracker, decision: Decision, now: datetime) -> "_Opened":
        """Open what is wanted beside the issue; what was tried a moment ago waits until it would be visible."""
        ref, opened = decision.issue.ref, _Opened()
        for change in decision.changes:
            if not isinstance(change, Open):
                continue
            if not self._settled(ref, change, now):
                opened.held_back = True
                continue
            try:
                other = tracker.apply(ref, change)
            except Denied as denied:
                opened.denied = denied
                continue
            if other is not None:
                opened.changes.append(change)
                opened.links[change.document.key.partition(":")[0]] = other.number
        opened.refs = tuple(IssueRef(ref.tracker, ref.project, number) for number in opened.links.values())
        return opened

    def _page(self, tracker: Tracker, decision: Decision, now: datetime) -> "_Opened":
        """
        Keep the long documents in their own issues up to date; these are read only here, after the resolution.

        An issue that is gone was taken away by a person, or is not visible yet: it is left alone, and looked
        for again when the comment that tells of it is gone as well.
        """
        ref, paged = decision.issue.ref, _Opened()
        for one in decision.moved:
            number = decision.links.get(one.opening.key)
            if number is None:
                continue
            other = replace(ref, number=number)
            with suppress(Gone):
                issue = tracker.read(other)
                changes = plan_pages(
                    issue, one.pages, tracker.max_comments, confidential=decision.issue.confidential
                )
                self._check(issue, changes, decision.incident.rules)
                settled = [change for change in changes if self._settled(other, change, now)]
                for change in settled:
                    tracker.apply(other, change)
                paged.changes += settled
                paged.held_back |= len(settled) < len(changes)
        return paged

    def decide(self, issue: Issue, now: datetime, opened: Mapping[str, int] | None = None) -> Decision:
        """
        Fold and plan; looks up the access of people who said something new, and writes nothing.

        ``opened`` are links that the thread does not tell of yet.
        """
        tracker = self.trackers[issue.ref.tracker]
        in_force = self.in_force(tracker.name, issue.ref.project, now)
        rules, flaws = in_force.rules, in_force.flaws
        issue = self._without_secrets(issue)
        before = self._receipts(issue)
        judge = Judge(before)
        newcomers = new_actors(all_calls(issue, rules), judge)
        judge = replace(judge, access={one.id: tracker.access(issue.ref, one) for one in newcomers})
        folded = self._fold(issue, judge, rules)
        assigned = assigning(folded.incident, issue.assignees, before.acts)
        hidden = folded.receipts.having(assigned.acts).pack(issue.ref, self._key)
        links = {**known_links(issue), **(opened or {})}
        renderer, room = self._renderer, tracker.max_body
        incident = with_states(folded.incident, links, self._actions(issue.ref, folded.incident, links))
        clocks = due(incident, now)
        mended = now + MENDING if flaws and incident.active else None
        moved = (*renderer.appendices(incident, room, links), *renderer.aftermath(incident, links))
        wanted = replace(
            wanted_of(folded, before),
            documents=(
                *renderer.documents(incident, hidden, room, links, clocks.nudges, moved=moved),
                *renderer.settings(incident, flaws),
            ),
            opens=renderer.opens(incident, links, moved, confidential=issue.confidential),
            links=renderer.links(incident, links),
            assign=assigned.add,
            unassign=assigned.remove,
        )
        changes = plan(issue, wanted, tracker.max_comments)
        self._check(issue, changes, rules)
        next_at = min((at for at in (clocks.next_at, mended) if at), default=None)
        return Decision(issue, incident, changes, next_at, links, moved)

    def _without_secrets(self, issue: Issue) -> Issue:
        """Blank what somebody pasted and should not have: the gate would stop every comment that repeats it."""

        def blanked(text: str) -> str:
            for secret in self._secrets:
                text = text.replace(secret, "[secret]")
            return text

        comments = tuple(c if c.ours else replace(c, body=blanked(c.body)) for c in issue.comments)
        return replace(issue, title=blanked(issue.title), body=blanked(issue.body), comments=comments)

    def _actions(self, ref: IssueRef, incident: Incident, links: Mapping[str, int]) -> dict[int, Issue]:
        """Read the issues of the action items: whether they are done is told by their state alone (S113)."""
        if not incident.resolutions:
            return {}
        tracker = self.trackers[ref.tracker]
        numbers = [links[action.opening_key] for action in incident.actions if action.opening_key in links]
        found: dict[int, Issue] = {}
        for number in numbers:
            with suppress(Gone):
                found[number] = tracker.read(replace(ref, number=number))
        return found

    def _check(self, issue: Issue, changes: Iterable[Change], rules: Rules) -> None:
        """Take the last look at every text before anything is sent."""
        tracker = self.trackers[issue.ref.tracker]
        for change in changes:
            if isinstance(change, Post | Edit | Open | Link | Describe):
                check(change.document, rules.roots, issue.viewer.login, tracker.max_body, self._secrets)

    def _fold(self, issue: Issue, judge: Judge, rules: Rules) -> Folded:
        """Fold the thread. What it is merged into is looked up, until a comment of ours tells that it was done."""
        tracker = self.trackers[issue.ref.tracker]
        known = known_links(issue)
        wrong: frozenset[int] = frozenset()
        while True:
            folded = fold(issue, self._renderer.commands, judge, rules, wrong)
            merge = folded.incident.merge
            if merge is None or merge.key in known:
                return folded
            if _is_incident(tracker, replace(issue.ref, number=merge.number)):
                return folded
            wrong |= {merge.number}

    def _receipts(self, issue: Issue) -> Receipts:
        status = next((c for c in issue.comments if c.ours and key_of(c.body) == STATUS), None)
        return Receipts.unpack(status.body, issue.ref, self._key) if status else Receipts()

    def _ready(self, ref: IssueRef, changes: Iterable[Change], now: datetime) -> Iterator[Change]:
        """Yield what may be made; a link that may not yet holds up the comment that tells of it, and all else."""
        for change in changes:
            if self._settled(ref, change, now):
                yield change
            elif isinstance(change, Link):
                return

    def _settled(self, ref: IssueRef, change: Change, now: datetime) -> bool:
        """Whether the change may be made: what was sent a moment ago may just not be visible yet."""
        if not isinstance(change, Post | Open | Link):
            return True
        with self._sending:
            self._sent = {key: at for key, at in self._sent.items() if (now - at).total_seconds() < SETTLING}
            return self._sent.setdefault((ref, change.document.key), now) == now


@dataclass(slots=True)
class _Opened:
    """What came of opening other issues: their numbers by key."""

    changes: list[Change] = field(default_factory=list)
    links: dict[str, int] = field(default_factory=dict)
    refs: tuple[IssueRef, ...] = ()
    held_back: bool = False
    denied: Denied | None = None


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


def _is_incident(tracker: Tracker, ref: IssueRef) -> bool:
    """Whether there is such an issue, and the bridge keeps an incident's status in it."""
    try:
        issue = tracker.read(ref)
    except Gone:
        return False
    return any(comment.ours and key_of(comment.body) == STATUS for comment in issue.comments)


def missing(issue: Issue, awaited: Awaited) -> Awaited:
    """Return what of ``awaited`` the issue does not show yet: reads may lag behind the event that woke us."""
    shown = {comment.id: comment.updated_at for comment in issue.comments}

    def lags(comment: int, version: datetime | None) -> bool:
        if version is None:
            return comment in shown
        return comment not in shown or shown[comment] < version

    return {comment: version for comment, version in awaited.items() if lags(comment, version)}
