"""A clock that is set, by an hour either way, holds nothing up for longer than a minute, and doubles nothing."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.worker.conftest import API, SECOND, THIRD, Clock
from tracker_bridge.domain.issue.changes import Document, Post
from tracker_bridge.domain.issue.documents import REPORTED
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import SETTLING, Awaited, ReconcileResult
from tracker_bridge.reconcile.outbox import MOST_REPORTS, SPAN, Bound, Outbox, SentHere
from tracker_bridge.sweep import Sweep
from tracker_bridge.trackers import Busy, Denied, IssueChanged, Tracker, TrackerError
from tracker_bridge.worker import Worker

HOUR = 3600.0
either_way = pytest.mark.parametrize("set_by", [-HOUR, HOUR, -24 * HOUR])


class Failing:
    """Fails as often as told; remembers what it looked at."""

    def __init__(self, *errors: TrackerError) -> None:
        self.errors = list(errors)
        self.asked: list[IssueRef] = []

    def __call__(self, ref: IssueRef, now: object, expected_comments: Awaited) -> ReconcileResult:
        self.asked.append(ref)
        if self.errors:
            raise self.errors.pop(0)
        return ReconcileResult()


def settle(worker: Worker) -> None:
    while worker.reconcile_once():
        pass


@either_way
@pytest.mark.parametrize("error", [Busy("bad gateway", 10), Denied("no"), Busy("too many requests", 30)], ids=str)
def test_what_was_put_off_comes_within_a_minute(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock, set_by: float, error: TrackerError
) -> None:
    look = Failing(error)
    worker = Worker(queue, trackers, look, clock=clock, monotonic=clock.seconds)
    queue.add(IssueChanged(API), clock())
    settle(worker)
    clock.set_by(set_by)
    settle(worker)
    clock.forward(60)
    settle(worker)

    assert look.asked == [API, API]


@either_way
def test_a_busy_project_is_left_alone_for_as_long_as_it_asked(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock, set_by: float
) -> None:
    look = Failing(*[Busy("maintenance", 40)] * 3)
    worker = Worker(queue, trackers, look, clock=clock, monotonic=clock.seconds)
    failing = [API, SECOND, THIRD]
    for ref in failing:
        queue.add(IssueChanged(ref), clock())
    settle(worker)
    clock.set_by(set_by)
    queue.add(IssueChanged(API), clock())
    clock.forward(39)
    settle(worker)
    assert look.asked == failing

    clock.forward(20)
    settle(worker)
    assert set(look.asked[3:]) == set(failing)


@either_way
def test_a_new_hint_is_reconciled_at_once(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock, set_by: float
) -> None:
    look = Failing()
    worker = Worker(queue, trackers, look, clock=clock, monotonic=clock.seconds)
    settle(worker)
    queue.add(IssueChanged(API), clock() + timedelta(milliseconds=250))
    clock.set_by(set_by)
    settle(worker)
    clock.forward(1)
    settle(worker)

    assert look.asked == [API]


@either_way
def test_an_issue_stays_with_one_thread(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock, set_by: float
) -> None:
    """The lease ends by the clock while the look goes on: whoever takes the issue then leaves it alone."""
    inside: list[IssueRef] = []
    depth = [0]

    def look(ref: IssueRef, now: object, expected_comments: Awaited) -> ReconcileResult:
        inside.append(ref)
        depth[0] += 1
        assert depth[0] == 1, "two at once"
        if len(inside) == 1:
            clock.set_by(set_by)
            settle(worker)
        depth[0] -= 1
        return ReconcileResult()

    worker = Worker(queue, trackers, look, clock=clock, monotonic=clock.seconds)
    queue.add(IssueChanged(API), clock())
    settle(worker)
    clock.forward(60)
    settle(worker)
    assert set(inside) == {API}
    assert queue.stats().held == 0


@either_way
def test_what_was_sent_is_not_sent_again_before_it_would_be_visible(clock: Clock, set_by: float) -> None:
    outbox, change = Outbox(SentHere(clock.seconds)), Post(Document("status", "text"))
    assert outbox.settled(API, change)
    clock.set_by(set_by)
    clock.forward(SETTLING - 1)
    assert not outbox.settled(API, change)
    clock.forward(1)
    assert outbox.settled(API, change)


@either_way
def test_comments_about_reports_are_bound_for_an_hour(clock: Clock, set_by: float) -> None:
    bound, change = Bound(clock.seconds), Post(Document(REPORTED, "text"))
    assert [bound.held_until(API, change, clock()) for _ in range(MOST_REPORTS)] == [None] * MOST_REPORTS
    clock.set_by(set_by)
    assert bound.held_until(API, change, clock()) == clock() + timedelta(seconds=SPAN)
    clock.forward(SPAN)
    assert bound.held_until(API, change, clock()) is None


@either_way
def test_a_sweep_asks_from_the_round_before_on(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock, set_by: float
) -> None:
    asked: list[timedelta] = []

    def changing(_project: str, since: object) -> list[IssueRef]:
        if since is not None:
            asked.append(clock() - since)  # type: ignore[operator]
        return []

    tracker = trackers["github"]
    tracker.changing = changing  # type: ignore[attr-defined]
    sweep = Sweep({"github": tracker}, queue, lambda *_: ("incident",), clock=clock, monotonic=clock.seconds)
    sweep.once()
    asked.clear()
    clock.set_by(set_by)
    clock.forward(300)
    sweep.once()

    assert asked
    assert asked[0] >= timedelta(seconds=300)
