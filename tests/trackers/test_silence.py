"""How long a server is not asked what it did not understand, or did not answer."""

from tests.trackers.github_answers import Hands
from tracker_bridge.trackers._silence import ASK_AGAIN, UNCLEAR, Silence


def silent_for(silence: Silence, clock: Hands) -> float:
    begin = clock.now
    while silence.holds:
        clock.now += 60
    return clock.now - begin


def test_what_fails_again_is_tried_less_and_less_often_until_it_works() -> None:
    clock = Hands()
    silence, waits = Silence(clock), list[float]()
    for _ in range(6):
        silence.stumbled()
        waits.append(silent_for(silence, clock))
    assert waits == [UNCLEAR, 2 * UNCLEAR, 4 * UNCLEAR, 8 * UNCLEAR, ASK_AGAIN, ASK_AGAIN]

    silence.answered()
    silence.stumbled()
    assert silent_for(silence, clock) == UNCLEAR


def test_what_was_not_understood_is_asked_an_hour_later() -> None:
    clock = Hands()
    silence = Silence(clock)
    assert not silence.holds

    silence.begin()
    assert silent_for(silence, clock) == ASK_AGAIN
