"""What the worker does with each outcome of a look. The clock stands still; nothing waits."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from tests.worker.conftest import API, SECOND, WEB, Clock
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Awaited, Reconcile, ReconcileResult
from tracker_bridge.trackers import Busy, Denied, Doubtful, Gone, IssueChanged, Tracker
from tracker_bridge.worker import BACKOFF, LONGEST_BACKOFF, Worker, backoff

Looking = Callable[[Reconcile], Worker]


@pytest.fixture
def looking(queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock) -> Looking:
    """Return a worker that looks with a function of the test; its threads are not started."""
    return lambda look: Worker(queue, trackers, look, clock=clock, monotonic=clock.seconds)


class Looks:
    """Answers from a script, again and again from its last entry; remembers what it was asked."""

    def __init__(self, *script: ReconcileResult | Exception) -> None:
        self.script = list(script)
        self.asked: list[IssueRef] = []
        self.expected_comments: list[Awaited] = []

    def __call__(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        self.asked.append(ref)
        self.expected_comments.append(expected_comments)
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def seconds_until_next_look(worker: Worker, clock: Clock, limit: int = 4000) -> int:
    for seconds in range(limit):
        if worker.look_once():
            return seconds
        clock.forward(1)
    pytest.fail(f"no look within {limit} seconds")


def test_nothing_due_is_no_look(looking: Looking) -> None:
    assert not looking(Looks(ReconcileResult())).look_once()


def test_a_look_that_succeeds_is_done(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API, 7, clock()), clock())
    look = Looks(ReconcileResult())
    worker = looking(look)

    assert worker.look_once()
    assert not worker.look_once()
    assert (look.asked, look.expected_comments) == ([API], [{7: clock()}])
    assert queue.stats().waiting == 0


def test_a_look_names_the_moment_of_the_next(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API), clock())
    worker = looking(Looks(ReconcileResult(look_again_at=clock() + timedelta(seconds=90)), ReconcileResult()))

    worker.look_once()
    assert seconds_until_next_look(worker, clock) == 90


def test_a_look_that_asks_for_the_past_is_not_repeated_without_a_pause(
    looking: Looking, queue: SqliteQueue, clock: Clock
) -> None:
    queue.add(IssueChanged(API), clock())
    worker = looking(Looks(ReconcileResult(look_again_at=clock() - timedelta(hours=1))))

    assert [seconds_until_next_look(worker, clock) for _ in range(3)] == [0, 10, 10]


def test_issues_that_were_opened_are_looked_at_next(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API), clock())
    look = Looks(ReconcileResult(others=(SECOND,), missing={7: None}), ReconcileResult())
    worker = looking(look)

    while worker.look_once():
        pass
    assert look.asked == [API, SECOND]


def test_what_is_missing_is_looked_for_five_times_and_then_counts_as_gone(
    looking: Looking, queue: SqliteQueue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    noon = clock()
    queue.add(IssueChanged(API, 7, noon), noon)
    look = Looks(ReconcileResult(missing={7: noon}))
    worker = looking(look)
    caplog.set_level(logging.INFO)

    assert [seconds_until_next_look(worker, clock) for _ in range(5)] == [0, 1, 3, 10, 30]
    assert look.expected_comments == [{7: noon}] * 5
    assert queue.stats().waiting == 0
    assert "comments [7] are not visible; treated as deleted" in caplog.text


def test_a_new_issue_may_not_be_shown_yet(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API), clock())
    look = Looks(Gone("no such issue"), ReconcileResult())
    worker = looking(look)

    assert [seconds_until_next_look(worker, clock) for _ in range(2)] == [0, 1]
    assert queue.stats().waiting == 0


def test_failures_do_not_use_up_the_patience(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API, 7, clock()), clock())
    busy = [Busy("bad gateway", 2)] * 3
    look = Looks(
        *busy,
        ZeroDivisionError(),
        *busy,
        ReconcileResult(missing={7: clock()}),
        Gone("no such issue"),
        ReconcileResult(),
    )
    worker = looking(look)

    for _ in range(7):
        seconds_until_next_look(worker, clock)
    assert [seconds_until_next_look(worker, clock) for _ in range(3)][1:] == [1, 3]
    assert len(look.asked) == 10
    assert set(look.expected_comments[-1]) == {7}
    assert queue.stats().waiting == 0


def test_an_issue_that_stays_gone_is_forgotten(
    looking: Looking, queue: SqliteQueue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    queue.add(IssueChanged(API), clock())
    worker = looking(Looks(Gone("no such issue")))
    caplog.set_level(logging.INFO)

    assert [seconds_until_next_look(worker, clock) for _ in range(5)] == [0, 1, 3, 10, 30]
    assert queue.stats().waiting == 0
    assert "github:acme/api#1: no such issue; dropped" in caplog.text


def test_what_is_denied_is_said_and_slowed_down(
    looking: Looking, queue: SqliteQueue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    queue.add(IssueChanged(API), clock())
    worker = looking(Looks(Denied("the token may not read acme/api")))

    assert [seconds_until_next_look(worker, clock) for _ in range(3)] == [0, 600, 600]
    assert "github:acme/api#1: the token may not read acme/api; retrying in 10 minutes" in caplog.text


def test_what_is_doubtful_is_asked_again_soon_and_concerns_nobody_else(
    looking: Looking, queue: SqliteQueue, clock: Clock
) -> None:
    queue.add(IssueChanged(API), clock())
    queue.add(IssueChanged(SECOND), clock())
    look = Looks(Doubtful("nobody of that name, for now", 5), ReconcileResult())
    worker = looking(look)

    while worker.look_once():
        pass
    assert look.asked == [API, SECOND]
    clock.forward(5)
    assert worker.look_once()
    assert look.asked == [API, SECOND, API]


def test_a_busy_tracker_is_left_alone_and_the_other_is_not(
    looking: Looking, queue: SqliteQueue, clock: Clock
) -> None:
    for ref in (API, SECOND, WEB):
        queue.add(IssueChanged(ref), clock())
    look = Looks(Busy("too many requests", 120), ReconcileResult())
    worker = looking(look)

    while worker.look_once():
        pass
    assert look.asked == [API, WEB]

    clock.forward(119)
    queue.add(IssueChanged(API), clock())
    assert worker.look_once()  # taken, and put aside again
    assert look.asked == [API, WEB]

    clock.forward(1)
    while worker.look_once():
        pass
    assert sorted(look.asked[2:]) == [API, SECOND]


def test_the_longer_of_two_delays_of_a_tracker_counts(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    look = Looks(Busy("a limit", 0), Busy("an hour's limit", 3600), ReconcileResult())
    worker = looking(look)
    for ref in (API, SECOND):
        queue.add(IssueChanged(ref), clock())
        worker.look_once()
    queue.add(IssueChanged(API), clock())
    queue.add(IssueChanged(SECOND), clock())
    while worker.look_once():
        pass

    clock.forward(3599)
    while worker.look_once():
        pass
    assert len(look.asked) == 2
    clock.forward(1)
    while worker.look_once():
        pass
    assert len(look.asked) == 4


def test_an_issue_that_is_always_busy_backs_off_further_than_the_server_asks(
    looking: Looking, queue: SqliteQueue, clock: Clock
) -> None:
    queue.add(IssueChanged(API), clock())
    worker = looking(Looks(Busy("bad gateway", 2)))

    delays = [seconds_until_next_look(worker, clock) for _ in range(8)]
    assert delays[1:] == sorted(delays[1:])
    assert delays[-1] > 100


def test_a_bug_is_logged_with_the_ref_and_the_loop_goes_on(
    looking: Looking, queue: SqliteQueue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for ref in (API, WEB):
        queue.add(IssueChanged(ref), clock())
    look = Looks(ZeroDivisionError("one by none"), ReconcileResult())
    worker = looking(look)

    while worker.look_once():
        pass
    assert look.asked == [API, WEB]
    assert "github:acme/api#1: unexpected error" in caplog.text
    assert "ZeroDivisionError: one by none" in caplog.text
    assert 4 <= seconds_until_next_look(worker, clock) <= 6


def test_an_event_does_not_wait_for_a_backoff(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API), clock())
    look = Looks(ZeroDivisionError(), ReconcileResult())
    worker = looking(look)
    worker.look_once()
    queue.add(IssueChanged(API), clock())

    assert worker.look_once()
    assert len(look.asked) == 2


@pytest.mark.parametrize("project", ["github:acme/old#1", "gitea:acme/api#1"])
def test_a_project_that_is_not_configured_any_more_is_forgotten(
    looking: Looking, queue: SqliteQueue, clock: Clock, project: str
) -> None:
    queue.add(IssueChanged(IssueRef.parse(project)), clock())
    look = Looks(ReconcileResult())

    assert looking(look).look_once()
    assert not look.asked
    assert queue.stats().waiting == 0


def test_backoff_doubles_to_a_cap_and_spreads_issues() -> None:
    waits = [backoff(API, attempt) for attempt in range(1, 40)]

    assert all(wait >= BACKOFF * 0.8 for wait in waits)
    assert all(wait <= LONGEST_BACKOFF * 1.2 for wait in waits)
    assert waits[3] > waits[1] > BACKOFF
    assert backoff(API, 1000) >= LONGEST_BACKOFF * 0.8
    assert len({backoff(IssueRef("github", "acme/api", number), 1) for number in range(1, 50)}) > 40
