"""What the verbs of the queue mean, in memory. No clock, no thread, no file: the engine around it has those."""

import heapq
import itertools
from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Lease, RequeueReason, Stats
from tracker_bridge.trackers import IssueChanged


@dataclass(slots=True)
class QueueItem:
    """
    One issue of the agenda.

    ``ready_at`` is when it can be taken: when it is due or, while it is held, when the lease ends. ``due``
    stays as it was while it is held, so that what is saved brings it back after a crash. ``newer`` is the
    due time that was asked for meanwhile. ``ticket`` is 0 while nobody holds it.
    """

    due: datetime
    ready_at: datetime
    attempts: int = 0
    waits: int = 0
    expected_comments: dict[int, datetime | None] = field(default_factory=dict)
    ticket: int = 0
    newer: datetime | None = None

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
    off for seconds, by a clock that is no more, and a look that comes too early says when the next one is due.
    """

    def __init__(self, lease: timedelta) -> None:
        self._lease = lease
        self._entries: dict[IssueRef, QueueItem] = {}
        self._heap: list[tuple[datetime, int, IssueRef]] = []
        self._order = itertools.count()
        self._tickets = itertools.count(1)
        self._held = 0
        self._latest: datetime | None = None

    def restore(self, ref: IssueRef, entry: QueueItem) -> None:
        """Put back what was saved. Its holder is gone: whoever restores is alone."""
        self._entries[ref] = entry
        self._ready(ref, entry, entry.due)

    def refs(self) -> Set[IssueRef]:
        return self._entries.keys()

    def entry(self, ref: IssueRef) -> QueueItem | None:
        return self._entries.get(ref)

    def add(self, change: IssueChanged, due: datetime) -> bool:
        """Return whether what has to survive a crash has changed: not so if it is due by then anyway."""
        entry = self._entries.get(change.ref)
        if entry is None:
            entry = self._entries[change.ref] = QueueItem(due, due)
            entry.expect(change)
            self._ready(change.ref, entry, due)
            return True
        entry.expect(change)
        if entry.ticket:
            entry.newer = _first(entry.newer, due)
            return False
        if due >= entry.due:
            return False
        entry.due = due
        self._ready(change.ref, entry, due)
        return True

    def take(self, now: datetime) -> Lease | None:
        if self._latest is not None and self._latest - now > SET_BACK:
            self._set_back(now)
        self._latest = now
        top = self._top()
        if top is None or top[1].ready_at > now:
            return None
        ref, entry = top
        heapq.heappop(self._heap)
        if entry.ticket:
            entry.attempts += 1  # its holder never came back
        else:
            self._held += 1
        entry.ticket, entry.newer = next(self._tickets), None
        self._ready(ref, entry, now + self._lease)
        return Lease(ref, dict(entry.expected_comments), entry.attempts + 1, entry.waits, entry.ticket)

    def renew(self, lease: Lease, now: datetime) -> None:
        if entry := self._holding(lease):
            self._ready(lease.ref, entry, now + self._lease)

    def done(self, lease: Lease, look_again_at: datetime | None) -> bool:
        """Return whether it was still held."""
        entry = self._holding(lease)
        if entry is None:
            return False
        due = _first(entry.newer, look_again_at)
        if due is None:
            del self._entries[lease.ref]
            self._held -= 1
            return True
        entry.attempts = entry.waits = 0
        entry.expected_comments = {
            comment: version
            for comment, version in entry.expected_comments.items()
            if comment not in lease.expected_comments or lease.expected_comments[comment] != version
        }
        self._free(lease.ref, entry, due)
        return True

    def defer(self, lease: Lease, until: datetime, reason: RequeueReason) -> bool:
        """Return whether it was still held."""
        entry = self._holding(lease)
        if entry is None:
            return False
        entry.attempts += reason is RequeueReason.FAILED
        entry.waits += reason is RequeueReason.TOO_EARLY
        self._free(lease.ref, entry, _first(entry.newer, until) or until)
        return True

    def next_at(self) -> datetime | None:
        """Return when something can be taken next; the end of a lease counts."""
        top = self._top()
        return top[1].ready_at if top else None

    def stats(self) -> Stats:
        dues = (entry.due for entry in self._entries.values() if not entry.ticket)
        return Stats(len(self._entries) - self._held, self._held, min(dues, default=None))

    def _set_back(self, now: datetime) -> None:
        for ref, entry in self._entries.items():
            if entry.ticket:
                self._ready(ref, entry, min(entry.ready_at, now + self._lease))
                entry.newer = entry.newer and min(entry.newer, now)
            else:
                entry.due = min(entry.due, now)
                self._ready(ref, entry, entry.due)

    def _top(self) -> tuple[IssueRef, QueueItem] | None:
        """Drop what is out of date from the top of the heap; return what is ready first, whenever that is."""
        while self._heap:
            at, _, ref = self._heap[0]
            entry = self._entries.get(ref)
            if entry is not None and entry.ready_at == at:
                return ref, entry
            heapq.heappop(self._heap)
        return None

    def _holding(self, lease: Lease) -> QueueItem | None:
        entry = self._entries.get(lease.ref)
        return entry if entry is not None and entry.ticket == lease.ticket else None

    def _free(self, ref: IssueRef, entry: QueueItem, due: datetime) -> None:
        entry.due, entry.ticket, entry.newer = due, 0, None
        self._held -= 1
        self._ready(ref, entry, due)

    def _ready(self, ref: IssueRef, entry: QueueItem, at: datetime) -> None:
        entry.ready_at = at
        heapq.heappush(self._heap, (at, next(self._order), ref))


def _first(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((time for time in (one, other) if time is not None), default=None)
