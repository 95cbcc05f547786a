"""One-shot commands ask again themselves what is believed when it comes twice."""

import pytest

from tracker_bridge.cli.session import DOUBTS, patiently
from tracker_bridge.trackers import Doubtful


def test_a_doubt_is_asked_about_again_after_its_time() -> None:
    slept: list[float] = []

    def ask() -> str:
        if len(slept) < 2:
            raise Doubtful("nobody of that name, for now", 5.0)
        return "seen"

    assert patiently(ask, slept.append) == "seen"
    assert slept == [5.0, 5.0]


def test_doubts_that_do_not_end_are_an_error() -> None:
    slept: list[float] = []

    def ask() -> None:
        raise Doubtful("nobody of that name, for now", 5.0)

    with pytest.raises(Doubtful):
        patiently(ask, slept.append)
    assert len(slept) == DOUBTS
