"""Long threads are folded one after the other, and nobody else waits for them."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from tests.benchmarks.growth import quiet
from tracker_bridge.domain.fold.fold import fold
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.reconcile import Bridge, reading, turns

LONG = 8
PATIENCE = 30.0


def test_long_threads_are_folded_one_after_the_other_and_short_ones_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "LONG", LONG)
    begun, may_end, guard = threading.Event(), threading.Event(), threading.Lock()
    at_once: list[int] = [0]

    def folded(issue: Any, *args: Any, **more: Any) -> Any:
        if len(issue.comments) < LONG:
            return fold(issue, *args, **more)
        with guard:
            at_once.append(at_once[-1] + 1)
        begun.set()
        assert may_end.wait(PATIENCE)
        with guard:
            at_once.append(at_once[-1] - 1)
        return fold(issue, *args, **more)

    place, short = quiet(LONG, 4), quiet(2, 1).issue
    monkeypatch.setattr(reading, "fold", folded)
    threads = [threading.Thread(target=_decide, args=(place.bridge, place, number)) for number in (101, 102)]
    for thread in threads:
        thread.start()
    assert begun.wait(PATIENCE)

    assert place.bridge.decide(short, short.updated_at).incident.exists  # while both are there

    may_end.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert at_once == [0, 1, 0, 1, 0]


def _decide(bridge: Bridge, place: Any, number: int) -> None:
    issue = replace(place.issue, ref=IssueRef("local", place.issue.ref.project, number))
    bridge.decide(issue, issue.updated_at)
