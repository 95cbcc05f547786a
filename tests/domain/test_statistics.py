"""Lengths of time: each with its ends; what is unknown, rough or backwards says so (S62-S67)."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.thread import Thread, declared
from tracker_bridge.domain.incident.key_times import TimedFact
from tracker_bridge.domain.incident.statistics import Interval, duration, statistics
from tracker_bridge.domain.incident.times import Moment
from tracker_bridge.domain.issue.issue import TrackerUrl

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def mark(minutes: float, *, approximate: bool = False) -> TimedFact:
    return TimedFact(
        Moment(NOON + timedelta(minutes=minutes), approximate), TrackerUrl("https://forge.test"), "alice"
    )


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0, "less than a minute"),
        (0.4, "less than a minute"),
        (0.6, "1 min"),
        (59.6, "1 h"),
        (60, "1 h"),
        (130, "2 h 10 min"),
        (24 * 60, "1 d"),
        (25 * 60 + 1, "1 d 1 h 1 min"),
        (24 * 60 + 1, "1 d 1 min"),
        (-130, "−2 h 10 min"),
        (100 * 24 * 60, "100 d"),
    ],
)
def test_how_lengths_are_written(minutes: float, shown: str) -> None:
    assert duration(timedelta(minutes=minutes)).replace("\u00a0", " ") == shown


@pytest.mark.parametrize(
    ("start", "stop", "missing"),
    [
        (None, None, ("start", "end")),
        (None, mark(1), ("start",)),
        (mark(1), None, ("end",)),
        (mark(1), mark(2), ()),
    ],
)
def test_what_is_missing_is_named(
    start: TimedFact | None, stop: TimedFact | None, missing: tuple[str, ...]
) -> None:
    interval = Interval("x", "start", "end", start, stop)
    assert interval.missing == missing
    assert (interval.length is None) == bool(missing)
    assert not interval.negative


@pytest.mark.parametrize(
    ("start", "stop", "approximate", "negative"),
    [
        (mark(0), mark(5), False, False),
        (mark(0, approximate=True), mark(5), True, False),
        (mark(0), mark(5, approximate=True), True, False),
        (mark(5), mark(0), False, True),
        (mark(5), mark(5), False, False),
    ],
)
def test_rough_stays_rough_and_backwards_is_told(
    start: TimedFact, stop: TimedFact, approximate: bool, negative: bool
) -> None:
    interval = Interval("x", "start", "end", start, stop)
    assert (interval.approximate, interval.negative) == (approximate, negative)


def lengths(thread: Thread) -> list[int | None]:
    found = [interval.length for interval in statistics(thread.incident)]
    return [None if one is None else round(one.total_seconds() / 60) for one in found]


def test_four_times_that_are_four_different_things() -> None:
    """S87, S88: none of them is when the issue was opened or closed."""
    thread = declared("/incident declare --started 13:00 --detected 13:20")
    thread.say("alice", "/incident resolve 15:00", "17:00")
    assert lengths(thread) == [20, 120, 100]


def test_nothing_is_made_up() -> None:
    thread = declared()
    thread.say("alice", "/incident resolve 15:00", "17:00")
    assert lengths(thread) == [None, None, None]
    assert [interval.missing for interval in statistics(thread.incident)] == [
        ("start", "detection"),
        ("start",),
        ("detection",),
    ]
