"""What the verbs of the queue mean, in memory. No clock, no thread, no file: the engine around it has those."""

import heapq
import itertools
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import UNCAPPED, Caps, Lease, Priority, RequeueReason, Stats
from tracker_bridge.queue.turns import Turn, Turns
from tracker_bridge.trackers import IssueChanged


@dataclass(slots=True)
class QueueItem:
    """
    One issue of the agenda.

    ``ready_at`` is when it can be taken: when it is due or, while it is held, when the lease ends. ``due``
    stays as it was while it is held, so that what is saved brings it back after a crash. ``newer`` is the
    due time that was asked for meanwhile, ``newer_priority`` the greatest priority of that. ``ticket`` is 0 while
    nobody holds it; with ``lapsed``, the holder's lease ended, and it may be taken. ``stamp`` tells where it
    stands now from where it stood.
    """

    due: datetime
    ready_at: datetime
    priority: Priority
    attempts: int = 0
    waits: int = 0
    expected_comments: dict[int, datetime | None] = field(default_factory=dict)
    ticket: int = 0
    newer: datetime | None = None
    newer_priority: Priority = Priority.FIRST_SIGHT
    lapsed: bool = False
    stamp: int = 0

    @property
    def greatest_priority(self) -> Priority:
        """What a crash must not forget."""
        return max(self.priority, self.newer_priority)

    def expect(self, change: IssueChanged) -> None:
        """Await the comment of ``parse_webhook``. One not awaited before gets its full patience."""
        if change.comment is None:
            return
        if change.comment not in self.expected_comments:
            self.waits = 0
            self.expected_comments[change.comment] = change.version
            return
        known, new = self.expected_comments[change.comment], change.version
        self.expected_comments[change.comment] = None if known is None or new is None else max(known, new)


SET_BACK = timedelta(seconds=5)
"""What the caller's clock goes back by at least when it was set, and not only read by several threads."""


class Agenda:
    """
    Refs with due times. The engine serialises the calls.

    The times are those of a clock that may be set. When it is set back, all that waits is due: much of it was put
    off for seconds, by a clock that is no more, and a reconcile that comes too early says when
    the next one is due.
    """

    def __init__(self, lease: timedelta, caps: Caps = UNCAPPED) -> None:
        self._lease = lease
        self._entries: dict[IssueRef, QueueItem] = {}
        self._later: list[Turn] = []
        self._turns = Turns(caps, self._valid)
        self._stamps = itertools.count(1)
        self._tickets = itertools.count(1)
        self._latest: datetime | None = None

    def restore(self, ref: IssueRef, entry: QueueItem) -> None:
        """Put back what was saved. Its holder is gone: whoever restores is alone."""
        self._entries[ref] = entry
        self._ready(ref, entry, entry.due)

    def refs(self) -> Set[IssueRef]:
        return self._entries.keys()

    def entry(self, ref: IssueRef) -> QueueItem | None:
        return self._entries.get(ref)

    def add(self, change: IssueChanged, due: datetime, priority: Priority) -> bool:
        """Return whether what has to survive a crash has changed: not so if it is due by then anyway."""
        entry = self._entries.get(change.ref)
        if entry is None:
            entry = self._entries[change.ref] = QueueItem(due, due, priority)
            entry.expect(change)
            self._ready(change.ref, entry, due)
            return True
        entry.expect(change)
        raised = priority > entry.greatest_priority
        if entry.ticket:
            entry.newer = _first(entry.newer, due)
            entry.newer_priority = max(entry.newer_priority, priority)
            if entry.lapsed and raised:
                self._ready(change.ref, entry, entry.ready_at)
            return raised
        if due >= entry.due and not raised:
            return False
        entry.due = min(entry.due, due)
        entry.priority = max(entry.priority, priority)
        self._ready(change.ref, entry, entry.due)
        return True

    def take(self, now: datetime) -> Lease | None:
        if self._latest is not None and self._latest - now > SET_BACK:
            self._set_back(now)
        self._latest = now
        self._line_up(now)
        ref = self._turns.pop()
        if ref is None:
            return None
        entry = self._entries[ref]
        if entry.ticket:
            entry.attempts += 1  # its holder never came back
        entry.ticket, entry.lapsed, entry.priority = next(self._tickets), False, entry.greatest_priority
        self._turns.hold(ref)
        entry.newer, entry.newer_priority = None, Priority.FIRST_SIGHT
        self._ready(ref, entry, now + self._lease)
        awaited = dict(entry.expected_comments)
        return Lease(ref, awaited, entry.attempts + 1, entry.waits, entry.ticket, entry.priority)

    def renew(self, lease: Lease, now: datetime) -> None:
        if entry := self._holding(lease):
            if entry.lapsed:
                self._turns.hold(lease.ref)
                entry.lapsed = False
            self._ready(lease.ref, entry, now + self._lease)

    def done(self, lease: Lease, next_at: datetime | None) -> bool:
        """Return whether it was still held."""
        entry = self._holding(lease)
        if entry is None:
            return False
        due = _first(entry.newer, next_at)
        if due is None:
            self._let_go(lease.ref, entry)
            del self._entries[lease.ref]
            return True
        asked_for = Priority.FIRST_SIGHT if next_at is None else Priority.TIMER
        priority = max(entry.newer_priority, asked_for)
        entry.attempts = entry.waits = 0
        entry.expected_comments = {
            comment: version
            for comment, version in entry.expected_comments.items()
            if comment not in lease.expected_comments or lease.expected_comments[comment] != version
        }
        self._free(lease.ref, entry, due, priority)
        return True

    def defer(self, lease: Lease, until: datetime, reason: RequeueReason) -> bool:
        """Return whether it was still held."""
        entry = self._holding(lease)
        if entry is None:
            return False
        entry.attempts += reason is RequeueReason.FAILED
        entry.waits += reason is RequeueReason.TOO_EARLY
        due = _first(entry.newer, until) or until
        self._free(lease.ref, entry, due, entry.greatest_priority)
        return True

    def next_at(self, now: datetime) -> datetime | None:
        """Return when something can be taken next; the end of a lease counts. What is due above a cap does not."""
        self._line_up(now)
        if self._turns.next() is not None:
            return now
        self._drop_outdated()
        return self._later[0].at if self._later else None

    def stats(self) -> Stats:
        dues = (entry.due for entry in self._entries.values() if not entry.ticket)
        held = self._turns.held
        return Stats(len(self._entries) - held, held, min(dues, default=None))

    def _set_back(self, now: datetime) -> None:
        for ref, entry in self._entries.items():
            if entry.ticket:
                self._ready(ref, entry, min(entry.ready_at, now + self._lease))
                entry.newer = entry.newer and min(entry.newer, now)
            else:
                entry.due = min(entry.due, now)
                self._ready(ref, entry, entry.due)

    def _line_up(self, now: datetime) -> None:
        """Let all that is ready wait for its turn."""
        while self._later and self._later[0].at <= now:
            place = heapq.heappop(self._later)
            if self._valid(place):
                entry = self._entries[place.ref]
                if entry.ticket:
                    self._let_go(place.ref, entry)
                    entry.lapsed = True
                self._turns.put(place, entry.greatest_priority)

    def _drop_outdated(self) -> None:
        while self._later and not self._valid(self._later[0]):
            heapq.heappop(self._later)

    def _valid(self, place: Turn) -> bool:
        entry = self._entries.get(place.ref)
        return entry is not None and entry.stamp == place.stamp

    def _holding(self, lease: Lease) -> QueueItem | None:
        entry = self._entries.get(lease.ref)
        return entry if entry is not None and entry.ticket == lease.ticket else None

    def _let_go(self, ref: IssueRef, entry: QueueItem) -> None:
        if not entry.lapsed:
            self._turns.free(ref)

    def _free(self, ref: IssueRef, entry: QueueItem, due: datetime, priority: Priority) -> None:
        self._let_go(ref, entry)
        entry.due, entry.priority, entry.ticket, entry.lapsed = due, priority, 0, False
        entry.newer, entry.newer_priority = None, Priority.FIRST_SIGHT
        self._ready(ref, entry, due)

    def _ready(self, ref: IssueRef, entry: QueueItem, at: datetime) -> None:
        entry.ready_at, entry.stamp = at, next(self._stamps)
        heapq.heappush(self._later, Turn(at, entry.stamp, ref))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((time for time in (one, other) if time is not None), default=None)
