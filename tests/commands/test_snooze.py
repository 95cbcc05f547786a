"""Silence for a while: process, clocks and nudges."""

from datetime import timedelta

import pytest

from tests.commands.thread import Thread, at, declared, refusal
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType


def silent_for(length: str) -> timedelta:
    thread = declared()
    thread.say("dana", f"/incident snooze {length} waiting for the provider")
    assert thread.mistakes == []
    until = thread.incident.comms.snoozed_until
    assert until is not None
    [entry] = thread.entries(Kind.SNOOZED)
    assert entry.text == "waiting for the provider"
    return until - thread.now


@pytest.mark.parametrize(
    ("length", "minutes"),
    [
        ("45m", 45),
        ("45 min", 45),
        ("45 minutes", 45),
        ("1m", 1),
        ("2h", 120),
        ("2 hours", 120),
        ("2hrs", 120),
        ("1h30m", 90),
        ("1h 30m", 90),
        ("1 h 30 min", 90),
        ("1H30M", 90),
        ("90m", 90),
        ("24h", 1440),
    ],
)
def test_lengths_as_people_write_them(length: str, minutes: int) -> None:
    assert silent_for(length) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tea",
        "0m tea",
        "0h0m tea",
        "25h tea",
        "24h1m tea",
        "2d tea",
        "-5m tea",
        "m tea",
        "45mx tea",
    ],
)
def test_no_length_or_one_of_more_than_a_day_is_refused(text: str) -> None:
    thread = declared()
    reason, instead = refusal(thread, "dana", f"/incident snooze {text}".strip())
    assert reason == "for how long? Up to `24h`"
    assert instead.startswith("snooze <length> ")
    assert thread.incident.comms.snoozed_until is None


def test_a_number_is_shown_as_minutes() -> None:
    assert refusal(declared(), "dana", "/incident snooze 45")[1] == "snooze 45m <why>"
    assert refusal(declared(), "dana", "/incident snooze 45 lunch")[1] == "snooze 45m lunch"


def test_the_reason_is_asked_for_and_the_form_is_no_reason() -> None:
    thread = declared()
    reason, instead = refusal(thread, "dana", "/incident snooze 20m")
    assert (reason, instead) == ("give a reason", "snooze 20m <why>")
    thread.say("dana", f"/incident {instead}")
    assert thread.incident.comms.snoozed_until is None
    thread.say("dana", "/incident snooze 20m the provider is at it")
    assert thread.incident.comms.snoozed_until == thread.now + timedelta(minutes=20)


def test_the_latest_word_holds_and_taking_it_back_ends_it() -> None:
    thread = declared()
    thread.say("dana", "/incident snooze 4h lunch", "14:10")
    later = thread.say("dana", "/incident snooze 10m only a short one", "14:20")
    assert thread.incident.comms.snoozed_until == at("14:30")
    thread.delete(later)
    assert thread.incident.comms.snoozed_until == at("18:10")


def test_it_stands_on_the_timeline_and_is_no_major_event() -> None:
    thread = declared()
    thread.say("dana", "/incident snooze 1h30m the provider works on it")
    [entry] = thread.entries(Kind.SNOOZED)
    assert not entry.major
    assert "Reminders snoozed" not in thread.documents["status"]
    thread.do("alice", EventType.CLOSED)
    text = thread.documents["summary"].replace("\u00a0", " ")
    assert "Reminders snoozed for 1 h 30 min: the provider works on it — dana" in text


def test_it_can_be_said_after_the_end_too_and_only_of_an_incident() -> None:
    thread = declared()
    thread.say("alice", "/incident resolve")
    thread.say("dana", "/incident snooze 24h the testers are in another time zone")
    assert thread.mistakes == []
    assert refusal(Thread(), "dana", "/incident snooze 24h tea") == (
        "this issue is not an incident yet; this line takes effect once it is",
        "declare",
    )


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("1.5h", "1 h 30 min"),
        ("1h30", "1 h 30 min"),
        ("1 hour and 30 minutes", "1 h 30 min"),
        ("for 45 minutes:", "45 min"),
        ("about 45m,", "45 min"),
        ("half an hour", "30 min"),
        ("two hours", "2 h"),
        ("1½h", "1 h 30 min"),
        ("1 day", "1 d"),
    ],
)
def test_lengths_are_read_as_people_write_them(said: str, shown: str) -> None:
    thread = declared()
    thread.say("dana", f"/incident snooze {said} tea")
    [entry] = thread.entries(Kind.SNOOZED)
    assert (entry.what.replace("\u00a0", " "), entry.text) == (shown, "tea")


@pytest.mark.parametrize(
    ("said", "reason", "instead"),
    [
        ("1h 30 tea", "for how long? Put an `m` after the minutes", "snooze 1h30m tea"),
        ("1 hour and 30 tea", "for how long? Put an `m` after the minutes", "snooze 1h30m tea"),
        ("0m tea", "for how long? Up to `24h`", "snooze <length> tea"),
        ("2 days tea", "for how long? Up to `24h`", "snooze <length> tea"),
        ("2 Stunden tea", "for how long? Up to `24h`", "snooze <length> 2 Stunden tea"),
        ("90' tea", "for how long? Up to `24h`", "snooze 90m tea"),
        ("30s tea", "for how long? Up to `24h`", "snooze <length> tea"),
        ("until 18:00 tea", "give a length instead of an end", "snooze 3h59m tea"),
        ("14:00 tea", "give a length instead of an end", "snooze 23h59m tea"),
        ("bis 14:30 Uhr tea", "give a length instead of an end", "snooze 29m tea"),
        ("until 25:00 tea", "for how long? Up to `24h`", "snooze <length> until 25:00 tea"),
        ("off", "to end a snooze, delete the comment that started it", ""),
    ],
)
def test_half_a_length_is_none(said: str, reason: str, instead: str) -> None:
    assert refusal(declared(), "dana", f"/incident snooze {said}") == (reason, instead)
