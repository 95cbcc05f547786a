"""Lengths of time: each with its ends; what is unknown, rough or backwards says so (S62-S67)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.commands.thread import PEOPLE, Thread, declared
from tracker_bridge.domain.incident.key_times import TimedFact
from tracker_bridge.domain.incident.statistics import (
    FIGURES,
    Interval,
    duration,
    every_figure,
    statistics,
    telling,
)
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


def figure(thread: Thread, name: str) -> int | None:
    [found] = [one.length for one in every_figure(thread.incident) if one.name == name]
    return None if found is None else round(found.total_seconds() / 60)


def test_the_first_deed_after_the_declaration_acknowledges_it() -> None:
    thread = Thread("/incident declare\n/incident severity sev1")
    assert figure(thread, "Time to acknowledge") is None
    thread.say("alice", "looking", "14:05")
    assert figure(thread, "Time to acknowledge") is None
    thread.say("alice", "/incident claim lead", "14:07")
    thread.say("carol", "/incident note it is the disk | 14:01", "14:20")
    assert figure(thread, "Time to acknowledge") == 7


def test_a_bot_acknowledges_nothing() -> None:
    thread = Thread("/incident declare")
    robot = replace(PEOPLE["bob"], bot=True)
    people = replace(thread.incident.people, opener=robot)
    thread.say("bob", "/incident severity sev1", "14:03")
    assert figure(thread, "Time to acknowledge") == 3
    incident = replace(thread.incident, people=people)
    assert every_figure(incident)[3].length is None


def test_the_cause_is_identified_when_it_was_said_last_for_good() -> None:
    thread = declared("/incident declare --started 13:00 --detected 13:30")
    thread.say("bob", "/incident status identified the disk", "14:10")
    thread.say("bob", "/incident status identified really the disk", "14:15")
    assert figure(thread, "Time to identify") == 40
    thread.say("bob", "/incident status investigating it is not the disk", "14:20")
    assert figure(thread, "Time to identify") is None
    thread.say("bob", "/incident status identified the network", "14:50")
    assert figure(thread, "Time to identify") == 80


def test_it_is_mitigated_by_the_fix_that_holds() -> None:
    thread = declared("/incident declare --detected 13:30")
    thread.say("bob", "/incident fixed 14:30", "14:35")
    assert figure(thread, "Time to mitigate") == 60
    thread.say("bob", "/incident status investigating", "14:40")
    assert figure(thread, "Time to mitigate") is None


def test_the_good_hours_before_a_reopening_are_no_outage() -> None:
    thread = declared("/incident declare --started 13:00 --detected 13:30")
    thread.say("alice", "/incident resolve 14:30", "15:00")
    assert [figure(thread, name) for name in ("Total outage", "Net outage")] == [90, 90]
    assert "Net outage" not in [one.name for one in telling(thread.incident)]
    thread.say("alice", "/incident reopen", "17:30")
    assert figure(thread, "Net outage") is None
    thread.say("alice", "/incident resolve 18:00", "18:10")
    assert [figure(thread, name) for name in ("Total outage", "Net outage")] == [300, 120]
    summary = thread.documents["summary"]
    assert "**Net outage: 2\u00a0h** (start " in summary
    assert "without the 3\u00a0h in which it was resolved)" in summary


def test_an_end_before_the_reopening_takes_nothing_twice() -> None:
    thread = declared("/incident declare --started 13:00")
    thread.say("alice", "/incident resolve 15:00", "15:10")
    thread.say("alice", "/incident reopen", "17:00")
    thread.say("alice", "/incident resolve 16:00", "17:10")
    assert [figure(thread, name) for name in ("Total outage", "Net outage")] == [180, 120]


def test_people_are_shown_what_is_known_and_always_the_three() -> None:
    thread = declared()
    assert [one.name for one in telling(thread.incident)] == ["Time to detect", "Total outage", "Time to resolve"]
    thread.say("alice", "/incident claim lead")
    assert [one.name for one in telling(thread.incident)][3:] == ["Time to acknowledge"]


def test_every_figure_has_its_name_and_place() -> None:
    assert tuple(one.name for one in every_figure(declared().incident)) == FIGURES
