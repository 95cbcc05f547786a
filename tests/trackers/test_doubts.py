"""Refusals that are believed when they come twice, apart."""

from tracker_bridge.trackers._doubts import APART, TOGETHER, Doubts


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
