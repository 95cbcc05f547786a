"""
Gather, decide, act: one reconcile of one issue.

The same code serves the server, a one-shot command, a dry run and the tests. It believes nothing but what the
tracker shows, so it may come twice, late, or after a crash: the thread ends up the same.

reading.py        what the thread, and the issues that it tells of, amount to
acknowledging.py  reactions, which come last
deciding.py       what is to be done
applying.py       the doing, and what came of it
elsewhere.py      what may go into another project, and for whom
output_guard.py   the last check of every text
unsupported.py    what a forge turned out to lack, for a day
calling.py        who is called out
outward.py        what goes out beside the thread
outbox.py         what was sent a moment ago, and may not be visible yet; how much of a kind may be sent
breaker.py        how much may be written in an hour
notified.py       who was pinged before
memory.py         what the last reconcile came to, and from what
turns.py          long threads are folded one after the other
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.rules import InForce, Rules
from tracker_bridge.domain.issue.changes import Change, key_of
from tracker_bridge.domain.issue.elsewhere import ref_of
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.domain.issue.plan import incident_of, with_posted, with_written
from tracker_bridge.events import Observer, Standing, silent
from tracker_bridge.ours import Ours
from tracker_bridge.reconcile.applying import Applier, Done
from tracker_bridge.reconcile.calling import OnCallBook
from tracker_bridge.reconcile.deciding import Decider, Decision, Learned, ProjectRules
from tracker_bridge.reconcile.notified import Notified
from tracker_bridge.reconcile.outbox import SETTLING, Sent
from tracker_bridge.reconcile.outward import Courier, Outward
from tracker_bridge.reconcile.unsupported import Lacks
from tracker_bridge.rendering import Renderer
from tracker_bridge.trackers import OutOfReach, Tracker, TrackerError, Versioned
from tracker_bridge.trackers.together import OneByOne, Together

__all__ = ["SETTLING", "Awaited", "Bridge", "Decision", "ProjectRules", "Reconcile", "ReconcileResult", "missing"]

Awaited = Mapping[int, datetime | None]
"""Comments that a reconcile must see: id to the least version, or to ``None`` when it must be gone."""


@dataclass(frozen=True, slots=True)
class ReconcileResult:
    """
    What came of one reconcile.

    ``changes`` were carried out, in order. ``missing`` is the part of what was awaited that the tracker did
    not show yet: reconcile again soon. ``next_at``: the next moment at which time alone changes something.
    ``others``: issues that were opened, and want a reconcile themselves. ``unsupported``: what the forge turned
    out to lack. ``open_as``: the severity of an open incident, empty before it has one; ``None``: none is open.
    ``lost``: destinations of messages of which it stays unknown what came.
    """

    changes: tuple[Change, ...] = ()
    missing: Awaited = field(default_factory=dict)
    next_at: datetime | None = None
    others: tuple[IssueRef, ...] = ()
    unsupported: frozenset[Capability] = frozenset()
    open_as: str | None = None
    lost: tuple[str, ...] = ()


class Reconcile(Protocol):
    """What the worker calls. Raises the tracker errors; anything else is a bug."""

    def __call__(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult: ...


class Bridge:
    """
    The trackers and how the team works, put together; it remembers nothing but what it sent a moment ago or
    within the hour, whom it told, what a forge turned out to lack within the day, and what came of threads that
    have not changed.

    The first of the ``keys`` signs the receipts, and what any of them signed is believed; without one, it can only
    decide. ``secrets`` are values that no comment may contain. ``teams`` know what projects settle for themselves;
    without them, ``rules`` hold for all of a tracker. ``monotonic`` tells seconds; how long something is waited
    for does not depend on the time of day. ``observe`` is told of what the breaker holds back, ``ours`` of which
    issues are ours. ``sent``: what hosts share of what was sent a moment ago. ``together`` asks what can be asked
    at once. ``seen`` is told what a reconcile came to, for those who show it. The ``courier`` carries messages to
    destinations; without one, nothing goes there.
    ``on_call`` knows who is on call besides those whom the rules name.
    """

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        rules: Mapping[str, Rules],
        renderer: Renderer,
        *,
        keys: Sequence[bytes],
        secrets: Iterable[str] = (),
        teams: ProjectRules | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        observe: Observer = silent,
        ours: Ours | None = None,
        sent: Sent | None = None,
        together: Together | None = None,
        seen: Callable[[Decision], None] | None = None,
        courier: Courier | None = None,
        on_call: OnCallBook | None = None,
    ) -> None:
        self.trackers = trackers
        self._ours = ours or Ours()
        self._keys = keys
        self._seen = seen
        self._together = together or OneByOne()
        self._outward = Outward(renderer, courier, sent)
        self._decider = Decider(
            trackers,
            rules,
            renderer,
            keys=keys,
            secrets=secrets,
            teams=teams,
            together=self._together,
            outward=self._outward,
            on_call=on_call,
        )
        self._lacks = Lacks(monotonic)
        self._told = Notified()
        screen, elsewhere = self._decider.screen, self._decider.elsewhere
        self._applier = Applier(
            screen, self._lacks, self._told, monotonic, observe, elsewhere=elsewhere, sent=sent
        )

    def reconcile(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        """
        Read the issue, fold it, render what the thread should show, and write the difference.

        What is refused does not keep the comments from being written (S68); then :class:`Denied` is raised.
        """
        if not self._keys:
            raise ValueError("nothing is written without a signing key")
        tracker = self.trackers[ref.tracker]
        try:
            issue, _ = self._together(lambda: tracker.read(ref), lambda: self._prepare(tracker, ref, now))
        except OutOfReach as found:
            if word := self._decider.unreachable(ref, found, now):
                self._applier.leave_word(tracker, ref, word, now)
            raise
        decision = self.decide(issue, now)
        if decision.turns:  # what has been remembered of the thread is checked before so much is said
            decision = self.decide(tracker.read(ref, whole=True), now)
        self._learn(decision)
        if self._seen:
            self._seen(decision)
        first = self._applier.first(tracker, decision, now)
        if first.taught:
            told = self._told.of(ref)
            learned = Learned(first.links, self._lacks.of(ref), tuple(first.undone), first.there, told)
            decision = self._decider.decide(decision.issue, now, learned)
        beside = self._applier.beside(tracker, decision, now)
        self._outward.about_to_write(ref, decision.going)
        rest = self._rest(tracker, decision, now)
        self._outward.hand_over(
            ref, (*decision.going.resumed, *(decision.going.parcels if rest.remembers else ()))
        )
        paged = self._applier.pages(tracker, decision, now)
        last = self._applier.acknowledge(tracker, decision, rest, now)
        wakes = [at for done in (first, beside, rest, paged, last) for at in done.wakes(now)]
        wakes += [decision.next_at] if decision.next_at else []
        wakes += [now] if rest.unsupported else []
        if denied := first.denied or beside.denied or rest.denied or last.denied:
            raise denied
        opened = tuple(ref_of(ref, key, number) for key, number in first.links.items())
        incident = incident_of(decision.issue)
        return ReconcileResult(
            (*first.changes, *beside.changes, *rest.changes, *paged.changes, *last.changes),
            missing(decision.issue, expected_comments),
            next_at=min(wakes, default=None),
            others=(*opened, incident) if incident else opened,
            unsupported=first.unsupported | rest.unsupported,
            open_as=_open_as(decision.incident),
            lost=decision.going.lost if rest.remembers else (),
        )

    def _rest(self, tracker: Tracker, decision: Decision, now: datetime) -> Done:
        """Write the comments; those that link to one that was just posted are drafted with its address."""
        rest = self._applier.rest(tracker, decision, now)
        issue = decision.issue
        while rest.linked and not rest.denied:
            issue = with_posted(with_written(issue, rest.changes), rest.posted)
            again = replace(decision, issue=issue, changes=decision.redraft(issue))
            rest.and_then(self._applier.rest(tracker, again, now))
        return rest

    def decide(self, issue: Issue, now: datetime) -> Decision:
        """Fold and plan; looks up the access of people who said something new, and writes nothing."""
        self._told.seen(issue.ref, {key for one in issue.comments if one.ours and (key := key_of(one.body))})
        learned = Learned(unsupported=self._lacks.of(issue.ref), told=self._told.of(issue.ref))
        return self._decider.decide(issue, now, learned)

    def standing(self) -> Standing:
        """Return what whoever keeps it running may ask for."""
        return Standing(self._applier.breaker.open, self._lacks.all)

    def in_force(self, tracker: str, project: str, now: datetime) -> InForce:
        """Return what holds in a project. Raises as :class:`ProjectRules` do."""
        return self._decider.in_force(tracker, project, now)

    def labels(self, tracker: str, project: str, now: datetime) -> tuple[str, ...]:
        """Return by which labels the incidents of a project are known, now and before. Raises as above."""
        rules = self.in_force(tracker, project, now).rules
        return (rules.incident_label, *rules.previous_names)

    def shown_labels(self, tracker: str, project: str, now: datetime) -> tuple[str, ...]:
        """Return the labels of what the status page may show: incidents and planned work. Raises as above."""
        maintenance = self.in_force(tracker, project, now).rules.maintenance_label
        return (*self.labels(tracker, project, now), maintenance)

    def watched(self, tracker: str, project: str, now: datetime) -> tuple[str, ...]:
        """Return the labels of issues that may need a reconcile without having changed. Raises as above."""
        rules = self.in_force(tracker, project, now).rules
        return (*self.labels(tracker, project, now), rules.action_label, rules.maintenance_label)

    def grammar(self, tracker: str, project: str, bot: str, now: datetime) -> Grammar:
        """Return how commands are spelled in a project, to a bot of that login. Raises as above."""
        return self._decider.grammar(self.in_force(tracker, project, now).rules, bot)

    def _prepare(self, tracker: Tracker, ref: IssueRef, now: datetime) -> None:
        """Find out what is needed whatever the issue says, and mostly known."""
        self._together(
            lambda: self._renew_lacks(tracker), lambda: self._decider.in_force(tracker.name, ref.project, now)
        )

    def _learn(self, decision: Decision) -> None:
        """Note whether the issue is ours: whatever happens there may matter then, however little is told of it."""
        incident, issue = decision.incident, decision.issue
        said = bool(decision.changes) or any(one.ours for one in issue.comments)
        is_part = incident_of(issue) is not None
        ours = (
            incident.exists or incident.report is not None or incident.maintenance is not None or is_part or said
        )
        parts = [ref_of(issue.ref, key, number) for key, number in decision.links.items() if number]
        self._ours.seen(issue, parts, ours=ours)

    def _renew_lacks(self, tracker: Tracker) -> None:
        """Another version of the server may have what was lacking."""
        if isinstance(tracker, Versioned) and self._lacks.wonders(tracker.name):
            with suppress(TrackerError):
                self._lacks.met(tracker.name, tracker.version())


def _open_as(incident: Incident) -> str | None:
    """Drills count as nothing."""
    if not incident.active or incident.drill:
        return None
    return incident.severity.name if incident.severity else ""


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
