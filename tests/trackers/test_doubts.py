"""Refusals that are believed when they come twice, apart."""

import pytest

from tracker_bridge.trackers import Denied, Doubtful
from tracker_bridge.trackers.doubts import APART, TOGETHER, Doubts


def test_the_second_of_two_answers_that_lie_apart_is_believed() -> None:
    now = [100.0]
    doubts = Doubts(lambda: now[0])

    assert not doubts.settled("a")
    assert not doubts.settled("a")
    now[0] += APART
    assert not doubts.settled("b")
    assert doubts.settled("a")
    assert doubts.settled("a")


def test_another_answer_in_between_ends_it_and_so_does_a_long_time() -> None:
    now = [100.0]
    doubts = Doubts(lambda: now[0])
    for step in (APART, TOGETHER):
        doubts.settled("a")
        now[0] += step
        if step == APART:
            doubts.forget("a")
        assert not doubts.settled("a")


def test_a_refusal_is_let_through_when_the_very_same_came_before() -> None:
    now = [100.0]
    doubts = Doubts(lambda: now[0])

    def refused(said: str) -> None:
        with doubts.about("a"):
            raise Denied(said)

    with pytest.raises(Doubtful, match="no link"):
        refused("no link")
    now[0] += APART
    with pytest.raises(Doubtful, match="no reading"):
        refused("no reading")
    with pytest.raises(Denied, match=r"^no link$"):
        refused("no link")
    with doubts.about("a"):
        pass
    with pytest.raises(Doubtful):
        refused("no link")
