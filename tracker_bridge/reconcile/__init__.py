"""
Gather, decide, act: one look at one issue.

The same look serves the server, a one-shot command, a dry run and the tests. It believes nothing but what the
tracker shows, so it may come twice, late, or after a crash: the thread ends up the same.

reading.py    what the thread, and the issues that it tells of, amount to
deciding.py   what is to be done
output_guard.py  the last look at every text
unsupported.py  what a forge turned out to lack, for a day
outbox.py     what was sent a moment ago, and may not be visible yet; how much of a kind may be sent
breaker.py    how much may be written in an hour
notified.py   who was pinged before
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.rules import InForce, Rules
from tracker_bridge.domain.issue.changes import (
    Assign,
    Change,
    Close,
    Edit,
    Link,
    Open,
    Post,
    React,
    Remove,
    Reopen,
    key_of,
    kind_of_key,
)
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.domain.issue.native import Advance, Capability, NativeChange, Retype, capability_of
from tracker_bridge.domain.issue.plan import RECEIPTS, STATUS, incident_of, plan_pages
from tracker_bridge.events import Observer, Standing, silent
from tracker_bridge.reconcile.breaker import Breaker
from tracker_bridge.reconcile.deciding import Decider, Decision, Learned, Teams
from tracker_bridge.reconcile.notified import Notified
from tracker_bridge.reconcile.outbox import SETTLING, Bound, Outbox
from tracker_bridge.reconcile.unsupported import Lacks
from tracker_bridge.rendering import Renderer
from tracker_bridge.trackers import Busy, Denied, Gone, OutOfReach, Tracker, TrackerError, Versioned

__all__ = ["SETTLING", "Awaited", "Bridge", "Decision", "Reconcile", "ReconcileResult", "Teams", "missing"]

Awaited = Mapping[int, datetime | None]
"""Comments that a look must see: id to the least version, or to ``None`` when it must be gone."""

_WAITING = NativeChange | React | Assign | Close | Reopen
"""What may wait while nothing else does; the status comment remembers that it was done."""

_FIRST = Open | _WAITING
"""What is done before the rest: the status comment tells what came of it, and closing sets GitLab's status."""

_LATER: Final = 60.0
"""Seconds until what may wait is tried again, at least."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """
    What came of one look.

    ``changes`` were carried out, in order. ``missing`` is the part of what was awaited that the tracker did
    not show yet: look again soon. ``look_again_at``: the next moment at which time alone changes something.
    ``others``: issues that were opened, and want a look themselves. ``unsupported``: what the forge turned out to
    lack. ``open_as``: the severity of an incident that is open, empty before it has one; ``None``: none is open.
    """

    changes: tuple[Change, ...] = ()
    missing: Awaited = field(default_factory=dict)
    look_again_at: datetime | None = None
    others: tuple[IssueRef, ...] = ()
    unsupported: frozenset[Capability] = frozenset()
    open_as: str | None = None


class Reconcile(Protocol):
    """What the worker calls. Raises the tracker errors; anything else is a bug."""

    def __call__(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult: ...


@dataclass(slots=True)
class _Done:
    """
    What came of some changes.

    ``links`` are issues that were opened, by key. ``unsupported`` are not there, and of the forge's own fields
    ``there`` were set. Of what may wait, ``undone`` is tried again at ``again_at``. ``held_back``: something waits
    until what was sent before would be visible; ``held_until``: until more of it may be written. ``denied`` is the
    first refusal.
    """

    changes: list[Change] = field(default_factory=list)
    links: dict[str, int] = field(default_factory=dict)
    unsupported: frozenset[Capability] = frozenset()
    undone: list[_WAITING] = field(default_factory=list)
    there: frozenset[Capability] = frozenset()
    again_at: datetime | None = None
    held_back: bool = False
    held_until: datetime | None = None
    denied: Denied | None = None


class Bridge:
    """
    The trackers and how the team works, put together; it remembers nothing but what it sent a moment ago or
    within the hour, whom it told, and what a forge turned out to lack within the day.

    The first of the ``keys`` signs the receipts, and what any of them signed is believed; without one, it can only
    decide. ``secrets`` are values that no comment may contain. ``teams`` know what projects settle for themselves;
    without them, ``rules`` hold for all of a tracker. ``monotonic`` tells seconds; how long something is waited
    for does not depend on the time of day. ``observe`` is told of what the breaker holds back.
    """

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        rules: Mapping[str, Rules],
        renderer: Renderer,
        *,
        keys: Sequence[bytes],
        secrets: Iterable[str] = (),
        teams: Teams | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        observe: Observer = silent,
    ) -> None:
        self.trackers = trackers
        self.breaker = Breaker(monotonic, observe)
        self._keys = keys
        self._decider = Decider(trackers, rules, renderer, keys=keys, secrets=secrets, teams=teams)
        self._outbox = Outbox(monotonic)
        self._bound = Bound(monotonic)
        self._lacks = Lacks(monotonic)
        self._told = Notified()

    def reconcile(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        """
        Read the issue, fold it, render what the thread should show, and write the difference.

        What is refused does not keep the comments from being written (S68); then :class:`Denied` is raised.
        """
        if not self._keys:
            raise ValueError("nothing is written without a signing key")
        tracker = self.trackers[ref.tracker]
        self._renew_lacks(tracker)
        try:
            issue = tracker.read(ref)
        except OutOfReach as found:
            self._leave_word(tracker, ref, found, now)
            raise
        decision = self.decide(issue, now)
        if decision.turns:  # what has been remembered of the thread is checked before so much is said
            decision = self.decide(tracker.read(ref, whole=True), now)
        first = self._first(tracker, decision, now)
        if first.links or first.unsupported or first.undone or first.there:
            told = self._told.of(ref)
            learned = Learned(first.links, self._lacks.of(ref), tuple(first.undone), first.there, told)
            decision = self._decider.decide(decision.issue, now, learned)
        rest = self._rest(tracker, decision, now)
        paged = self._page(tracker, decision, now)
        held = (first.held_until, rest.held_until, paged.held_until)
        wakes = [at for at in (decision.next_at, first.again_at, *held) if at]
        if first.held_back or rest.held_back or paged.held_back:
            wakes.append(now + timedelta(seconds=SETTLING))
        if rest.unsupported:
            wakes.append(now)
        if denied := first.denied or rest.denied:
            raise denied
        opened = tuple(replace(ref, number=number) for number in first.links.values())
        incident = incident_of(decision.issue)
        return ReconcileResult(
            (*first.changes, *rest.changes, *paged.changes),
            missing(decision.issue, expected_comments),
            look_again_at=min(wakes, default=None),
            others=(*opened, incident) if incident else opened,
            unsupported=first.unsupported | rest.unsupported,
            open_as=_open_as(decision.incident),
        )

    def decide(self, issue: Issue, now: datetime) -> Decision:
        """Fold and plan; looks up the access of people who said something new, and writes nothing."""
        self._told.seen(issue.ref, {key for one in issue.comments if one.ours and (key := key_of(one.body))})
        learned = Learned(unsupported=self._lacks.of(issue.ref), told=self._told.of(issue.ref))
        return self._decider.decide(issue, now, learned)

    def standing(self) -> Standing:
        """Return what whoever keeps it running may ask for."""
        return Standing(self.breaker.open, self._lacks.all)

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce:
        """Return what holds in a project. Raises as :class:`Teams` do."""
        return self._decider.in_force(tracker, project, now)

    def labels(self, tracker: str, project: str, now: datetime) -> tuple[str, ...]:
        """Return by which labels the incidents of a project are known, now and before. Raises as above."""
        rules = self.in_force(tracker, project, now).rules
        return (rules.incident_label, *rules.previous_names)

    def watched(self, tracker: str, project: str, now: datetime) -> tuple[str, ...]:
        """Return the labels of issues that may need a look although they have not changed. Raises as above."""
        action = self.in_force(tracker, project, now).rules.action_label
        return (*self.labels(tracker, project, now), action)

    def _leave_word(self, tracker: Tracker, ref: IssueRef, found: OutOfReach, now: datetime) -> None:
        """Say that nothing can be done there; that it may not be said is no reason to look again."""
        post = self._decider.unreachable(ref, found, now)
        if post and not self.breaker.seconds(ref, post) and self._outbox.settled(ref, post):
            with suppress(Denied):
                tracker.apply(ref, post)
                self.breaker.made(ref, post)

    def _renew_lacks(self, tracker: Tracker) -> None:
        """Another version of the server may have what was lacking."""
        if isinstance(tracker, Versioned) and self._lacks.wonders(tracker.name):
            with suppress(TrackerError):
                self._lacks.met(tracker.name, tracker.version())

    def _first(self, tracker: Tracker, decision: Decision, now: datetime) -> _Done:
        """Open what is wanted beside the issue, and do what the status comment remembers."""
        ref, done = decision.issue.ref, _Done()
        for change in decision.changes:
            if not isinstance(change, _FIRST):
                continue
            if self._held(ref, change, done, now):
                done.undone += [change] if isinstance(change, _WAITING) else []
                continue
            if not self._outbox.settled(ref, change):
                done.held_back = True
                continue
            if isinstance(change, _WAITING):
                self._try(tracker, decision.issue, change, done, now)
            else:
                self._carry_out(tracker, decision.issue, change, done)
        return done

    def _try(self, tracker: Tracker, issue: Issue, change: _WAITING, done: _Done, now: datetime) -> None:
        """Make one of the changes that may wait. What would fail like one before it is not tried."""
        if isinstance(change, NativeChange) and Capability.TYPE in done.unsupported:
            return  # the other fields are those of that type
        if any(_waits(change, one) for one in done.undone):
            done.undone.append(change)
            return
        try:
            denied = self._carry_out(tracker, issue, change, done)
        except Busy as busy:
            seconds = max(busy.retry_after, _LATER)
            _log.warning("%s: %s; retrying in %d s", issue.ref, busy, seconds)
            at = now + timedelta(seconds=seconds)
            done.undone.append(change)
            done.again_at = max(done.again_at or at, at)
        else:
            if isinstance(change, NativeChange) and not denied:
                done.there |= {capability_of(change)} - done.unsupported

    def _rest(self, tracker: Tracker, decision: Decision, now: datetime) -> _Done:
        """
        Make the other changes, and write the comments.

        A link that may not be made yet holds up the comment that tells of it, and all else; so does a comment
        that remembers what the status comment is about to let go of. A reaction, a label or a state that is
        refused holds up nothing; a comment that is refused ends it: the others would be as well.
        """
        ref, done = decision.issue.ref, _Done()
        for change in decision.changes:
            if isinstance(change, _FIRST):
                continue
            if held := self._bound.held_until(ref, change, now):
                done.held_until = held
                continue
            held_back = self._held(ref, change, done, now)
            if held_back or not self._outbox.settled(ref, change):
                done.held_back |= not held_back
                if isinstance(change, Link) or _remembers(change) or _begins(change):
                    break
                continue
            denied = self._carry_out(tracker, decision.issue, change, done)
            if denied and isinstance(change, Post | Edit):
                break
        return done

    def _held(self, ref: IssueRef, change: Change, done: _Done, now: datetime) -> bool:
        """Whether the breaker holds a change back; the look comes again when it will not."""
        seconds = self.breaker.seconds(ref, change)
        if seconds:
            until = now + timedelta(seconds=seconds)
            done.held_until = min(done.held_until or until, until)
        return bool(seconds)

    def _made(self, issue: Issue, change: Change) -> None:
        """Remember that a change was made."""
        self.breaker.made(issue.ref, change)
        match change:
            case Post():
                self._told.seen(issue.ref, {change.document.key})
            case Remove():
                keys = (key_of(one.body) for one in issue.comments if one.id == change.comment)
                key = next(keys, None) or ""
                self._told.removed(issue.ref, key)
                self._outbox.removed(issue.ref, key)

    def _carry_out(self, tracker: Tracker, issue: Issue, change: Change, done: _Done) -> bool:
        """Make one change, and note what came of it; return whether it was refused."""
        ref = issue.ref
        try:
            applied = tracker.apply(ref, change)
        except Denied as denied:
            done.denied = done.denied or denied
            return True
        self._made(issue, change)
        if not (applied.unsupported and isinstance(change, NativeChange)):
            done.changes.append(change)
        if isinstance(change, Open) and applied.opened is not None:
            done.links[kind_of_key(change.document.key)] = applied.opened.number
        if applied.unsupported:
            done.unsupported |= applied.unsupported
            self._lacks.found(ref, applied.unsupported)
        return False

    def _page(self, tracker: Tracker, decision: Decision, now: datetime) -> _Done:
        """
        Keep the long documents in their own issues up to date; these are read only here, after the resolution.

        An issue that is gone was taken away by a person, or is not visible yet: it is left alone, and looked
        for again when the comment that tells of it is gone as well.
        """
        done = _Done()
        for number, one in decision.there():
            other = replace(decision.issue.ref, number=number)
            with suppress(Gone):
                issue = tracker.read(other)
                secret = decision.issue.confidential
                most = tracker.max_comments
                planned = plan_pages(issue, one.opening, one.pages, most, confidential=secret)
                changes = [
                    it for it in planned if self._decider.screen.is_safe(issue, it, decision.incident.rules)
                ]
                for change in changes:
                    if self._held(other, change, done, now):
                        continue
                    if self._outbox.settled(other, change):
                        tracker.apply(other, change)
                        self._made(issue, change)
                        done.changes.append(change)
                    else:
                        done.held_back = True
        return done


def _open_as(incident: Incident) -> str | None:
    """Drills count as nothing."""
    if not incident.active or incident.drill:
        return None
    return incident.severity.name if incident.severity else ""


def _waits(change: Change, undone: Change) -> bool:
    """Whether a change depends on another one that was not done, or would fail like it."""
    if isinstance(change, NativeChange):
        sets_status = isinstance(change, Advance) and isinstance(undone, Close | Reopen)  # GitLab does, by itself
        return sets_status or isinstance(undone, Retype)
    return type(change) is type(undone)


def _begins(change: Change) -> bool:
    """Whether it is the status comment: other comments without one look as if it had been lost."""
    return isinstance(change, Post) and change.document.key == STATUS


def _remembers(change: Change) -> bool:
    return isinstance(change, Post | Edit) and kind_of_key(change.document.key) == RECEIPTS


def missing(issue: Issue, expected_comments: Awaited) -> Awaited:
    """
    Return what of ``expected_comments`` the issue does not show yet: reads may lag behind the event that woke us.
    """
    shown = {comment.id: comment.updated_at for comment in issue.comments}

    def lags(comment: int, version: datetime | None) -> bool:
        if version is None:
            return comment in shown
        return comment not in shown or shown[comment] < version

    return {comment: version for comment, version in expected_comments.items() if lags(comment, version)}
