"""How much memory bodies may take together, and which one is given up."""

from contextlib import ExitStack
from functools import partial

import pytest

from tracker_bridge.web.room import Held, Room


@pytest.fixture
def opened() -> ExitStack:
    return ExitStack()


def holders(room: Room, opened: ExitStack, *sizes: int) -> tuple[list[Held], list[int]]:
    """Return what holds so much each, and the numbers of those that were ended."""
    ended: list[int] = []
    held = [opened.enter_context(Held(room, partial(ended.append, number))) for number in range(len(sizes))]
    for one, size in zip(held, sizes, strict=True):
        one.take(size)
    return held, ended


def test_what_fits_stays(opened: ExitStack) -> None:
    room = Room(100)
    with opened:
        _, ended = holders(room, opened, 50, 30, 20)
        assert (ended, room.taken) == ([], 100)
    assert room.taken == 0


def test_the_largest_is_given_up_and_the_first_of_equals(opened: ExitStack) -> None:
    room = Room(100)
    with opened:
        held, ended = holders(room, opened, 10, 40, 40, 10)
        held[0].take(1)

        assert ended == [1]
        assert [one.given_up for one in held] == [False, True, False, False]
        assert room.taken == 61


def test_who_takes_too_much_alone_is_given_up_itself(opened: ExitStack) -> None:
    room = Room(100)
    with opened:
        held, ended = holders(room, opened, 10, 101)
        held[1].take(500)  # what was on its way

        assert (ended, room.taken) == ([1], 10)
    assert room.taken == 0


def test_what_is_judged_already_is_given_up_last(opened: ExitStack) -> None:
    room = Room(100)
    with opened:
        held, ended = holders(room, opened, 60, 10, 20)
        held[0].pinned = True
        held[1].take(20)

        assert ended == [1]
        assert not held[0].given_up
