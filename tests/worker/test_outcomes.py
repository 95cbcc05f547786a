"""What the worker does with each outcome of a look. The clock stands still; nothing waits."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import pytest

from tests.worker.conftest import API, SECOND, SHOP, THIRD, WEB, Clock
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Carried
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
        if worker.reconcile_once():
            return seconds
        clock.forward(1)
    pytest.fail(f"no look within {limit} seconds")


def test_nothing_due_is_no_reconcile(looking: Looking) -> None:
    assert not looking(Looks(ReconcileResult())).reconcile_once()


def test_what_is_lost_of_messages_is_counted(
    queue: SqliteQueue, trackers: Mapping[str, Tracker], clock: Clock
) -> None:
    queue.add(IssueChanged(API), clock())
    seen: list[object] = []
    look = Looks(ReconcileResult(lost=("mail", "mail")))
    assert Worker(queue, trackers, look, clock=clock, observe=seen.append).reconcile_once()
    assert seen[1:] == [Carried("mail", "unknown")] * 2


def test_a_reconcile_that_succeeds_is_done(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API, 7, clock()), clock())
    look = Looks(ReconcileResult())
    worker = looking(look)

    assert worker.reconcile_once()
    assert not worker.reconcile_once()
    assert (look.asked, look.expected_comments) == ([API], [{7: clock()}])
    assert queue.stats().waiting == 0


def test_a_reconcile_names_the_moment_of_the_next(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API), clock())
    worker = looking(Looks(ReconcileResult(next_at=clock() + timedelta(seconds=90)), ReconcileResult()))

    worker.reconcile_once()
    assert seconds_until_next_look(worker, clock) == 90


def test_a_reconcile_that_asks_for_the_past_is_not_repeated_without_a_pause(
    looking: Looking, queue: SqliteQueue, clock: Clock
) -> None:
    queue.add(IssueChanged(API), clock())
    worker = looking(Looks(ReconcileResult(next_at=clock() - timedelta(hours=1))))

    assert [seconds_until_next_look(worker, clock) for _ in range(3)] == [0, 10, 10]


def test_issues_that_were_opened_are_reconciled_next(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API), clock())
    look = Looks(ReconcileResult(others=(SECOND,), missing={7: None}), ReconcileResult())
    worker = looking(look)

    while worker.reconcile_once():
        pass
    assert look.asked == [API, SECOND]


def test_what_is_missing_is_looked_for_six_times_and_then_counts_as_gone(
    looking: Looking, queue: SqliteQueue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    noon = clock()
    queue.add(IssueChanged(API, 7, noon), noon)
    look = Looks(ReconcileResult(missing={7: noon}))
    worker = looking(look)
    caplog.set_level(logging.INFO)

    assert [seconds_until_next_look(worker, clock) for _ in range(6)] == [0, 1, 1, 3, 10, 30]
    assert look.expected_comments == [{7: noon}] * 6
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
    assert [seconds_until_next_look(worker, clock) for _ in range(3)][1:] == [1, 1]
    assert len(look.asked) == 10
    assert set(look.expected_comments[-1]) == {7}
    assert queue.stats().waiting == 0


def test_an_issue_that_stays_gone_is_forgotten(
    looking: Looking, queue: SqliteQueue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    queue.add(IssueChanged(API), clock())
    worker = looking(Looks(Gone("no such issue")))
    caplog.set_level(logging.INFO)

    assert [seconds_until_next_look(worker, clock) for _ in range(6)] == [0, 1, 1, 3, 10, 30]
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

    while worker.reconcile_once():
        pass
    assert look.asked == [API, SECOND]
    clock.forward(5)
    assert worker.reconcile_once()
    assert look.asked == [API, SECOND, API]


def test_an_issue_that_is_busy_concerns_nobody_else(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    for ref in (API, SECOND, SHOP, WEB):
        queue.add(IssueChanged(ref), clock())
    look = Looks(Busy("bad gateway", 120), ReconcileResult())
    worker = looking(look)

    while worker.reconcile_once():
        pass
    assert sorted(look.asked) == sorted([API, SECOND, SHOP, WEB])
    assert seconds_until_next_look(worker, clock) == 120


class Failing:
    """Answers for a project as the forge does now; remembers what it was asked."""

    def __init__(self, project: str) -> None:
        self.project = project
        self.asked: list[IssueRef] = []

    def __call__(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        self.asked.append(ref)
        if ref.project == self.project:
            raise Busy("bad gateway", 1)
        return ReconcileResult()

    def count(self, project: str) -> int:
        return sum(ref.project == project for ref in self.asked)


def work_off(worker: Worker) -> None:
    while worker.reconcile_once():
        pass


def issues(project: str, count: int) -> list[IssueRef]:
    return [IssueRef("github", project, number) for number in range(1, count + 1)]


def test_a_project_in_which_several_issues_fail_in_a_row_is_left_alone(
    looking: Looking, queue: SqliteQueue, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for ref in (*issues("acme/api", 20), *issues("acme/shop", 20), WEB):
        queue.add(IssueChanged(ref), clock())
    look = Failing("acme/api")
    worker = looking(look)

    work_off(worker)
    assert (look.count("acme/api"), look.count("acme/shop"), look.count("acme/web")) == (3, 20, 1)
    assert "github:acme/api: several issues in a row could not be processed; pausing for 5 s" in caplog.text

    clock.forward(4)
    for ref in (API, SHOP):
        queue.add(IssueChanged(ref), clock())
    work_off(worker)
    assert (look.count("acme/api"), look.count("acme/shop")) == (3, 21)


def test_after_a_pause_one_reconcile_tells_whether_the_project_goes_on(
    looking: Looking, queue: SqliteQueue, clock: Clock
) -> None:
    for ref in issues("acme/api", 20):
        queue.add(IssueChanged(ref), clock())
    look = Failing("acme/api")
    worker = looking(look)
    work_off(worker)
    clock.forward(5)
    work_off(worker)
    assert len(look.asked) == 4

    look.project = ""
    clock.forward(10)
    work_off(worker)
    assert {ref.number for ref in look.asked} == set(range(1, 21))


def test_a_long_outage_of_a_project_is_over_within_a_minute(
    looking: Looking, queue: SqliteQueue, clock: Clock
) -> None:
    look = Failing("acme/api")
    worker = looking(look)
    for _ in range(600):
        for ref in issues("acme/api", 4):
            queue.add(IssueChanged(ref), clock())
        work_off(worker)
        clock.forward(6)
    assert len(look.asked) < 100

    look.project = ""
    queue.add(IssueChanged(API), clock())
    assert seconds_until_next_look(worker, clock) == 0  # taken, and put aside again
    before = len(look.asked)
    for _ in range(60):
        clock.forward(1)
        work_off(worker)
    assert API in look.asked[before:]


def test_one_issue_that_fails_again_and_again_does_not_pause_its_project(
    looking: Looking, queue: SqliteQueue, clock: Clock
) -> None:
    def look(ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        asked.append(ref)
        if ref == API:
            raise Busy("bad gateway", 1)
        return ReconcileResult()

    asked: list[IssueRef] = []
    worker = looking(look)
    for _ in range(6):
        queue.add(IssueChanged(API), clock())
        work_off(worker)
        clock.forward(1)
    queue.add(IssueChanged(SECOND), clock())
    work_off(worker)

    assert asked == [API] * 6 + [SECOND]


def test_a_server_that_names_a_longer_pause_gets_it(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    for ref in (API, SECOND, THIRD):
        queue.add(IssueChanged(ref), clock())
    worker = looking(Looks(Busy("maintenance", 600)))
    work_off(worker)
    queue.add(IssueChanged(API), clock())

    assert worker.reconcile_once()  # put aside
    assert seconds_until_next_look(worker, clock) == 600


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

    while worker.reconcile_once():
        pass
    assert look.asked == [API, WEB]
    assert "github:acme/api#1: unexpected error" in caplog.text
    assert "ZeroDivisionError: one by none" in caplog.text
    assert 4 <= seconds_until_next_look(worker, clock) <= 6


def test_an_event_does_not_wait_for_a_backoff(looking: Looking, queue: SqliteQueue, clock: Clock) -> None:
    queue.add(IssueChanged(API), clock())
    look = Looks(ZeroDivisionError(), ReconcileResult())
    worker = looking(look)
    worker.reconcile_once()
    queue.add(IssueChanged(API), clock())

    assert worker.reconcile_once()
    assert len(look.asked) == 2


@pytest.mark.parametrize("project", ["github:acme/old#1", "gitea:acme/api#1"])
def test_a_project_that_is_not_configured_any_more_is_forgotten(
    looking: Looking, queue: SqliteQueue, clock: Clock, project: str
) -> None:
    queue.add(IssueChanged(IssueRef.parse(project)), clock())
    look = Looks(ReconcileResult())

    assert looking(look).reconcile_once()
    assert not look.asked
    assert queue.stats().waiting == 0


def test_backoff_doubles_to_a_cap_and_spreads_issues() -> None:
    waits = [backoff(API, attempt) for attempt in range(1, 40)]

    assert all(wait >= BACKOFF * 0.8 for wait in waits)
    assert all(wait <= LONGEST_BACKOFF * 1.2 for wait in waits)
    assert waits[3] > waits[1] > BACKOFF
    assert backoff(API, 1000) >= LONGEST_BACKOFF * 0.8
    assert len({backoff(IssueRef("github", "acme/api", number), 1) for number in range(1, 50)}) > 40
