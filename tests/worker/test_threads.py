"""The worker's threads: one issue with one thread, stopping, long looks, a queue that fails."""

import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from tests.worker.conftest import API, LEASE, Clock
from tracker_bridge.domain.issue.changes import Remove
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Lease
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Awaited, ReconcileResult
from tracker_bridge.trackers import IssueChanged, Later, Tracker
from tracker_bridge.trackers._governor import Governor
from tracker_bridge.trackers.holding import still_held
from tracker_bridge.worker import Worker


def now() -> datetime:
    return datetime.now(UTC)


def eventually(condition: threading.Event) -> None:
    assert condition.wait(20)


class Gate:
    """A look that begins, and ends when the test lets it."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.ended: list[IssueRef] = []

    def __call__(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        self.begun.set()
        assert self.may_end.wait(20)
        self.ended.append(ref)
        return ReconcileResult()


def test_an_idle_worker_begins_when_something_is_added(
    queue: SqliteQueue, trackers: Mapping[str, Tracker]
) -> None:
    look = Gate()
    look.may_end.set()
    worker = Worker(queue, trackers, look, clock=now, threads=2)
    worker.start()
    queue.add(IssueChanged(API), now())

    eventually(look.begun)
    assert worker.stop(20)


def test_stop_finishes_the_reconcile_under_way_and_begins_no_other(
    queue: SqliteQueue, trackers: Mapping[str, Tracker]
) -> None:
    look = Gate()
    worker = Worker(queue, trackers, look, clock=now)
    queue.add(IssueChanged(API), now())
    queue.add(IssueChanged(IssueRef("github", "acme/api", 2)), now())
    worker.start()
    eventually(look.begun)
    stopped: list[bool] = []
    stopping = threading.Thread(target=lambda: stopped.append(worker.stop(20)))
    stopping.start()
    look.may_end.set()
    stopping.join(20)

    assert stopped == [True]
    assert look.ended == [API]
    assert queue.stats().waiting == 1


def test_stop_does_not_wait_for_ever(queue: SqliteQueue, trackers: Mapping[str, Tracker]) -> None:
    look = Gate()
    worker = Worker(queue, trackers, look, clock=now)
    queue.add(IssueChanged(API), now())
    worker.start()
    eventually(look.begun)

    assert not worker.stop(0.01)
    look.may_end.set()
    assert worker.stop(20)


def test_a_long_reconcile_keeps_what_it_holds(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    renewals: list[threading.Event] = []
    renew = queue.renew

    def renewed(lease: Lease, now: datetime) -> None:
        waiting = list(renewals)
        renew(lease, clock())
        for renewal in waiting:
            renewal.set()

    monkeypatch.setattr(queue, "renew", renewed)
    look = Gate()
    worker = Worker(queue, trackers, look, clock=clock, renew_every=timedelta(milliseconds=1))
    queue.add(IssueChanged(API), clock())
    worker.start()
    eventually(look.begun)
    for _ in range(10):
        clock.forward(50)  # the lease is a minute; unrenewed it would end in the second round
        renewal = threading.Event()
        renewals.append(renewal)
        eventually(renewal)
        assert queue.take(clock()) is None

    look.may_end.set()
    assert worker.stop(20)


def test_what_is_given_back_may_be_taken_by_another_thread_at_once(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person who writes during a reconcile is answered after it, and not ten seconds later."""
    looks: list[IssueRef] = []

    def look(ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        looks.append(ref)
        if len(looks) == 1:
            queue.add(IssueChanged(API, 7, clock()), clock())
        return ReconcileResult()

    worker = Worker(queue, trackers, look, clock=clock)
    done = queue.done

    def let_another_thread_take_it(lease: Lease, next_at: datetime | None) -> None:
        done(lease, next_at)
        worker.reconcile_once()

    monkeypatch.setattr(queue, "done", let_another_thread_take_it)
    queue.add(IssueChanged(API), clock())

    assert worker.reconcile_once()
    assert looks == [API, API]
    assert queue.stats().waiting == 0


def test_a_burst_of_ten_thousand_costs_a_handful_of_reconciles(
    queue: SqliteQueue, trackers: Mapping[str, Tracker]
) -> None:
    look = Gate()
    worker = Worker(queue, trackers, look, clock=now, threads=4)
    worker.start()
    for number in range(10_000):
        queue.add(IssueChanged(IssueRef("github", "acme/api", number % 20 + 1), number, now()), now())
    eventually(look.begun)
    look.may_end.set()
    end = time.monotonic() + 20
    while (stats := queue.stats()).waiting + stats.held and time.monotonic() < end:
        time.sleep(0.001)

    assert worker.stop(20)
    assert queue.stats().waiting == 0
    assert 20 <= len(look.ended) <= 24


def test_a_closed_queue_does_not_end_the_threads_with_an_error(
    trackers: Mapping[str, Tracker],
) -> None:
    queue = SqliteQueue(":memory:")
    worker = Worker(queue, trackers, Gate(), clock=now)
    worker.start()
    queue.close()

    assert worker.stop(20)


def test_what_is_not_renewed_for_a_whole_lease_writes_nothing_more(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock
) -> None:
    """As a process does that was suspended: others may have taken the issue, whatever is renewed afterwards."""
    governor, written = Governor(), list[str]()

    def write(what: str) -> None:
        with governor.paying("", API, Remove(1)):
            written.append(what)

    def look(ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        write("at once")
        clock.forward(LEASE.total_seconds() - 1)
        worker.renew()
        clock.forward(LEASE.total_seconds() - 1)
        write("renewed in time")
        clock.forward(1)
        worker.renew()
        with pytest.raises(Later):
            write("suspended")
        return ReconcileResult()

    worker = Worker(queue, trackers, look, clock=clock, monotonic=clock.seconds, lease=LEASE)
    queue.add(IssueChanged(API), clock())

    assert worker.reconcile_once()
    assert written == ["at once", "renewed in time"]
    assert still_held.get() is None
