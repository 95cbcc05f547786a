"""What every engine of the queue promises. Time is an argument, so nothing here waits for it."""

import threading
import time
from datetime import datetime

import pytest

from tests.examples import MORE
from tests.postgres import Clocked
from tests.queue.conftest import API, LEASE, NOON, WEB, after
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Lease, Queue, QueueError, RequeueReason, Stats
from tracker_bridge.trackers import IssueChanged

HOURS = 10_000.0
HANGS = 120.0
"""Seconds after which a thread hangs: on a machine that is overloaded, one verb of a database takes many."""


def take(queue: Queue, seconds: float = 0) -> Lease:
    lease = queue.take(after(seconds))
    assert lease is not None
    return lease


def test_an_empty_queue_gives_nothing(queue: Queue) -> None:
    assert queue.take(NOON) is None
    assert queue.stats() == Stats(waiting=0, held=0, next_at=None)


def test_a_ref_is_given_when_it_is_due_and_not_before(queue: Queue) -> None:
    queue.add(IssueChanged(API), after(10))

    assert queue.take(after(9)) is None
    assert take(queue, 10).ref == API


def test_what_has_been_due_for_longest_comes_first(queue: Queue) -> None:
    queue.add(IssueChanged(API), after(2))
    queue.add(IssueChanged(WEB), after(1))

    assert [take(queue, 5).ref, take(queue, 5).ref] == [WEB, API]


def test_hints_of_one_issue_merge_and_the_earlier_time_wins(queue: Queue) -> None:
    for seconds in (20, 5, 40):
        queue.add(IssueChanged(API), after(seconds))

    assert queue.stats() == Stats(waiting=1, held=0, next_at=after(5))
    queue.done(take(queue, 5), None)
    assert queue.take(after(100)) is None


def test_what_is_submitted_without_waiting_is_there_once_that_is_done(queue: Queue) -> None:
    submitted = [queue.submit(IssueChanged(ref), NOON) for ref in (API, WEB, API)]
    for saved in submitted:
        assert saved is None or saved.result(HANGS) is None

    assert queue.stats().waiting == 2
    assert {take(queue).ref, take(queue).ref} == {API, WEB}


def test_awaited_comments_merge_and_the_newest_version_wins(queue: Queue) -> None:
    queue.add(IssueChanged(API, 7, after(2)), NOON)
    queue.add(IssueChanged(API, 7, after(1)), NOON)
    queue.add(IssueChanged(API, 8, after(3)), NOON)
    queue.add(IssueChanged(API), NOON)

    assert take(queue).expected_comments == {7: after(2), 8: after(3)}


@pytest.mark.parametrize("first_deleted", [True, False])
def test_a_deleted_comment_is_awaited_as_gone_whatever_comes_late(queue: Queue, first_deleted: bool) -> None:
    deleted, edited = IssueChanged(API, 7, None), IssueChanged(API, 7, after(9))
    for change in (deleted, edited) if first_deleted else (edited, deleted):
        queue.add(change, NOON)

    assert take(queue).expected_comments == {7: None}


def test_one_ref_never_has_two_holders(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    take(queue)
    queue.add(IssueChanged(API), NOON)

    assert queue.take(after(30)) is None
    assert queue.stats() == Stats(waiting=0, held=1, next_at=None)


def test_what_comes_while_it_is_held_is_due_right_after_done(queue: Queue) -> None:
    queue.add(IssueChanged(API, 7, after(0)), NOON)
    lease = take(queue)
    queue.add(IssueChanged(API, 8, after(1)), after(1))
    queue.done(lease, next_at=after(900))

    again = take(queue, 1)
    assert again.expected_comments == {8: after(1)}


def test_a_newer_version_of_a_comment_seen_is_awaited_again(queue: Queue) -> None:
    queue.add(IssueChanged(API, 7, after(0)), NOON)
    lease = take(queue)
    queue.add(IssueChanged(API, 7, after(1)), after(1))
    queue.done(lease, None)

    assert take(queue, 1).expected_comments == {7: after(1)}


def test_done_forgets_what_was_awaited_and_every_failure(queue: Queue) -> None:
    queue.add(IssueChanged(API, 7, after(0)), NOON)
    queue.defer(take(queue), after(1))
    queue.done(take(queue, 1), next_at=after(60))

    again = take(queue, 60)
    assert (again.expected_comments, again.attempt) == ({}, 1)


def test_done_asks_for_the_next_reconcile_at_a_moment(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    queue.done(take(queue), next_at=after(900))

    assert queue.take(after(899)) is None
    assert take(queue, 900).ref == API


def test_an_event_does_not_wait_for_the_next_reconcile_asked_for(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    queue.done(take(queue), next_at=after(900))
    queue.add(IssueChanged(API), after(10))

    assert take(queue, 10).ref == API


def test_defer_waits_counts_and_keeps_what_is_awaited(queue: Queue) -> None:
    queue.add(IssueChanged(API, 7, None), NOON)
    queue.defer(take(queue), after(30))

    assert queue.take(after(29)) is None
    again = take(queue, 30)
    assert (again.attempt, again.expected_comments) == (2, {7: None})


def test_what_was_not_tried_is_not_counted(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    queue.defer(take(queue), after(30), RequeueReason.NOT_TRIED)

    again = take(queue, 30)
    assert (again.attempt, again.waits) == (1, 0)


def test_waiting_and_failing_are_counted_apart(queue: Queue) -> None:
    queue.add(IssueChanged(API, 7, None), NOON)
    for seconds, reason in enumerate([RequeueReason.FAILED, RequeueReason.TOO_EARLY, RequeueReason.FAILED]):
        queue.defer(take(queue, seconds), after(seconds + 1), reason)

    again = take(queue, 3)
    assert (again.attempt, again.waits) == (3, 1)
    queue.done(again, after(4))
    fresh = take(queue, 4)
    assert (fresh.attempt, fresh.waits) == (1, 0)


def test_an_event_does_not_wait_for_a_backoff(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    queue.defer(take(queue), after(600))
    queue.add(IssueChanged(API), after(3))

    assert take(queue, 3).attempt == 2


def test_a_failed_reconcile_does_not_push_back_what_came_meanwhile(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    lease = take(queue)
    queue.add(IssueChanged(API), after(1))
    queue.defer(lease, after(600))

    assert take(queue, 1).ref == API


def test_a_comment_not_awaited_before_gets_its_full_patience(queue: Queue) -> None:
    queue.add(IssueChanged(API, 7, after(0)), NOON)
    queue.defer(take(queue), after(1), RequeueReason.TOO_EARLY)
    queue.defer(take(queue, 1), after(600), RequeueReason.TOO_EARLY)
    queue.add(IssueChanged(API, 8, after(2)), after(2))

    assert take(queue, 2).waits == 0


def test_a_lease_that_ends_gives_it_back_and_counts(queue: Queue) -> None:
    queue.add(IssueChanged(API, 7, None), NOON)
    take(queue)

    assert queue.take(NOON + LEASE - after(1).resolution) is None
    again = take(queue, LEASE.total_seconds())
    assert (again.ref, again.expected_comments, again.attempt) == (API, {7: None}, 2)


def test_a_lease_that_is_renewed_begins_anew(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    queue.renew(take(queue), after(50))

    assert queue.take(after(109)) is None
    assert take(queue, 110).ref == API


def test_who_lost_the_lease_changes_nothing(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    slow = take(queue)
    holder = take(queue, 60)
    queue.done(slow, None)
    queue.defer(slow, after(61))
    queue.renew(slow, after(61))

    assert queue.stats().held == 1
    assert take(queue, 120).ref == API
    assert holder.ticket != slow.ticket


def waiting(queue: Queue, now: datetime = NOON) -> threading.Thread:
    """Return a thread in which somebody waits, for far longer than any test may take."""
    thread = threading.Thread(target=queue.wait, args=(now, HOURS), daemon=True)
    thread.start()
    return thread


def test_wait_ends_when_something_is_added(queue: Queue) -> None:
    waited = waiting(queue)
    queue.add(IssueChanged(API), NOON)
    waited.join(HANGS)

    assert not waited.is_alive()


def test_wait_ends_at_once_when_something_is_due_already(queue: Queue) -> None:
    queue.add(IssueChanged(API), NOON)
    waited = waiting(queue)
    waited.join(HANGS)

    assert not waited.is_alive()


def test_wait_ends_when_the_first_is_due(queue: Queue) -> None:
    queue.add(IssueChanged(API), after(0.01))
    waited = waiting(queue)
    waited.join(HANGS)

    assert not waited.is_alive()


def test_wake_ends_every_wait(queue: Queue) -> None:
    waits = [threading.Thread(target=queue.wait, args=(NOON, 60)) for _ in range(3)]
    for wait in waits:
        wait.start()
    end = time.monotonic() + 10
    while any(wait.is_alive() for wait in waits) and time.monotonic() < end:
        queue.wake()
        for wait in waits:
            wait.join(0.01)

    assert not any(wait.is_alive() for wait in waits)


def test_holders_in_several_threads_never_meet_and_nothing_is_lost(queue: Queue) -> None:
    refs = [IssueRef("github", "acme/api", number) for number in range(1, 21)]
    truth, seen, assignment, overlaps = dict.fromkeys(refs, 0), dict.fromkeys(refs, 0), set[IssueRef](), []
    finished = threading.Event()

    def look() -> None:
        while not (finished.is_set() and queue.stats().waiting == 0):
            lease = queue.take(NOON)
            if lease is None:
                queue.wait(NOON, 0.01)
                continue
            if lease.ref in assignment:
                overlaps.append(lease.ref)
            assignment.add(lease.ref)
            seen[lease.ref] = truth[lease.ref]
            assignment.discard(lease.ref)
            queue.done(lease, None)

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for looker in lookers:
        looker.start()
    for number in range((200 if isinstance(queue, Clocked) else 600) * MORE):
        ref = refs[number % 20]
        truth[ref] = number
        queue.add(IssueChanged(ref), NOON)
    finished.set()
    for looker in lookers:
        looker.join(30)

    assert not overlaps
    assert seen == truth


def test_thousands_of_duplicates_become_one_reconcile_per_issue(queue: Queue) -> None:
    for number in range(1_000 if isinstance(queue, Clocked) else 10_000):  # there, each is a round trip
        queue.add(IssueChanged(IssueRef("github", "acme/api", number % 20 + 1)), NOON)
    looks = 0
    while lease := queue.take(NOON):
        looks += 1
        queue.done(lease, None)

    assert looks == 20


def test_a_closed_queue_says_so(queue: Queue) -> None:
    queue.close()

    with pytest.raises(QueueError, match="closed"):
        queue.add(IssueChanged(API), NOON)
