"""
The loop: take an issue, reconcile it, give it back. Three tracker errors and what each means; nothing else.

==================  =================================================================================
the reconcile       then
==================  =================================================================================
succeeded           done; the next one is when it asks for it
does not show yet   again in a quarter, 1, 3, 10 and 30 seconds; after that, what is awaited counts as gone
what is awaited
``Gone``            the same patience (a new issue may not be shown yet either); then forgotten
``OutOfReach``      forgotten: it is there, and nothing can be done
``Denied``          logged; again in ten minutes: a person must act
``Later``           when it may be written again: nothing was sent, so nothing failed
``Doubtful``        again in a few seconds: the same answer is believed then
``Busy``            this issue backs off; several issues in a row, and their project is left alone (pauses.py)
anything else       a bug: logged with the ref and the traceback; this issue backs off, the loop lives
==================  =================================================================================

A newer hint ends every one of these delays, but for a project's.
"""

import logging
import math
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker_bridge.domain.issue.changes import Change, React, Reaction, kind_of_change
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Carried, Observer, Outcome, Reconciled, silent
from tracker_bridge.pauses import Pauses
from tracker_bridge.queue import Lease, Priority, Queue, QueueError, RequeueReason
from tracker_bridge.reconcile import Reconcile, ReconcileResult
from tracker_bridge.trackers import Busy, Denied, Doubtful, Gone, IssueChanged, Later, OutOfReach, Tracker
from tracker_bridge.trackers.haste import someone_waits
from tracker_bridge.trackers.holding import still_held

_log = logging.getLogger(__name__)

PATIENCE = tuple(timedelta(seconds=seconds) for seconds in (0.25, 1, 3, 10, 30))
"""
Delays while a tracker does not show yet what it announced: reads lag behind writes, mostly for a moment, and the
first reconcile comes at once.
"""

SOONEST = timedelta(seconds=10)
"""Least delay of a reconcile that another asked for: one that asks for the past must not run without a pause."""

DENIED = timedelta(minutes=10)
BACKOFF = timedelta(seconds=5)
LONGEST_BACKOFF = timedelta(minutes=15)

_IDLE = 1.0
"""Seconds between two glances at an empty queue. An added hint wakes the worker at once."""


@dataclass(slots=True)
class _Held:
    """A lease, and when it was taken or renewed at the latest, in seconds."""

    lease: Lease
    renewed_at: float
    lost: bool = False


class Worker:
    """Reconciles issues in a few threads. The queue sees to it that one issue is with one thread only."""

    def __init__(
        self,
        queue: Queue,
        trackers: Mapping[str, Tracker],
        reconcile: Reconcile,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        threads: int = 1,
        renew_every: timedelta = timedelta(seconds=30),
        lease: timedelta | None = None,
        observe: Observer = silent,
    ) -> None:
        """
        ``monotonic`` tells the seconds that a project is left alone, whatever the time of day is set to.
        ``renew_every``: a fraction of the ``lease``; long reconciles keep what they hold. Where nothing was
        renewed for a whole lease, as in a process that was suspended, nothing more is written.
        """
        self._queue = queue
        self._trackers = trackers
        self._reconcile = reconcile
        self._clock = clock
        self._monotonic = monotonic
        self._observe = observe
        self._pauses = Pauses(monotonic)
        self._lease = lease.total_seconds() if lease else math.inf
        self._holding: dict[int, _Held] = {}
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{number}", daemon=True)
            for number in range(1, threads + 1)
        ]
        self._renewal = threading.Thread(
            target=self._renew, args=(renew_every.total_seconds(),), name="leases", daemon=True
        )

    def start(self) -> None:
        for thread in (*self._threads, self._renewal):
            thread.start()

    def stop(self, timeout: float) -> bool:
        """Take no more. Return whether every reconcile under way was finished within ``timeout`` seconds."""
        self._stopping.set()
        self._queue.wake()
        end = time.monotonic() + timeout
        for thread in (*self._threads, self._renewal):
            thread.join(max(0.0, end - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def reconcile_once(self) -> bool:
        """Reconcile one issue that is due; ``False`` when none is. Raises :class:`QueueError` only."""
        begun = self._monotonic()
        lease = self._queue.take(self._clock())
        if lease is None:
            return False
        other = next((held for held in list(self._holding.values()) if held.lease.ref == lease.ref), None)
        if other is not None:
            _log.info("%s: the lease expired while the reconcile was still running", lease.ref)
            self._queue.defer(lease, self._clock() + SOONEST, RequeueReason.NOT_TRIED)
            return True
        held = self._holding[lease.ticket] = _Held(lease, begun)
        told = still_held.set(lambda: self._is_held(held))
        try:
            self._work_on(lease)
        finally:
            still_held.reset(told)
            self._holding.pop(lease.ticket, None)
        return True

    def _done(self, lease: Lease, next_at: datetime | None) -> None:
        self._holding.pop(lease.ticket, None)  # first: another thread may take it as soon as it is given back
        self._queue.done(lease, next_at)

    def _defer(self, lease: Lease, until: datetime, reason: RequeueReason = RequeueReason.FAILED) -> None:
        self._holding.pop(lease.ticket, None)
        self._queue.defer(lease, until, reason)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                if not self.reconcile_once():
                    self._queue.wait(self._clock(), _IDLE)
            except QueueError as error:
                _log.error("%s", error)
                self._stopping.wait(_IDLE)
            except Exception:  # noqa: BLE001 - a thread that ends would not be missed by anybody
                _log.exception("unexpected error in the worker; the issue is retried when its lease expires")
                self._stopping.wait(_IDLE)

    def _renew(self, seconds: float) -> None:
        while not self._stopping.wait(seconds):
            self.renew()

    def renew(self) -> None:
        """Begin all leases anew that have not ended."""
        for held in list(self._holding.values()):
            now = self._monotonic()
            if not self._is_held(held):
                continue
            try:
                self._queue.renew(held.lease, self._clock())
            except QueueError as error:
                _log.error("%s", error)
            else:
                held.renewed_at = now

    def _is_held(self, held: "_Held") -> bool:
        """Whether the lease has not ended by the seconds that passed here. One that has ended stays so."""
        held.lost = held.lost or self._monotonic() - held.renewed_at >= self._lease
        return not held.lost

    def _work_on(self, lease: Lease) -> None:
        ref, now = lease.ref, self._clock()
        tracker = self._trackers.get(ref.tracker)
        if tracker is None or not tracker.serves(ref.project):
            _log.info("%s: its project is no longer configured; dropped", ref)
            self._done(lease, None)
            return
        wait = self._pauses.left(ref)
        if wait > 0:
            self._defer(lease, now + timedelta(seconds=wait), RequeueReason.NOT_TRIED)
            return
        begun = self._monotonic()
        result, outcome = ReconcileResult(), "bug"
        someone_waits.set(lease.priority is Priority.PERSON)
        try:
            result = self._reconcile(ref, now, lease.expected_comments)
        except QueueError:
            raise  # it is the queue's trouble, not the issue's: the lease ends, and the issue is taken again
        except Exception as error:  # noqa: BLE001 - whatever it is, the other issues go on
            outcome = self._failed(lease, error)
        else:
            outcome = self._seen(lease, result)
        seconds = self._monotonic() - begun
        wrote = tuple(map(kind_of_change, result.changes))
        unsupported = tuple(sorted(one.name.lower() for one in result.unsupported))
        refused = sum(map(_refuses, result.changes))
        self._observe(Reconciled(ref, outcome, seconds, wrote, unsupported, result.open_as, refused))
        for destination in result.lost:
            self._observe(Carried(destination, "unknown"))
        level = logging.INFO if outcome == "changed" else logging.DEBUG
        told = {"ref": str(ref), "outcome": outcome, "seconds": round(seconds, 3), "changes": list(wrote)}
        _log.log(level, "%s: %d changes", ref, len(wrote), extra=told)

    def _failed(self, lease: Lease, error: Exception) -> Outcome:
        """Give it back after a reconcile that failed."""
        ref = lease.ref
        match error:
            case OutOfReach():
                _log.info("%s: %s; dropped", ref, error, extra={"ref": str(ref)})
                self._done(lease, None)
                return "out of reach"
            case Gone():
                if not self._patient(lease):
                    _log.info("%s: %s; dropped", ref, error, extra={"ref": str(ref)})
                    self._done(lease, None)
                return "gone"
            case Denied():
                minutes = DENIED.total_seconds() // 60
                _log.error("%s: %s; retrying in %d minutes", ref, error, minutes, extra={"ref": str(ref)})
                self._defer(lease, self._clock() + DENIED)
                return "denied"
            case Doubtful() | Later():
                _log.info("%s: %s; retrying in %d s", ref, error, error.retry_after, extra={"ref": str(ref)})
                reason = RequeueReason.NOT_TRIED if isinstance(error, Later) else RequeueReason.FAILED
                self._defer(lease, self._clock() + timedelta(seconds=error.retry_after), reason)
                return "busy"
            case Busy():
                self._busy(lease, error)
                return "busy"
        pause = backoff(ref, lease.attempt)
        said = "%s: unexpected error; retrying in %d s"
        _log.error(said, ref, pause.total_seconds(), exc_info=error, extra={"ref": str(ref)})
        self._defer(lease, self._clock() + pause)
        return "bug"

    def _seen(self, lease: Lease, result: ReconcileResult) -> Outcome:
        self._pauses.answered(lease.ref)
        for other in result.others:
            self._queue.add(IssueChanged(other), self._clock(), lease.priority)
        if result.missing and self._patient(lease):
            return "too early"
        if result.missing:
            _log.info("%s: comments %s are not visible; treated as deleted", lease.ref, sorted(result.missing))
        again = result.next_at
        self._done(lease, again and max(again, self._clock() + SOONEST))
        return "changed" if result.changes else "unchanged"

    def _patient(self, lease: Lease) -> bool:
        """Give it back for a while, unless that was done often enough; what failed otherwise does not count."""
        if lease.waits >= len(PATIENCE):
            return False
        self._defer(lease, self._clock() + PATIENCE[lease.waits], RequeueReason.TOO_EARLY)
        return True

    def _busy(self, lease: Lease, busy: Busy) -> None:
        ref = lease.ref
        pause = max(timedelta(seconds=busy.retry_after), backoff(ref, lease.attempt))
        _log.warning("%s: %s; retrying in %d s", ref, busy, pause.total_seconds(), extra={"ref": str(ref)})
        if seconds := self._pauses.failed(ref, busy.retry_after):
            project = f"{ref.tracker}:{ref.project}"
            _log.warning("%s: several issues in a row could not be processed; pausing for %d s", project, seconds)
        self._defer(lease, self._clock() + pause)


def _refuses(change: Change) -> bool:
    return isinstance(change, React) and change.on and change.reaction is Reaction.REFUSED


def backoff(ref: IssueRef, attempt: int) -> timedelta:
    """
    Return how long to wait after the failure number ``attempt``: doubling from 5 seconds to 15 minutes.

    Up to a fifth less or more, the same for the same ref and attempt: issues that failed together come back
    apart.
    """
    spread = 0.8 + 0.4 * zlib.crc32(f"{ref} {attempt}".encode()) / 0xFFFFFFFF
    doubled = BACKOFF * (1 << min(attempt - 1, 16))
    return min(doubled, LONGEST_BACKOFF) * spread
