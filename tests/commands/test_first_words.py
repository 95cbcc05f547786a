"""The word by which something is chosen, and the colon, dash or full stop that people put behind it."""

import pytest

from tests.commands.test_proposals import staffed, told
from tracker_bridge.domain.incident.roles import Role

SIGNS = [":", ",", " -", " –", " —", " :", ".", "!"]


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize(
    ("login", "line", "text"),
    [
        ("bob", "status identified{} the disk is full", "the disk is full"),
        ("erin", "test pass{} with three cards", "with three cards"),
        ("carol", "task done 1{} it was the pool", "it was the pool"),
        ("alice", "snooze 45m{} lunch for all", "lunch for all"),
        ("alice", "channel main{} #status", "#status"),
        ("alice", "severity sev2{} half of them", "half of them"),
        ("alice", "task @carol{} look at the pool", "look at the pool"),
    ],
)
def test_the_sign_is_no_part_of_the_text(login: str, line: str, text: str, sign: str) -> None:
    thread = staffed()
    assert told(thread, login, line.format(sign)) is None
    assert thread.incident.timeline[-1].text == text


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("line", ["lead{} @dana", "lead @dana{}"])
@pytest.mark.parametrize("verb", ["role", "handoff"])
def test_nor_of_a_role(verb: str, line: str, sign: str) -> None:
    thread = staffed()
    assert told(thread, "alice", f"{verb} {line.format(sign)}") is None
    assert thread.incident.people.logins(Role.INCIDENT_LEAD) == ("dana",)


@pytest.mark.parametrize("line", ["fixed :)", "fixed 🎉", "fixed!", "fixed by @femi :)"])
def test_a_smile_is_no_time(line: str) -> None:
    thread = staffed()
    assert told(thread, "bob", line) is None
    assert thread.incident.times.fixed


@pytest.mark.parametrize(
    ("login", "line", "text"),
    [
        ("alice", "note: -5 °C in the rack", "-5 °C in the rack"),
        ("alice", "note -- see below", "-- see below"),
        ("erin", "test pass --fast works", "--fast works"),
        ("bob", "task @carol -v shows more", "-v shows more"),
    ],
)
def test_what_a_word_begins_with_stays(login: str, line: str, text: str) -> None:
    thread = staffed()
    assert told(thread, login, line) is None
    assert thread.incident.timeline[-1].text == text


@pytest.mark.parametrize(
    "line",
    [
        "audience external, internal @carol",
        "channel main, chat #x",
        "role lead, scribe @dana",
        "claim lead, scribe",
    ],
)
def test_of_several_that_are_listed_none_is_taken_for_all(line: str) -> None:
    thread = staffed()
    before = thread.incident
    assert told(thread, "alice", line) is not None
    assert (thread.incident.people.roles, thread.incident.comms.audiences) == (
        before.people.roles,
        before.comms.audiences,
    )
    assert thread.incident.comms.channels == before.comms.channels
