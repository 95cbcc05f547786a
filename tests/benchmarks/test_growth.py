"""A reconcile grows with the thread, and no faster: counted in steps, which no machine changes."""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any, NoReturn

import pytest

from tests.benchmarks.growth import Quiet, quiet
from tests.commands.thread import Thread
from tracker_bridge.domain.issue import invocations

SHORT = 25


def steps(act: Callable[[], object]) -> int:
    """Count the lines that are run, each turn of a loop or a comprehension included."""
    count, before = 0, sys.gettrace()

    def counted(_frame: FrameType, _event: str, _arg: object) -> Any:
        nonlocal count
        count += 1
        return counted

    sys.settrace(counted)
    try:
        act()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("every", [1, 5], ids=["commands only", "every fifth is one"])
def test_twice_as_many_comments_cost_twice_as_much(every: int) -> None:
    threads = [quiet(length, length // every) for length in (SHORT, 2 * SHORT, 4 * SHORT)]
    for thread in threads:
        thread.hear()

    for act in (Quiet.look, Quiet.hear, Quiet.restart):
        short, twice, four_times = (steps(partial(act, thread)) for thread in threads)
        assert four_times - twice < 2.02 * (twice - short)


def test_a_reconcile_reads_no_comment_again(monkeypatch: pytest.MonkeyPatch) -> None:
    thread = quiet(2 * SHORT, SHORT)
    thread.hear()

    def read(*_: object) -> NoReturn:
        pytest.fail("a comment was read again")

    monkeypatch.setattr(invocations, "_found_in", read)

    assert thread.hear().changes


@pytest.mark.parametrize(
    "line",
    [
        "edit {note} x",
        "minor {note}",
        "retract {note}",
        "capture {note}",
        "major",
        "started 40m ago",
        "fixed",
        "help",
        "severity sev9",
        "sevverity",
    ],
)
def test_a_line_costs_the_same_however_many_were_said_before(line: str) -> None:
    """What is changed, found and refused is not searched for among everything."""
    threads = [_noted(length, line) for length in (10, 20, 40)]

    short, twice, four_times = (steps(partial(getattr, thread, "folded")) for thread in threads)

    assert four_times - twice < 2.02 * (twice - short)


def _noted(length: int, line: str) -> Thread:
    """Return a thread of notes, and of as many such lines, that was looked at."""
    thread = Thread("/incident declare")
    notes = [thread.say("alice", f"/incident note {n}") for n in range(length)]
    for note in notes:
        thread.say("alice", f"/incident {line.format(note=note)}")
    thread.look()
    return thread
