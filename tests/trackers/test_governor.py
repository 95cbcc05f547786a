"""Who may write next, on a clock that stands still until it is moved."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Protocol

import psycopg
import pytest

from tests.postgres import own_schema
from tracker_bridge.domain.issue.changes import Change, Document, Edit, Post, React, Reaction, Relabel
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.urgency import Urgency, urgency_of
from tracker_bridge.queue.database import Database
from tracker_bridge.queue.shared_quotas import SharedQuotas
from tracker_bridge.trackers import Later
from tracker_bridge.trackers._governor import Governor
from tracker_bridge.trackers._pace import UNLIMITED, Pace, windows
from tracker_bridge.trackers._parking import Scope
from tracker_bridge.trackers.haste import someone_waits

STATUS, DUTY, NUDGE = (Document(key, "text") for key in ("status", "duty:1", "nudge:1"))
REACT = React(1, Reaction.ACCEPTED)
PACE = Pace(windows(180, 3600), windows(60, 400))


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Hands:
    """A clock; ``told`` is told whenever it is set."""

    def __init__(self) -> None:
        self._now = 1000.0
        self.told: Callable[[float], object] = lambda _: None

    @property
    def now(self) -> float:
        return self._now

    @now.setter
    def now(self, now: float) -> None:
        self._now = now
        self.told(now)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(scope="module")
def shared(server: str) -> Iterator[tuple[Database, psycopg.Connection]]:
    """A database whose clock is set by hand, and a way to set it."""
    with (
        own_schema(server, NOON) as url,
        closing(Database(url)) as database,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        yield database, connection


class Ruled(Protocol):
    def __call__(self, pace: Pace = UNLIMITED) -> Governor: ...


@pytest.fixture(params=["own", "shared"])
def ruled(request: pytest.FixtureRequest, clock: Hands) -> Ruled:
    """Return what makes a governor: of a process alone, or of one of several hosts."""
    if request.param == "own":
        return lambda pace=UNLIMITED: Governor(pace, clock)
    database, connection = request.getfixturevalue("shared")
    connection.execute("TRUNCATE tracker_bridge_quotas")

    def told(now: float) -> None:
        connection.execute("UPDATE clock SET at = %s", (NOON + timedelta(seconds=now),))

    clock.told = told
    told(clock.now)
    return lambda pace=UNLIMITED: Governor(pace, quotas=SharedQuotas(database, clock))


def ref(number: int) -> IssueRef:
    return IssueRef("github", "acme/api", number)


def written(governor: Governor, change: Change, most: int, first: int = 1) -> int:
    """Return how many issues may make the change just now."""
    return sum(not governor.spend("bot", ref(number), change) for number in range(first, first + most))


def test_a_burst_passes_at_once_up_to_what_a_minute_allows(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(PACE)

    assert written(governor, Post(STATUS), 100) == 60
    clock.now += 59
    assert written(governor, Post(STATUS), 100) == 0
    clock.now += 2
    assert written(governor, Post(STATUS), 100) == 60


def test_an_hour_has_a_limit_of_its_own(ruled: Ruled, clock: Hands) -> None:
    governor, total = ruled(Pace(windows(18, 360), windows(6, 40))), 0
    for _ in range(59):
        total += written(governor, Post(STATUS), 6)
        clock.now += 61

    assert total == 40


@pytest.mark.parametrize(
    ("change", "most"),
    [(Edit(1, STATUS), 54), (Post(DUTY), 42), (Post(NUDGE), 30), (REACT, 90), (Post(STATUS), 60)],
)
def test_what_is_less_urgent_may_use_up_a_part_only(ruled: Ruled, clock: Hands, change: Change, most: int) -> None:
    assert written(ruled(PACE), change, 200) == most


def test_reactions_leave_room_for_labels_and_labels_for_the_rest(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(PACE)

    assert written(governor, REACT, 200) == 90
    assert written(governor, Relabel(frozenset({"sev1"})), 200) == 54
    assert written(governor, Post(STATUS), 200) == 36


def test_texts_count_among_all_writes(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(Pace(windows(10), windows(60)))

    assert written(governor, Post(STATUS), 20) == 10


def test_credentials_do_not_share_a_budget(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(PACE)
    written(governor, Post(STATUS), 60)

    assert not governor.spend("another", ref(1), Post(STATUS))


def test_whoever_was_sent_away_goes_before_those_that_are_less_urgent(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(PACE)
    written(governor, Post(STATUS), 60)
    assert written(governor, Post(STATUS), 40, first=61) == 0
    clock.now += 60.5

    assert written(governor, Edit(1, STATUS), 60) == 20
    assert written(governor, Post(STATUS), 40, first=61) == 40


def test_a_place_is_not_kept_for_ever(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(PACE)
    written(governor, Post(STATUS), 60)
    written(governor, Post(STATUS), 40, first=61)
    clock.now += 200

    assert written(governor, Edit(1, STATUS), 60) == 54


def test_those_that_wait_are_told_different_times_where_room_comes_bit_by_bit(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(PACE)
    for number in range(60):
        governor.spend("bot", ref(number), Post(STATUS))
        clock.now += 0.5

    waits = [governor.spend("bot", ref(number), Post(STATUS)) for number in range(100, 110)]

    assert waits == sorted(set(waits))


def test_a_change_that_costs_more_than_there_ever_is_is_made_all_the_same(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(Pace(windows(2)))

    assert not governor.spend("bot", ref(1), Relabel(frozenset({"a"}), frozenset("bcdef")))
    assert governor.spend("bot", ref(1), Relabel(frozenset({"a"}))) == 60


def test_nothing_is_paced_without_limits(ruled: Ruled, clock: Hands) -> None:
    assert written(ruled(UNLIMITED), Post(STATUS), 200) == 200


def test_what_may_not_be_written_yet_raises_before_anything_is_sent(ruled: Ruled, clock: Hands) -> None:
    governor, sent = ruled(Pace(windows(1))), Counter[str]()
    with governor.paying("bot", ref(1), Post(STATUS)):
        sent["first"] += 1

    with pytest.raises(Later) as later, governor.paying("bot", ref(1), Post(STATUS)):
        sent["second"] += 1

    assert sent == {"first": 1}
    assert later.value.retry_after == 60


def test_a_limit_is_kept_and_then_one_request_finds_out(ruled: Ruled, clock: Hands) -> None:
    governor = ruled()
    assert governor.limited("bot", Scope.ALL, 60) == 60
    clock.now += 20
    assert governor.parked("bot", Scope.REST) == 40
    assert not governor.parked("another", Scope.REST)

    clock.now += 40
    assert not governor.parked("bot", Scope.REST)
    assert 0 < governor.parked("bot", Scope.REST) <= 5
    governor.passed("bot", Scope.ALL, Scope.REST)
    assert not governor.parked("bot", Scope.REST)
    assert not governor.parked("bot", Scope.REST)


def test_a_request_that_never_came_back_is_no_reason_to_wait_for_ever(ruled: Ruled, clock: Hands) -> None:
    governor = ruled()
    governor.limited("bot", Scope.ALL, 60)
    clock.now += 60
    assert not governor.parked("bot")
    clock.now += 20

    assert not governor.parked("bot")


def test_a_limit_that_comes_again_is_kept_twice_as_long_up_to_an_hour(ruled: Ruled, clock: Hands) -> None:
    governor, waits = ruled(), []
    for _ in range(9):
        waits.append(governor.limited("bot", Scope.ALL, 1))
        clock.now += waits[-1] + 1

    assert waits == [1, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    clock.now += 3600
    assert governor.limited("bot", Scope.ALL, 30) == 30


def test_answers_of_requests_that_were_on_their_way_double_nothing(ruled: Ruled, clock: Hands) -> None:
    governor = ruled()

    assert [governor.limited("bot", Scope.ALL, 60) for _ in range(4)] == [60] * 4


def test_a_limit_holds_for_what_it_is_about(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(PACE)
    governor.limited("bot", Scope.CONTENT, 60)
    governor.limited("bot", Scope.GRAPHQL, 30)

    assert governor.spend("bot", ref(1), Post(STATUS)) == 60
    assert not governor.spend("bot", ref(1), REACT)
    assert not governor.parked("bot", Scope.REST)
    assert governor.parked("bot", Scope.GRAPHQL) == 30


def test_the_order_of_importance() -> None:
    changes: list[Change] = [
        Post(STATUS),
        Edit(1, STATUS),
        Relabel(frozenset({"sev1"})),
        Post(DUTY),
        Post(NUDGE),
        REACT,
    ]

    assert [urgency_of(change) for change in changes] == list(Urgency)


def test_requests_that_read_leave_room_for_what_people_wait_for(ruled: Ruled, clock: Hands) -> None:
    governor = ruled(Pace(points=windows(100), write_points=5))
    someone_waits.set(True)
    for _ in range(40):
        governor.afford("bot", ref(1), new=False)
        governor.sent("bot", writes=False)

    someone_waits.set(False)
    with pytest.raises(Later):
        governor.afford("bot", ref(1), new=False)
    someone_waits.set(True)
    governor.afford("bot", ref(1), new=False)
    assert governor.spend("bot", ref(1), REACT)
    assert not governor.spend("bot", ref(1), Relabel(frozenset({"sev1"})))
    for _ in range(5):
        governor.sent("bot", writes=True)
    assert governor.spend("bot", ref(1), Relabel(frozenset({"sev1"})))
    for _ in range(2):
        governor.sent("bot", writes=True)

    with pytest.raises(Later):
        governor.afford("bot", ref(1), new=False)
    assert not governor.spend("bot", ref(1), Post(STATUS))
    someone_waits.set(None)
    governor.afford("bot", ref(1), new=False)
