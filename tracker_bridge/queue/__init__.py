"""
The queue: which issues to reconcile, when, and in which order.

A set of refs with due times. Hints of one issue merge, one holder reconciles an issue at a time, a crash gives
it back, and what was hinted at meanwhile is reconciled again. Of what is due, the most important goes
first, and equally important projects take turns. The queue may be deleted at any time while nothing uses it: the
sweep finds again what it held.

agenda.py       what the verbs mean, in memory
turns.py        who is next of all that is due
sqlite.py       the embedded engine: an agenda kept in one file, for one process
queue_file.py   that file
key_file.py     the key of the receipts, which is kept beside it
journal.py      alerts that were accepted, until their incident is there; shared_journal.py for several hosts
postgres.py     the engine that several hosts share; its SQL is in statements.py, its connections in database.py
glance.py       what one-shot commands ask that engine's database
"""

from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum, auto
from typing import Protocol

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import IssueChanged

PATIENCE = 5.0
"""Seconds that who adds waits for a disk or a database that hangs: trackers wait ten for an answer."""


class QueueError(Exception):
    """The queue cannot be used. The message says why, and what to do."""


class Priority(IntEnum):
    """Why an issue is reconciled. The greater goes first, whatever has been due for longer."""

    FIRST_SIGHT = 0
    """An old issue that nothing is known of: the first sweep after a start."""
    SWEEP = 1
    TIMER = 2
    """A reconcile that an earlier one asked for: a reminder, an update that is due."""
    PERSON = 3
    """What somebody did just now, and is waiting for."""


@dataclass(frozen=True, slots=True)
class Caps:
    """
    How many issues may be held at the same time; ``None``: any number.

    Of one ``project``, of one ``tracker``; ``background`` is how many in all when one is taken that nobody waits
    for, which leaves the rest to what has :attr:`Priority.PERSON`.
    """

    project: int | None = None
    tracker: int | None = None
    background: int | None = None


UNCAPPED = Caps()


@dataclass(frozen=True, slots=True)
class Lease:
    """
    One issue, held by whoever took it until the lease ends.

    ``expected_comments`` are the comments that the reconcile must see: id to the least version, or to ``None``
    when it must be gone. ``attempt`` is 1 at first, and counts the reconciles that failed. ``waits`` counts
    those that came too early for what is awaited; a crash forgets it. ``ticket`` tells this holder from the ones
    before and after. ``priority`` is that of the most important hint since the last reconcile.
    """

    ref: IssueRef
    expected_comments: Mapping[int, datetime | None]
    attempt: int
    waits: int
    ticket: int
    priority: Priority


class RequeueReason(Enum):
    """Why a reconcile is put off, and so what is counted."""

    FAILED = auto()
    TOO_EARLY = auto()
    NOT_TRIED = auto()


@dataclass(frozen=True, slots=True)
class Stats:
    """
    ``waiting`` are in the queue and held by nobody; ``next_at`` is when the first of all is due. ``unsaved`` says
    why the last write failed: what the queue holds is reconciled all the same, but a restart would lose it.
    """

    waiting: int
    held: int
    next_at: datetime | None
    unsaved: str = ""


class Queue(Protocol):
    """
    The queue, safe to use from several threads. Times are aware, and the caller's; an engine that hosts share goes
    by a clock of its own, and uses only how far they are from the caller's.

    Every verb may raise :class:`QueueError`.
    """

    def add(self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON) -> None:
        """
        Ask for a reconcile at ``due``, or before. Returns when a crash cannot lose the ref any more.

        Merges with what is known: the earlier time wins, also over a backoff; the greater priority stays until a
        reconcile is done; of one comment the newest version is awaited, and its deletion for good. While the issue
        is held, it becomes due after that, with the priority of what came meanwhile.
        """
        ...

    def submit(
        self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON
    ) -> Future[None] | None:
        """
        The same without waiting: what is returned is done when a crash cannot lose the ref any more, or fails with
        :class:`QueueError`; ``None`` where that is so already. Never cancel it: others may wait for it too.
        """
        ...

    def take(self, now: datetime) -> Lease | None:
        """
        Return the issue that is next, or ``None``. It is the caller's for one lease.

        Of what is due: the greatest priority; of that, projects in turn; in a project, what has been due for
        longest. What holds as much as its :class:`Caps` allow is passed over; a lease that ended is not held.
        """
        ...

    def renew(self, lease: Lease, now: datetime) -> None:
        """Begin the lease anew, if it is still held."""
        ...

    def done(self, lease: Lease, next_at: datetime | None) -> None:
        """
        Give it back, seen: nothing is awaited and no failure counted. A lost lease makes it nothing, or asks for
        another reconcile.

        The next reconcile that it asks for is a timer.
        """
        ...

    def defer(self, lease: Lease, until: datetime, reason: RequeueReason = RequeueReason.FAILED) -> None:
        """
        Give it back, to be reconciled later; earlier if something newer came. Keeps what is awaited, and the
        priority.

        What failed counts as an attempt, what was too early as a wait, and what was not tried as neither.
        """
        ...

    def wait(self, now: datetime, timeout: float) -> None:
        """Return as soon as something can be taken, after :meth:`wake`, or after ``timeout`` seconds."""
        ...

    def wake(self) -> None:
        """End every wait that is under way."""
        ...

    def stats(self) -> Stats:
        """Count."""
        ...

    def leads(self) -> bool:
        """
        Whether this process is the one that sweeps. Of those that share the queue, it is one at a time, or two for
        a moment; when it is gone, the next to ask takes its place.
        """
        ...

    def key(self) -> bytes:
        """Return the key of the receipts that is kept with the queue: the same for all who use it, made once."""
        ...

    def close(self) -> None:
        """Write what is left and let go. No verb works after it."""
        ...
