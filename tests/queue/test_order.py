"""Who is next: what every engine promises of priorities, turns and caps. Nothing here waits for the clock."""

from collections.abc import Iterable

import pytest

from tests.queue.conftest import API, LEASE, NOON, WEB, Opening, after
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Caps, Lease, Priority, Queue, RequeueReason
from tracker_bridge.trackers import IssueChanged


def issue(project: str, number: int = 1, tracker: str = "github") -> IssueRef:
    return IssueRef(tracker, f"acme/{project}", number)


def add(queue: Queue, refs: Iterable[IssueRef], priority: Priority = Priority.PERSON) -> None:
    for ref in refs:
        queue.add(IssueChanged(ref), NOON, priority)


def leases(queue: Queue, seconds: float = 0) -> list[Lease]:
    """Take all that can be taken."""
    return list(iter(lambda: queue.take(after(seconds)), None))


def looks(queue: Queue, seconds: float = 0) -> list[IssueRef]:
    """Look at one after the other."""
    seen: list[IssueRef] = []
    while lease := queue.take(after(seconds)):
        seen.append(lease.ref)
        queue.done(lease, None)
    return seen


def test_the_most_important_goes_first_whatever_has_been_due_for_longer(queue: Queue) -> None:
    refs = {priority: issue("api", priority + 1) for priority in Priority}
    for seconds, priority in enumerate(Priority):
        queue.add(IssueChanged(refs[priority]), after(seconds), priority)

    taken = leases(queue, 10)
    assert [lease.ref for lease in taken] == [refs[priority] for priority in sorted(Priority, reverse=True)]
    assert [lease.priority for lease in taken] == sorted(Priority, reverse=True)


@pytest.mark.parametrize("priorities", [(Priority.SWEEP, Priority.PERSON), (Priority.PERSON, Priority.SWEEP)])
def test_the_greater_of_two_priorities_counts(queue: Queue, priorities: tuple[Priority, ...]) -> None:
    add(queue, [WEB], Priority.TIMER)
    for priority in priorities:
        add(queue, [API], priority)

    assert [lease.ref for lease in leases(queue)] == [API, WEB]


def test_what_is_important_stays_so_until_a_reconcile_is_done(queue: Queue) -> None:
    add(queue, [API], Priority.PERSON)
    for seconds, reason in enumerate(RequeueReason):
        [lease] = leases(queue, seconds)
        queue.defer(lease, after(seconds + 1), reason)
    [lease] = leases(queue, 3)
    assert lease.priority is Priority.PERSON
    queue.done(lease, after(4))

    [again] = leases(queue, 4)
    assert again.priority is Priority.TIMER


def test_a_lease_that_ends_is_as_important_as_before(queue: Queue) -> None:
    add(queue, [API], Priority.PERSON)
    [lost] = leases(queue)
    add(queue, [WEB], Priority.TIMER)

    assert [lease.ref for lease in leases(queue, LEASE.total_seconds())] == [lost.ref, WEB]


def test_what_comes_while_it_is_held_has_its_own_priority(queue: Queue) -> None:
    add(queue, [API], Priority.PERSON)
    [lease] = leases(queue)
    add(queue, [API], Priority.SWEEP)
    queue.done(lease, None)
    [again] = leases(queue)
    assert again.priority is Priority.SWEEP

    add(queue, [API], Priority.PERSON)
    queue.defer(again, after(1))
    assert [lease.priority for lease in leases(queue, 1)] == [Priority.PERSON]


def test_a_command_passes_an_issue_that_is_put_off(queue: Queue) -> None:
    queue.add(IssueChanged(API), after(600), Priority.FIRST_SIGHT)
    add(queue, [WEB], Priority.SWEEP)
    add(queue, [API], Priority.PERSON)

    assert looks(queue) == [API, WEB]


def test_projects_take_turns(queue: Queue) -> None:
    noisy, quiet = [issue("noisy", number) for number in range(1, 6)], [issue("quiet", 1), issue("quiet", 2)]
    add(queue, noisy)
    add(queue, [*quiet, WEB])

    assert looks(queue) == [noisy[0], quiet[0], WEB, noisy[1], quiet[1], *noisy[2:]]


def test_an_important_project_does_not_wait_for_its_turn(queue: Queue) -> None:
    add(queue, [issue(name) for name in "abcdef"], Priority.TIMER)
    first = queue.take(NOON)
    assert first is not None
    add(queue, [issue("a", 2)], Priority.PERSON)

    assert looks(queue)[0] == issue("a", 2)


def test_a_project_holds_no_more_than_its_cap(open_queue: Opening) -> None:
    queue = open_queue(Caps(project=2))
    hanging = [issue("hanging", number) for number in range(1, 9)]
    add(queue, hanging)
    add(queue, [WEB])
    held = leases(queue)
    assert [lease.ref for lease in held] == [hanging[0], WEB, hanging[1]]
    assert queue.stats().held == 3

    queue.done(held[0], None)
    assert [lease.ref for lease in leases(queue)] == [hanging[2]]
    queue.defer(held[2], after(5))
    assert [lease.ref for lease in leases(queue)] == [hanging[3]]


def test_a_tracker_holds_no_more_than_its_cap(open_queue: Opening) -> None:
    queue = open_queue(Caps(project=2, tracker=3))
    add(queue, [issue(name, number, "gitlab") for name in "abc" for number in (1, 2, 3)])
    add(queue, [issue(name) for name in "ab"])

    held = [lease.ref.tracker for lease in leases(queue)]
    assert (held.count("gitlab"), held.count("github")) == (3, 2)


def test_what_is_less_important_goes_on_while_the_important_is_at_its_cap(open_queue: Opening) -> None:
    queue = open_queue(Caps(project=1))
    add(queue, [issue("hanging", 1), issue("hanging", 2)])
    add(queue, [WEB], Priority.FIRST_SIGHT)

    assert [lease.ref for lease in leases(queue)] == [issue("hanging", 1), WEB]


def test_what_nobody_waits_for_leaves_room_for_people(open_queue: Opening) -> None:
    queue = open_queue(Caps(background=2))
    for number, priority in enumerate((Priority.TIMER, Priority.SWEEP, Priority.FIRST_SIGHT), 1):
        add(queue, [issue("api", number), issue("web", number)], priority)
    held = leases(queue)
    assert [lease.priority for lease in held] == [Priority.TIMER] * 2

    add(queue, [issue("api", 7), issue("api", 8)], Priority.PERSON)
    people = leases(queue)
    assert [lease.ref.number for lease in people] == [7, 8]
    queue.done(held[0], None)
    assert not leases(queue)
    for lease in people:
        queue.done(lease, None)
    assert [lease.priority for lease in leases(queue)] == [Priority.SWEEP]


def test_leases_that_end_free_what_they_held(open_queue: Opening) -> None:
    queue = open_queue(Caps(project=2, tracker=2))
    lost, waiting = [issue("api", number) for number in (1, 2)], issue("api", 3)
    add(queue, lost, Priority.SWEEP)
    leases(queue)
    add(queue, [waiting])

    again = leases(queue, LEASE.total_seconds())
    assert again[0].ref == waiting
    for lease in again:
        queue.done(lease, None)
    assert {again[1].ref, *looks(queue, LEASE.total_seconds())} == {*lost}


def test_a_wait_ends_when_a_cap_is_free_again(open_queue: Opening) -> None:
    queue = open_queue(Caps(project=1))
    add(queue, [API, issue("api", 2)])
    [held] = leases(queue)
    queue.wait(NOON, 0.001)  # what cannot be taken does not end it; else this would be a busy loop
    queue.done(held, None)
    queue.wait(NOON, 60)

    assert len(leases(queue)) == 1


def test_every_issue_gets_its_reconcile_whatever_was_at_a_cap(open_queue: Opening) -> None:
    queue = open_queue(Caps(project=1, tracker=2))
    refs = {
        issue(name, number, tracker) for name in "abc" for number in (1, 2) for tracker in ("github", "gitlab")
    }
    for number, ref in enumerate(sorted(refs)):
        queue.add(IssueChanged(ref), NOON, Priority(number % 4))
    seen: set[IssueRef] = set()
    while held := leases(queue):
        assert len(held) <= 4
        seen |= {lease.ref for lease in held}
        for lease in held:
            queue.done(lease, None)

    assert seen == refs
