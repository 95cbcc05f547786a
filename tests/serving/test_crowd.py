"""Which connections end, because there are too many or they keep the server waiting."""

import pytest

from tracker_bridge.serving.crowd import Crowd

MOST = 3


class Guest:
    def __init__(self, crowd: Crowd) -> None:
        self.ended = False
        self._crowd = crowd

    def end(self) -> None:
        self.ended = True
        self._crowd.left(self)


@pytest.fixture
def now() -> list[float]:
    return [100.0]


@pytest.fixture
def crowd(now: list[float]) -> Crowd:
    return Crowd(MOST, lambda: now[0])


def come(crowd: Crowd, number: int) -> list[Guest]:
    guests = [Guest(crowd) for _ in range(number)]
    for guest in guests:
        crowd.awaited(guest)
    return guests


def ended(guests: list[Guest]) -> list[bool]:
    return [guest.ended for guest in guests]


def test_as_many_as_there_may_be_stay(crowd: Crowd) -> None:
    assert not any(ended(come(crowd, MOST)))
    assert len(crowd) == MOST


def test_one_more_ends_the_one_that_has_waited_longest(crowd: Crowd) -> None:
    guests = come(crowd, MOST)
    crowd.awaited(guests[0])  # a request begins to arrive
    guests += come(crowd, 2)

    assert ended(guests) == [False, True, True, False, False]
    assert len(crowd) == MOST


def test_what_is_being_answered_stays_however_many_come(crowd: Crowd) -> None:
    guests = come(crowd, MOST)
    crowd.served(guests[0])
    others = come(crowd, 50)

    assert ended(guests) == [False, True, True]
    assert sum(ended(others)) == 48


def test_a_connection_that_is_kept_after_an_answer_waits_anew(crowd: Crowd) -> None:
    guests = come(crowd, MOST)
    crowd.served(guests[0])
    crowd.awaited(guests[0])
    come(crowd, 2)

    assert ended(guests) == [False, True, True]


def test_one_that_left_counts_no_more(crowd: Crowd) -> None:
    guests = come(crowd, MOST)
    crowd.left(guests[1])
    crowd.left(guests[1])
    guests += come(crowd, 1)

    assert not any(ended(guests))


def test_who_waits_or_is_answered_for_too_long_ends(crowd: Crowd, now: list[float]) -> None:
    silent, slow, begun, fresh = (*come(crowd, MOST), Guest(crowd))
    crowd.served(slow)
    now[0] += 10
    crowd.awaited(begun)
    now[0] += 21
    crowd.end_late(30)
    crowd.awaited(fresh)

    assert ended([silent, slow, begun, fresh]) == [True, True, False, False]
    assert len(crowd) == 2
