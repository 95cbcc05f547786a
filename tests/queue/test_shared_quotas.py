"""What several hosts do together with one credential; what also holds for one is in tests/trackers/."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import timedelta
from multiprocessing.connection import Connection

import psycopg
import pytest

from tests.postgres import own_schema, temporary_folder
from tests.postgres.door import Door
from tests.queue.conftest import NOON
from tests.serving.forked import forking
from tracker_bridge.domain.issue.changes import Change, Document, Post
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.database import Database
from tracker_bridge.queue.shared_quotas import AWAY, FRESH, SharedQuotas
from tracker_bridge.trackers import Later
from tracker_bridge.trackers._governor import Governor
from tracker_bridge.trackers._pace import Pace, Window, windows
from tracker_bridge.trackers._parking import PROBING, Scope
from tracker_bridge.trackers.haste import someone_waits

PACE = Pace(windows(180, 3600), windows(6, 40), points=windows(100), write_points=5)
STATUS = Document("status", "text")


class Hosts:
    """Hosts with one database, and the clock of all of them."""

    def __init__(self, url: str, opened: ExitStack) -> None:
        self._seconds = 0.0
        self._url = url
        self._opened = opened
        self._connection = opened.enter_context(psycopg.connect(url, autocommit=True))

    def another(self, url: str = "", ahead: float = 0.0, pace: Pace = PACE) -> Governor:
        """Start one; ``ahead`` is by how much its own clock is wrong."""
        database = self._opened.enter_context(closing(Database(url or self._url)))
        return Governor(pace, quotas=SharedQuotas(database, lambda: self._seconds + ahead))

    def later(self, seconds: float = FRESH) -> None:
        self._seconds += seconds
        self._connection.execute("UPDATE clock SET at = %s", (NOON + timedelta(seconds=self._seconds),))

    def forget(self) -> None:
        """Empty the database."""
        self._connection.execute("DROP TABLE tracker_bridge_quotas")


@pytest.fixture
def url(server: str) -> Iterator[str]:
    with own_schema(server, NOON) as one:
        yield one


@pytest.fixture
def hosts(url: str) -> Iterator[Hosts]:
    with ExitStack() as opened:
        yield Hosts(url, opened)


@pytest.fixture
def door(url: str) -> Iterator[Door]:
    way = Door(url, temporary_folder())
    way.open()
    yield way
    way.shut()


def written(governor: Governor, most: int = 10, first: int = 1, change: Change | None = None) -> int:
    """Return for how many issues the change may be made just now."""
    refs = [IssueRef("github", "acme/api", number) for number in range(first, first + most)]
    return sum(not governor.spend("bot", ref, change or Post(STATUS)) for ref in refs)


def spend(url: str, most: int, told: Connection) -> None:
    """What a process of its own does: begin when it is told to, and say how much it was."""
    pace = Pace((Window(most, 3600.0),), (Window(most, 3600.0),))
    with closing(Database(url)) as database:
        told.send("ready")
        told.recv()
        governor, count = Governor(pace, quotas=SharedQuotas(database)), 0
        for number in range(1, most + 1):
            count += written(governor, 1, number)
            time.sleep(0.02)  # the other one has its turn, also on a busy machine
    told.send(count)


def test_two_processes_never_write_more_than_one_may(database: str) -> None:
    pipes = [forking().Pipe() for _ in range(2)]
    for _, theirs in pipes:
        forking().Process(target=spend, args=(database, 100, theirs), daemon=True).start()
    for ours, _ in pipes:  # neither is done before the other has begun
        assert ours.recv() == "ready"
    for ours, _ in pipes:
        ours.send("go")
    each = [ours.recv() for ours, _ in pipes]

    assert sum(each) == 100
    assert all(each)


def test_what_one_host_wrote_another_has_no_more(hosts: Hosts) -> None:
    one, other = hosts.another(), hosts.another(ahead=5000.0)

    assert written(one, 4) == 4
    assert written(other, 10, 10) == 2
    hosts.later(61)
    assert written(other, 10, 10) == 6


def test_a_host_that_waits_with_something_urgent_goes_first(hosts: Hosts) -> None:
    one, other = hosts.another(), hosts.another()
    assert written(one, 6) == 6
    assert written(one, 3, 10) == 0
    hosts.later(60.5)

    assert written(other, 6, 20, Post(Document("duty:1", "text"))) == 3
    assert written(one, 3, 10) == 3


def test_a_limit_holds_on_every_host_and_one_of_them_finds_out_when_it_has_passed(hosts: Hosts) -> None:
    one, other = hosts.another(), hosts.another()
    assert [one.parked("bot", Scope.REST), other.parked("bot", Scope.REST)] == [0, 0]
    assert one.limited("bot", Scope.ALL, 60) == 60
    hosts.later()
    assert other.parked("bot", Scope.REST) == pytest.approx(59)
    assert not other.parked("another", Scope.REST)
    hosts.later(59)

    assert not other.parked("bot", Scope.REST)
    assert one.parked("bot", Scope.REST) == pytest.approx(2)
    other.passed("bot", Scope.ALL, Scope.REST)
    hosts.later()
    assert not one.parked("bot", Scope.REST)
    assert one.limited("bot", Scope.ALL, 1) == 120
    hosts.later(120)
    assert not one.parked("bot", Scope.REST)
    hosts.later(PROBING)
    assert not other.parked("bot", Scope.REST)


def test_requests_of_all_hosts_count_and_cost_no_round_trip_each(hosts: Hosts) -> None:
    one, other = hosts.another(), hosts.another()
    someone_waits.set(True)
    other.afford("bot", IssueRef("github", "acme/api", 1), new=False)
    for _ in range(70):
        one.sent("bot", writes=False)
    hosts.later()
    one.parked("bot")

    with pytest.raises(Later):
        other.afford("bot", IssueRef("github", "acme/api", 1), new=False)
    someone_waits.set(None)


def test_while_the_database_is_away_each_goes_on_with_what_it_knows_and_tells_it_later(
    hosts: Hosts, door: Door
) -> None:
    hourly = Pace(windows(0, 6), windows(0, 6))
    one, other = hosts.another(door.url, pace=hourly), hosts.another(pace=hourly)
    assert written(one, 2) == 2
    door.shut()
    assert written(one, 10, 10) == 4
    one.limited("bot", Scope.GRAPHQL, 3000)
    door.open()

    while not other.parked("bot", Scope.GRAPHQL):
        hosts.later(AWAY)
        one.parked("bot")
    assert written(other, 10, 20) == 0


def test_an_empty_database_is_told_what_is_known(hosts: Hosts) -> None:
    one, other = hosts.another(), hosts.another()
    assert written(one, 3) == 3
    hosts.forget()
    assert written(one, 1, 10) == 1

    assert written(other, 10, 20) == 2


@pytest.mark.parametrize("back", [-7200.0, 7200.0])
def test_a_database_with_another_clock_keeps_nobody_for_longer_than_a_window(hosts: Hosts, back: float) -> None:
    one = hosts.another()
    assert written(one, 6) == 6
    one.limited("bot", Scope.ALL, 60)
    hosts.later(back)
    hosts.another().parked("bot")
    hosts.later(61)

    assert not hosts.another().parked("bot")
    assert written(hosts.another(), 6, 10) == 6
