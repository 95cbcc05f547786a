"""After the end the status comment asks for what is missing, with the lines to type (S66, S106, S108-S114)."""

import re

import pytest

from tests.commands.thread import Thread, declared


def asked(thread: Thread) -> list[str]:
    """Return what is still missing."""
    status = thread.documents["status"].replace("\u00a0", " ")
    _, _, after = status.partition("**Still missing**\n\n")
    return [line for line in after.partition("\n\n")[0].splitlines() if line.startswith("- ")]


def over(body: str = "/incident declare") -> Thread:
    thread = declared(body)
    thread.say("alice", "/incident claim lead\n/incident role tester @erin")
    thread.say("alice", "/incident resolve", "2026-11-23 15:00")
    return thread


def test_everything_is_asked_for_that_nobody_said() -> None:  # S66, S106, S108
    assert asked(over()) == [
        "- When it was detected; the time to resolve runs from there: `/incident detected <time>`",
        "- When it began: `/incident started <time>`",
        "- A verdict, from **erin**: `/incident test pass`",
        "- A date for the postmortem review, if you want one: `/incident postmortem 2026-11-30`",
    ]


def test_the_lines_can_be_typed_with_the_time_that_only_people_know() -> None:  # S66, S106, S108
    """No time is offered that would pass for a known one when it is pasted."""
    thread = over()
    lines = re.findall(r"`(/incident [^`]+)`", "\n".join(asked(thread)))
    assert len(lines) == 4
    thread.say("erin", "\n".join(lines), "2026-11-24 10:00")
    assert [mistake.line for mistake in thread.mistakes] == lines[:2]
    thread = over()
    thread.say("erin", "\n".join(lines).replace("<time>", "2026-11-22 13:50 UTC"), "2026-11-24 10:00")
    assert thread.mistakes == []
    assert asked(thread) == []
    assert "**Still missing**" not in thread.documents["status"]


def test_it_is_asked_for_once_and_not_before_the_end() -> None:
    thread = declared()
    assert " · Detected unknown: `/incident detected <time>` · " in thread.documents["status"]
    assert asked(thread) == []
    assert " · Detected unknown · " in over().documents["status"]


def test_what_is_known_is_not_asked_for() -> None:
    thread = over("/incident declare --started 13:50 --detected 13:58")
    thread.say("erin", "/incident test pass")
    thread.say("alice", "/incident postmortem")
    assert asked(thread) == []


@pytest.mark.parametrize("end", ["cancel a false alarm", "merge #12"])
def test_nothing_is_asked_about_what_was_no_incident(end: str) -> None:
    thread = over()
    thread.say("alice", "/incident reopen")
    assert asked(thread) == []
    thread.say("alice", f"/incident {end}")
    assert asked(thread) == []


def test_nothing_is_asked_about_a_drill() -> None:
    assert asked(over("/incident declare --drill")) == []
