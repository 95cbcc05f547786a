"""What every engine of the queue promises. Time is an argument, so nothing here waits for it."""

import threading
import time

import pytest

from tests.hints.conftest import API, LEASE, NOON, WEB, after
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.hints import Because, Hints, QueueError, Stats, Taken
from tracker_bridge.trackers import Hint


def take(hints: Hints, seconds: float = 0) -> Taken:
    taken = hints.take(after(seconds))
    assert taken is not None
    return taken


def test_an_empty_queue_gives_nothing(hints: Hints) -> None:
    assert hints.take(NOON) is None
    assert hints.stats() == Stats(waiting=0, held=0, next_at=None)


def test_a_ref_is_given_when_it_is_due_and_not_before(hints: Hints) -> None:
    hints.add(Hint(API), after(10))

    assert hints.take(after(9)) is None
    assert take(hints, 10).ref == API


def test_what_has_been_due_for_longest_comes_first(hints: Hints) -> None:
    hints.add(Hint(API), after(2))
    hints.add(Hint(WEB), after(1))

    assert [take(hints, 5).ref, take(hints, 5).ref] == [WEB, API]


def test_hints_of_one_issue_merge_and_the_earlier_time_wins(hints: Hints) -> None:
    for seconds in (20, 5, 40):
        hints.add(Hint(API), after(seconds))

    assert hints.stats() == Stats(waiting=1, held=0, next_at=after(5))
    hints.done(take(hints, 5), None)
    assert hints.take(after(100)) is None


def test_awaited_comments_merge_and_the_newest_version_wins(hints: Hints) -> None:
    hints.add(Hint(API, 7, after(2)), NOON)
    hints.add(Hint(API, 7, after(1)), NOON)
    hints.add(Hint(API, 8, after(3)), NOON)
    hints.add(Hint(API), NOON)

    assert take(hints).awaited == {7: after(2), 8: after(3)}


@pytest.mark.parametrize("first_deleted", [True, False])
def test_a_deleted_comment_is_awaited_as_gone_whatever_comes_late(hints: Hints, first_deleted: bool) -> None:
    deleted, edited = Hint(API, 7, None), Hint(API, 7, after(9))
    for hint in (deleted, edited) if first_deleted else (edited, deleted):
        hints.add(hint, NOON)

    assert take(hints).awaited == {7: None}


def test_one_ref_never_has_two_holders(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    take(hints)
    hints.add(Hint(API), NOON)

    assert hints.take(after(30)) is None
    assert hints.stats() == Stats(waiting=0, held=1, next_at=None)


def test_what_comes_while_it_is_held_is_due_right_after_done(hints: Hints) -> None:
    hints.add(Hint(API, 7, after(0)), NOON)
    taken = take(hints)
    hints.add(Hint(API, 8, after(1)), after(1))
    hints.done(taken, look_again_at=after(900))

    again = take(hints, 1)
    assert again.awaited == {8: after(1)}


def test_a_newer_version_of_a_comment_seen_is_awaited_again(hints: Hints) -> None:
    hints.add(Hint(API, 7, after(0)), NOON)
    taken = take(hints)
    hints.add(Hint(API, 7, after(1)), after(1))
    hints.done(taken, None)

    assert take(hints, 1).awaited == {7: after(1)}


def test_done_forgets_what_was_awaited_and_every_failure(hints: Hints) -> None:
    hints.add(Hint(API, 7, after(0)), NOON)
    hints.defer(take(hints), after(1))
    hints.done(take(hints, 1), look_again_at=after(60))

    again = take(hints, 60)
    assert (again.awaited, again.attempt) == ({}, 1)


def test_done_asks_for_the_next_look_at_a_moment(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    hints.done(take(hints), look_again_at=after(900))

    assert hints.take(after(899)) is None
    assert take(hints, 900).ref == API


def test_an_event_does_not_wait_for_the_next_look_asked_for(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    hints.done(take(hints), look_again_at=after(900))
    hints.add(Hint(API), after(10))

    assert take(hints, 10).ref == API


def test_defer_waits_counts_and_keeps_what_is_awaited(hints: Hints) -> None:
    hints.add(Hint(API, 7, None), NOON)
    hints.defer(take(hints), after(30))

    assert hints.take(after(29)) is None
    again = take(hints, 30)
    assert (again.attempt, again.awaited) == (2, {7: None})


def test_what_was_not_tried_is_not_counted(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    hints.defer(take(hints), after(30), Because.NOT_TRIED)

    again = take(hints, 30)
    assert (again.attempt, again.waits) == (1, 0)


def test_waiting_and_failing_are_counted_apart(hints: Hints) -> None:
    hints.add(Hint(API, 7, None), NOON)
    for seconds, because in enumerate([Because.FAILED, Because.TOO_EARLY, Because.FAILED]):
        hints.defer(take(hints, seconds), after(seconds + 1), because)

    again = take(hints, 3)
    assert (again.attempt, again.waits) == (3, 1)
    hints.done(again, after(4))
    fresh = take(hints, 4)
    assert (fresh.attempt, fresh.waits) == (1, 0)


def test_an_event_does_not_wait_for_a_backoff(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    hints.defer(take(hints), after(600))
    hints.add(Hint(API), after(3))

    assert take(hints, 3).attempt == 2


def test_a_failed_look_does_not_push_back_what_came_meanwhile(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    taken = take(hints)
    hints.add(Hint(API), after(1))
    hints.defer(taken, after(600))

    assert take(hints, 1).ref == API


def test_a_comment_not_awaited_before_gets_its_full_patience(hints: Hints) -> None:
    hints.add(Hint(API, 7, after(0)), NOON)
    hints.defer(take(hints), after(1), Because.TOO_EARLY)
    hints.defer(take(hints, 1), after(600), Because.TOO_EARLY)
    hints.add(Hint(API, 8, after(2)), after(2))

    assert take(hints, 2).waits == 0


def test_a_lease_that_ends_gives_it_back_and_counts(hints: Hints) -> None:
    hints.add(Hint(API, 7, None), NOON)
    take(hints)

    assert hints.take(NOON + LEASE - after(1).resolution) is None
    again = take(hints, LEASE.total_seconds())
    assert (again.ref, again.awaited, again.attempt) == (API, {7: None}, 2)


def test_a_lease_that_is_renewed_begins_anew(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    hints.renew(take(hints), after(50))

    assert hints.take(after(109)) is None
    assert take(hints, 110).ref == API


def test_who_lost_the_lease_changes_nothing(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    slow = take(hints)
    holder = take(hints, 60)
    hints.done(slow, None)
    hints.defer(slow, after(61))
    hints.renew(slow, after(61))

    assert hints.stats().held == 1
    assert take(hints, 120).ref == API
    assert holder.ticket != slow.ticket


def test_wait_ends_when_something_is_added(hints: Hints) -> None:
    waited = threading.Thread(target=hints.wait, args=(NOON, 60))
    waited.start()
    hints.add(Hint(API), NOON)
    waited.join(10)

    assert not waited.is_alive()


def test_wait_ends_at_once_when_something_is_due_already(hints: Hints) -> None:
    hints.add(Hint(API), NOON)
    waited = threading.Thread(target=hints.wait, args=(NOON, 60))
    waited.start()
    waited.join(10)

    assert not waited.is_alive()


def test_wait_ends_when_the_first_is_due(hints: Hints) -> None:
    hints.add(Hint(API), after(0.01))
    waited = threading.Thread(target=hints.wait, args=(NOON, 60))
    waited.start()
    waited.join(10)

    assert not waited.is_alive()


def test_wake_ends_every_wait(hints: Hints) -> None:
    waits = [threading.Thread(target=hints.wait, args=(NOON, 60)) for _ in range(3)]
    for wait in waits:
        wait.start()
    end = time.monotonic() + 10
    while any(wait.is_alive() for wait in waits) and time.monotonic() < end:
        hints.wake()
        for wait in waits:
            wait.join(0.01)

    assert not any(wait.is_alive() for wait in waits)


def test_holders_in_several_threads_never_meet_and_nothing_is_lost(hints: Hints) -> None:
    refs = [IssueRef("github", "acme/api", number) for number in range(1, 21)]
    truth, seen, holding, overlaps = dict.fromkeys(refs, 0), dict.fromkeys(refs, 0), set[IssueRef](), []
    finished = threading.Event()

    def look() -> None:
        while not (finished.is_set() and hints.stats().waiting == 0):
            taken = hints.take(NOON)
            if taken is None:
                hints.wait(NOON, 0.01)
                continue
            if taken.ref in holding:
                overlaps.append(taken.ref)
            holding.add(taken.ref)
            seen[taken.ref] = truth[taken.ref]
            holding.discard(taken.ref)
            hints.done(taken, None)

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for looker in lookers:
        looker.start()
    for number in range(2000):
        ref = refs[number % 20]
        truth[ref] = number
        hints.add(Hint(ref), NOON)
    finished.set()
    for looker in lookers:
        looker.join(30)

    assert not overlaps
    assert seen == truth


def test_ten_thousand_duplicates_become_one_look_per_issue(hints: Hints) -> None:
    for number in range(10_000):
        hints.add(Hint(IssueRef("github", "acme/api", number % 20 + 1)), NOON)
    looks = 0
    while taken := hints.take(NOON):
        looks += 1
        hints.done(taken, None)

    assert looks == 20


def test_a_closed_queue_says_so(hints: Hints) -> None:
    hints.close()

    with pytest.raises(QueueError, match="closed"):
        hints.add(Hint(API), NOON)
