"""What a comment costs grows with its length, and no faster. Nothing is timed: calls of functions are counted."""

import sys
from types import FrameType

import pytest

from tests.benchmarks.heavy import SHAPES
from tests.examples import MORE
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.issue.invocations import find_calls

GRAMMAR = COMMANDS.grammar(("/incident", "/inc"), "incident-bot")
SHORT = 1_000 * min(MORE, 4)


def calls_for(body: str) -> int:
    """Return how many functions are called to read a text, those of C included."""
    count = 0

    def counted(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        find_calls(body, GRAMMAR)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("shape", SHAPES)
def test_four_times_the_text_costs_four_times_as_much(shape: str) -> None:
    calls_for(SHAPES[shape](SHORT // 2))  # what is worked out once

    assert calls_for(SHAPES[shape](4 * SHORT)) < 5 * calls_for(SHAPES[shape](SHORT)) + 500
