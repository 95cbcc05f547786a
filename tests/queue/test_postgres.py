"""What only the engine on PostgreSQL promises: to hosts that share it, and while its database is away."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.postgres import opened, temporary_folder
from tests.postgres.door import Door
from tests.queue.conftest import API, WEB
from tracker_bridge.queue import Lease, Priority, QueueError
from tracker_bridge.queue.glance import alone, kept_key, server_version
from tracker_bridge.queue.postgres import PostgresQueue
from tracker_bridge.trackers import IssueChanged

HANGS = 120.0
OFTEN = 12
"""Times after which every statement has been prepared in each connection."""

Host = Callable[..., PostgresQueue]


def now() -> datetime:
    return datetime.now(UTC)


def eventually(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + HANGS
    while not condition():
        assert time.monotonic() < end, f"not: {what}"
        time.sleep(0.02)


@pytest.fixture
def host(database: str) -> Iterator[Host]:
    """Open the queue as another host does."""
    with ExitStack() as hosts:
        yield lambda url=database, **given: hosts.enter_context(opened(url, **given))


@pytest.fixture
def door(database: str) -> Iterator[Door]:
    """A way to the same database, which is shut."""
    way = Door(database, temporary_folder())
    yield way
    way.shut()


def test_one_host_leads_until_it_ends(host: Host, database: str) -> None:
    second = host()
    with opened(database) as first:
        assert [first.leads(), first.leads(), second.leads(), second.leads()] == [True, True, False, False]
    eventually(second.leads, "the other one leads")


def test_a_leader_that_cannot_reach_the_database_leads_no_more(host: Host, door: Door) -> None:
    door.open()
    first, second = host(door.url), host()
    assert first.leads()
    door.shut()
    eventually(second.leads, "the other one leads")
    with pytest.raises(QueueError):
        first.leads()
    door.open()
    assert not first.leads()


def test_what_one_host_sent_another_does_not_send_again_so_soon(host: Host) -> None:
    first, second = host(), host()
    assert first.settled(API, "status", 30)
    assert not second.settled(API, "status", 30)
    assert second.settled(WEB, "status", 30)
    assert second.settled(API, "summary", 30)
    assert second.settled(API, "status", 0)
    second.removed(API, "status")
    assert first.settled(API, "status", 30)


def test_all_hosts_get_one_key_and_the_first_may_bring_it(host: Host, database: str) -> None:
    assert kept_key(database) is None
    first, second = host(key=b"k" * 24), host(key=b"l" * 24)
    assert [first.key(), second.key(), kept_key(database)] == [b"k" * 24] * 3


def test_two_hosts_do_not_declare_the_same_at_once(database: str, door: Door) -> None:
    with (
        alone(database, "one", 0) as first,
        alone(database, "one", 0) as second,
        alone(database, "other", 0) as other,
    ):
        assert (first, second, other) == (True, False, True)
    with alone(door.url, "one", 0) as unreachable:
        assert not unreachable
    with alone(database, "one", 0) as again:
        assert again


def test_what_comes_while_the_database_is_away_is_kept_and_written_later(host: Host, door: Door) -> None:
    receiver = host(door.url)
    for ref in (API, WEB):
        with pytest.raises(QueueError, match="cannot be used"):
            receiver.add(IssueChanged(ref), now())
    assert receiver.stats().waiting == 2
    assert receiver.stats().unsaved
    with pytest.raises(QueueError, match="cannot be used"):
        server_version(door.url)

    door.open()
    worker = host()
    eventually(lambda: worker.stats().waiting == 2, "both are in the queue")
    assert {lease.ref for _ in range(2) if (lease := worker.take(now()))} == {API, WEB}
    eventually(lambda: not receiver.stats().unsaved, "all is written")


def test_each_verb_takes_one_trip_and_a_take_two(host: Host, door: Door) -> None:
    """Somebody waits for the sum of them; a database may be some milliseconds away."""
    door.open()
    queue = host(door.url)
    held = list[Lease]()

    def take() -> None:
        lease = queue.take(now())
        assert lease is not None
        held.append(lease)

    def trips(act: Callable[[], object]) -> int:
        before = door.trips
        act()
        return door.trips - before

    queue.add(IssueChanged(WEB), now())
    take()  # the first registers
    queue.done(held.pop(), None)

    assert trips(lambda: queue.add(IssueChanged(API), now())) == 1
    assert trips(take) == 2
    assert trips(lambda: queue.renew(held[0], now())) == 1
    assert trips(lambda: queue.done(held[0], now())) == 1


def test_a_database_that_comes_back_is_used_again(host: Host, door: Door) -> None:
    door.open()
    queue = host(door.url)
    queue.add(IssueChanged(API), now())
    door.shut()
    with pytest.raises(QueueError):
        queue.take(now())
    door.open()

    def taken() -> bool:
        try:
            return queue.take(now()) is not None
        except QueueError:
            return False

    eventually(taken, "the issue is taken")


def test_an_empty_database_in_its_place_is_filled_again(host: Host, database: str) -> None:
    queue = host(key=b"k" * 24)
    assert queue.key() == b"k" * 24
    for _ in range(OFTEN):
        queue.add(IssueChanged(API), now())
        held = queue.take(now())
        assert held is not None
        queue.renew(held, now())
        queue.defer(held, now())
        queue.settled(WEB, "status", 30)
        queue.stats()
    queue.add(IssueChanged(API), now())
    held = queue.take(now())
    assert held is not None
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET client_min_messages = warning")
        row = connection.execute("SELECT current_schema()").fetchone()
        assert row is not None
        connection.execute(f"DROP SCHEMA {row[0]} CASCADE; CREATE SCHEMA {row[0]}")

    queue.done(held, now() + timedelta(days=1))
    assert queue.settled(API, "status", 30)
    assert queue.leads()
    queue.add(IssueChanged(WEB), now())
    leases = [queue.take(now()) for _ in range(2)]
    assert [lease.ref for lease in leases if lease] == [WEB, API]
    assert queue.key() == b"k" * 24


@pytest.mark.parametrize("verb", ["done", "defer"])
def test_whoever_lost_the_lease_has_the_issue_reconciled_once_more(host: Host, verb: str) -> None:
    lease = timedelta(seconds=0.2)
    slow, other = host(lease=lease), host(lease=lease)
    slow.add(IssueChanged(API), now())
    lost = slow.take(now())
    assert lost is not None
    eventually(lambda: _done(other), "another host takes over")
    assert other.stats().waiting == 0

    getattr(slow, verb)(lost, now() + timedelta(days=1))

    again = other.take(now())
    assert again is not None
    assert again.priority is Priority.SWEEP


def _done(queue: PostgresQueue) -> bool:
    lease = queue.take(now())
    if lease is not None:
        queue.done(lease, None)
    return lease is not None


def test_an_event_during_a_backoff_or_a_reconcile_ends_the_wait_of_another_host(host: Host) -> None:
    receiver, worker = host(), host()
    receiver.add(IssueChanged(API), now())
    lease = worker.take(now())
    assert lease is not None
    receiver.add(IssueChanged(API, 7, now()), now())
    worker.defer(lease, now() + timedelta(hours=1))
    again = worker.take(now())
    assert again is not None
    assert set(again.expected_comments) == {7}
    worker.defer(again, now() + timedelta(hours=1))
    assert worker.take(now()) is None
    receiver.add(IssueChanged(API, 8, now()), now())
    worker.wait(now(), HANGS)
    last = worker.take(now())
    assert last is not None
    assert set(last.expected_comments) == {7, 8}
