"""
Carries out what was decided, change by change, and notes what came of it.

What the breaker, the outbox or the bound on reports holds back is asked in one place, before each change.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.issue.changes import (
    Assign,
    Change,
    Close,
    Document,
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
from tracker_bridge.domain.issue.documents import LINKED, RECEIPTS, STATUS
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.domain.issue.native import (
    Advance,
    Capability,
    Fill,
    NativeChange,
    Retype,
    capability_of,
)
from tracker_bridge.domain.issue.plan import plan_pages
from tracker_bridge.domain.issue.reactions import acknowledgements
from tracker_bridge.domain.issue.urgency import Urgency, urgency_of
from tracker_bridge.events import Observer
from tracker_bridge.reconcile.acknowledging import ALONG, Acknowledged
from tracker_bridge.reconcile.breaker import Breaker
from tracker_bridge.reconcile.deciding import Decision
from tracker_bridge.reconcile.elsewhere import Elsewhere
from tracker_bridge.reconcile.notified import Notified
from tracker_bridge.reconcile.outbox import SETTLING, Bound, Outbox, Sent, SentHere
from tracker_bridge.reconcile.output_guard import OutputGuard
from tracker_bridge.reconcile.unsupported import Lacks
from tracker_bridge.trackers import Busy, Denied, Gone, Later, Tracker

_WAITING = NativeChange | React | Assign | Close | Reopen
"""What may wait while nothing else does; the status comment remembers that it was done."""

_FIRST = Open | _WAITING
"""What is done before the rest: the status comment tells what came of it, and closing sets GitLab's status."""

_LATER: Final = 60.0
"""Seconds until what may wait is tried again, at least."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Done:
    """
    What came of some changes.

    ``links`` are issues that were opened, by key; ``posted`` are comments: id, fragment of the address, and what
    each is. ``unsupported`` are not there, and of the forge's own fields ``there`` were set.
    Of what may wait, ``undone`` is tried again at ``again_at``. ``held_back``: something waits until what was sent
    before would be visible; ``held_until``: until more of it may be written. ``denied`` is the first refusal.
    """

    changes: list[Change] = field(default_factory=list)
    links: dict[str, int] = field(default_factory=dict)
    posted: list[tuple[int, str, Document]] = field(default_factory=list)
    unsupported: frozenset[Capability] = frozenset()
    undone: list[_WAITING] = field(default_factory=list)
    there: frozenset[Capability] = frozenset()
    again_at: datetime | None = None
    held_back: bool = False
    held_until: datetime | None = None
    denied: Denied | None = None

    @property
    def taught(self) -> bool:
        """Whether the status comment has something new to tell of it."""
        return bool(self.links or self.unsupported or self.undone or self.there)

    @property
    def linked(self) -> bool:
        """Whether a comment was posted to which others link."""
        return any(document.key in LINKED for _, _, document in self.posted)

    @property
    def remembers(self) -> bool:
        """Whether the status comment was written, and what it remembers."""
        return any(_says(one) for one in self.changes)

    def and_then(self, later: "Done") -> None:
        """Add what came of the changes that were made afterwards."""
        self.changes += later.changes
        self.posted = later.posted
        self.unsupported |= later.unsupported
        self.held_back |= later.held_back
        self.held_until = min((at for at in (self.held_until, later.held_until) if at), default=None)
        self.denied = self.denied or later.denied

    def wakes(self, now: datetime) -> Iterator[datetime]:
        """Yield when to look again because of what was not done."""
        yield from (at for at in (self.again_at, self.held_until) if at)
        if self.held_back:
            yield now + timedelta(seconds=SETTLING)


class Applier:
    """
    Carries out changes; it remembers what it sent a moment ago or within the hour.

    What a forge turns out to lack is noted in ``unsupported``, and whom a comment tells of something in ``told``.
    ``monotonic`` tells seconds; ``observe`` is told of what the breaker holds back. ``sent`` is what several hosts
    share of what was just sent.
    """

    def __init__(
        self,
        screen: OutputGuard,
        unsupported: Lacks,
        told: Notified,
        monotonic: Callable[[], float],
        observe: Observer,
        *,
        elsewhere: Elsewhere,
        sent: Sent | None = None,
    ) -> None:
        self.breaker = Breaker(monotonic, observe)
        self._outbox = Outbox(sent or SentHere(monotonic))
        self._bound = Bound(monotonic)
        self._acknowledged = Acknowledged()
        self._screen = screen
        self._elsewhere = elsewhere
        self._lacks = unsupported
        self._told = told

    def first(self, tracker: Tracker, decision: Decision, now: datetime) -> Done:
        """Open what is wanted beside the issue, and do what the status comment remembers."""
        ref, done = decision.issue.ref, Done()
        last = acknowledgements(decision.changes)
        for change in decision.changes:
            if not isinstance(change, _FIRST) or change in last:
                continue
            if not self._may(ref, change, done, now):
                done.undone += [change] if isinstance(change, _WAITING) else []
            elif isinstance(change, _WAITING):
                self._try(tracker, decision.issue, change, done, now)
            else:
                with self._room(ref, change, done, now):
                    self._carry_out(tracker, decision.issue, change, done)
        return done

    def _try(self, tracker: Tracker, issue: Issue, change: _WAITING, done: Done, now: datetime) -> None:
        """Make one of the changes that may wait. What would fail like one before it is not tried."""
        of_type = isinstance(change, NativeChange) and not isinstance(change, Fill)
        if of_type and Capability.TYPE in done.unsupported:
            return  # the other fields are those of that type
        if any(_waits(change, one) for one in done.undone):
            done.undone.append(change)
            return
        try:
            denied = self._carry_out(tracker, issue, change, done)
        except Busy as busy:
            seconds = max(busy.retry_after, _LATER)
            level = logging.DEBUG if isinstance(busy, Later) else logging.WARNING
            _log.log(level, "%s: %s; retrying in %d s", issue.ref, busy, seconds)
            at = now + timedelta(seconds=seconds)
            done.undone.append(replace(change, along=()) if isinstance(change, React) else change)
            done.again_at = max(done.again_at or at, at)
        else:
            if isinstance(change, NativeChange) and not denied:
                done.there |= {capability_of(change)} - done.unsupported

    def rest(self, tracker: Tracker, decision: Decision, now: datetime) -> Done:
        """
        Make the other changes, and write the comments.

        A link that may not be made yet holds up the comment that tells of it, and all else; so does a comment
        that remembers what the status comment is about to let go of. A reaction, a label or a state that is
        refused holds up nothing; a comment that is refused ends it: the others would be as well. A status comment
        that is new ends it too: the others link to it, and are to be drafted with its address.
        """
        ref, done = decision.issue.ref, Done()
        for change in decision.changes:
            if isinstance(change, _FIRST):
                continue
            if not self._may(ref, change, done, now):
                if _holds_up(change):
                    break
                continue
            denied = False
            with self._room(ref, change, done, now) as room:
                sent = self._with_reactions(change, decision, done, now)
                denied = self._carry_out(tracker, decision.issue, sent, done)
            if (denied and isinstance(change, Post | Edit)) or (room.lacking and _holds_up(change)):
                break
            if done.linked and _begins(change):
                break
        return done

    def _with_reactions(self, change: Change, decision: Decision, done: Done, now: datetime) -> Change:
        """Let outstanding reactions go with the status comment: they cost nothing there."""
        if not (isinstance(change, Edit) and _says(change)):
            return change
        ref = decision.issue.ref
        along = self._acknowledged.along(decision)
        return replace(change, along=tuple(one for one in along if self._may(ref, one, done, now)))

    def acknowledge(self, tracker: Tracker, decision: Decision, rest: Done, now: datetime) -> Done:
        """
        Give the reactions that are outstanding, once the status comment was written among the ``rest``.

        What is refused for a moment, or has no room, comes later; to what was said more than an hour ago, never.
        """
        issue, done = decision.issue, Done()
        if any(_says(one) and one not in rest.changes for one in decision.changes):
            return done
        known, doubted = self._acknowledged.of(issue.ref), set[int]()
        due = [*self._acknowledged.outstanding(tracker, decision)]
        for number, change in enumerate(due):
            recent = change.comment in decision.recent
            if recent and change.comment not in doubted:
                known.setdefault(change.comment, None)
            if change in done.changes or done.undone or not self._may(issue.ref, change, done, now):
                continue
            along = self._others(issue.ref, due[number:], done, now)
            self._try(tracker, issue, replace(change, along=along), done, now)
            if change in done.undone:
                doubted |= {one.comment for one in along}
            elif recent:
                known[change.comment] = change.reaction if change.on else None
        if not any(one.comment in decision.recent for one in done.undone if isinstance(one, React)):
            done.again_at = None
        return done

    def _others(self, ref: IssueRef, due: Sequence[React], done: Done, now: datetime) -> tuple[React, ...]:
        """Return the reactions that may go along with the first one: they are given, and replace no other."""
        changing = {one.comment for one in due if not one.on}
        fits = [one for one in due if one.comment not in changing and one not in done.changes]
        if fits[:1] != [*due[:1]]:
            return ()
        return tuple(one for one in fits[1:ALONG] if self._may(ref, one, done, now))

    def leave_word(self, tracker: Tracker, ref: IssueRef, post: Post, now: datetime) -> None:
        """Say that nothing can be done there; that it may not be said is no reason to look again."""
        if self._may(ref, post, Done(), now):
            with suppress(Denied):
                try:
                    tracker.apply(ref, post)
                except Later:
                    self._outbox.unsent(ref, post)
                    raise
                self.breaker.made(ref, post)

    def _may(self, ref: IssueRef, change: Change, done: Done, now: datetime) -> bool:
        """Whether a change may be made now, and it is sent then; else ``done`` notes when to look again."""
        held = self._bound.held_until(ref, change, now)
        if not held and (seconds := self.breaker.seconds(ref, change)):
            held = now + timedelta(seconds=seconds)
        if held:
            done.held_until = min(done.held_until or held, held)
            return False
        settled = self._outbox.settled(ref, change)
        done.held_back |= not settled
        return settled

    @contextmanager
    def _room(self, ref: IssueRef, change: Change, done: Done, now: datetime) -> Iterator["_Room"]:
        """Go on without a change that the write budget has no room for; the reconcile comes again for it."""
        room = _Room()
        try:
            yield room
        except Later as later:
            room.lacking = True
            least = 0.0 if urgency_of(change) <= Urgency.STATUS else _LATER  # looking again costs requests as well
            until = now + timedelta(seconds=max(later.retry_after, least))
            done.held_until = min(done.held_until or until, until)
            self._outbox.unsent(ref, change)
            self._bound.unsent(ref, change)

    def _made(self, issue: Issue, change: Change) -> None:
        """Remember that a change was made."""
        self.breaker.made(issue.ref, change)
        match change:
            case Post():
                self._told.seen(issue.ref, {change.document.key})
            case React():
                self._acknowledged.of(issue.ref)[change.comment] = change.reaction if change.on else None
            case Remove():
                keys = (key_of(one.body) for one in issue.comments if one.id == change.comment)
                key = next(keys, None) or ""
                self._told.removed(issue.ref, key)
                self._outbox.removed(issue.ref, key)

    def _carry_out(self, tracker: Tracker, issue: Issue, change: Change, done: Done) -> bool:
        """Make one change, and note what came of it; return whether it was refused."""
        ref = issue.ref
        along = change.along if isinstance(change, Edit | React) else ()
        try:
            applied = tracker.apply(ref, change)
        except Denied as denied:
            done.denied = done.denied or denied
            return True
        except Later:
            raise
        except Busy:
            self._acknowledged.doubt(ref, along)
            raise
        made = replace(change, along=()) if isinstance(change, Edit | React) else change
        for one in (made, *applied.given):
            self._made(issue, one)
        if not (applied.unsupported and isinstance(change, NativeChange)):
            done.changes += [made, *applied.given]
        if isinstance(change, Post) and applied.posted:
            done.posted.append((*applied.posted, change.document))
        if isinstance(change, Open) and applied.opened is not None:
            done.links[change.opening or kind_of_key(change.document.key)] = applied.opened.number
        if applied.unsupported:
            done.unsupported |= applied.unsupported
            self._lacks.found(ref, applied.unsupported)
        return False

    def beside(self, tracker: Tracker, decision: Decision, now: datetime) -> Done:
        """
        Do what is to be done in other issues before this one forgets of it: the status comment remembers what was
        answered in the review, and a comment that tells of an action item's issue goes with its command.
        """
        done = Done()
        for one in (decision.review, *decision.orphans):
            for change in one.changes:
                if one.issue and self._screen.is_safe(one.issue, change, decision.incident.rules):
                    self._apply_there(tracker, one.issue, change, done, now)
        return done

    def _apply_there(self, tracker: Tracker, issue: Issue, change: Change, done: Done, now: datetime) -> None:
        """Make one change to another issue; what is refused there keeps nothing from being done here."""
        if not self._may(issue.ref, change, done, now):
            return
        with self._room(issue.ref, change, done, now):
            try:
                tracker.apply(issue.ref, change)
            except Denied as denied:
                done.denied = done.denied or denied
                return
            self._made(issue, change)
            done.changes.append(change)

    def pages(self, tracker: Tracker, decision: Decision, now: datetime) -> Done:
        """
        Keep the long documents in their own issues up to date; these are read only here, after the resolution.

        An issue that is gone was taken away by a person, or is not visible yet: it is left alone, and looked
        for again when the comment that tells of it is gone as well.
        """
        done = Done()
        for other, one in decision.there():
            if not self._elsewhere.stays_open(decision.issue, one.opening):
                continue
            with suppress(Gone):
                review = decision.review.issue
                issue = review if review and review.ref == other else tracker.read(other)
                secret = decision.issue.confidential
                most = tracker.max_comments
                planned = plan_pages(issue, one.opening, one.pages, most, confidential=secret, closed=one.closed)
                changes = [it for it in planned if self._screen.is_safe(issue, it, decision.incident.rules)]
                for change in changes:
                    if self._may(other, change, done, now):
                        with self._room(other, change, done, now):
                            tracker.apply(other, change)
                            self._made(issue, change)
                            done.changes.append(change)
        return done


@dataclass(slots=True)
class _Room:
    """Whether there was no room for a change."""

    lacking: bool = False


def _waits(change: Change, undone: Change) -> bool:
    """Whether a change depends on another one that was not done, or would fail like it."""
    if isinstance(change, Fill):
        return isinstance(undone, Fill)
    if isinstance(change, NativeChange):
        sets_status = isinstance(change, Advance) and isinstance(undone, Close | Reopen)  # GitLab does, by itself
        return sets_status or isinstance(undone, Retype)
    return type(change) is type(undone)


def _begins(change: Change) -> bool:
    """Whether it is the status comment: other comments without one look as if it had been lost."""
    return isinstance(change, Post) and change.document.key == STATUS


def _says(change: Change) -> bool:
    """Whether it is the status comment."""
    return isinstance(change, Post | Edit) and change.document.key == STATUS


def _holds_up(change: Change) -> bool:
    """Whether what follows waits for it."""
    return isinstance(change, Link) or _remembers(change) or _begins(change)


def _remembers(change: Change) -> bool:
    return isinstance(change, Post | Edit) and kind_of_key(change.document.key) == RECEIPTS
