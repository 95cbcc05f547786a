"""Reads side by side: what is at the same time, and what comes of errors."""

import threading
from collections.abc import Iterator

import pytest

from tracker_bridge.trackers.together import SideBySide

LONG = 30.0
"""Seconds until a test that hangs ends; nothing waits so long otherwise."""


@pytest.fixture
def together() -> Iterator[SideBySide]:
    made = SideBySide(2)
    yield made
    made.close()


def test_both_are_asked_at_the_same_time(together: SideBySide) -> None:
    meeting = threading.Barrier(2)

    assert together(lambda: meeting.wait(LONG) >= 0, lambda: meeting.wait(LONG) >= 0) == (True, True)


def test_what_is_asked_may_ask_in_the_same_way(together: SideBySide) -> None:
    meeting = threading.Barrier(3)

    def wait() -> bool:
        return meeting.wait(LONG) >= 0

    assert together(wait, lambda: together(wait, wait)) == (True, (True, True))


def test_without_an_idle_thread_nobody_waits_for_one() -> None:
    full = SideBySide(1)
    hanging, held = threading.Event(), threading.Event()

    def hang() -> bool:
        held.set()
        return hanging.wait(LONG)

    holder = threading.Thread(target=lambda: full(lambda: held.wait(LONG), hang))
    holder.start()
    assert held.wait(LONG)

    assert full(lambda: 1, lambda: 2) == (1, 2)

    hanging.set()
    holder.join(LONG)
    full.close()


def test_an_error_is_raised_when_both_have_ended(together: SideBySide) -> None:
    ended = threading.Event()

    def fail() -> None:
        raise ValueError("first")

    def fail_as_well() -> None:
        ended.set()
        raise KeyError("second")

    with pytest.raises(ValueError, match="first"):
        together(fail, fail_as_well)
    assert ended.is_set()
    with pytest.raises(KeyError):
        together(lambda: 1, fail_as_well)
    for _ in range(5):
        assert together(lambda: 1, lambda: 2) == (1, 2)
