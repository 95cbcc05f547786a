"""Testers are other people than those who work on the fix: warned of both ways, never blocked (S9, S20, S107)."""

import pytest

from tests.commands.thread import Thread, declared, refusal

IN_TABLE = "⚠️ **dana** is both testing and working on the fix"
TOLD = "⚠️ You are also working on the fix"

TECHNICAL = [
    "/incident role tl @dana",
    "/incident role assist @dana",
    "/incident handoff tl @Dana",
    "/incident fixed by @dana",
]


def of_dana(thread: Thread) -> list[str]:
    return [text for key, text in thread.documents.items() if key.endswith(".dana")]


@pytest.mark.parametrize("technical", TECHNICAL)
@pytest.mark.parametrize("order", ["tester first", "tester last"])
def test_warned_both_ways_round(technical: str, order: str) -> None:
    """S20, S101, S107: by title or by deed, whichever comes first."""
    thread = declared()
    testing = "/incident role tester @dana"
    for line in (testing, technical) if order == "tester first" else (technical, testing):
        thread.say("alice", line)

    assert thread.mistakes == []
    status = thread.documents["status"].replace("Dana", "dana")
    assert IN_TABLE in status
    assert any(TOLD in text for text in of_dana(thread))


def test_a_person_who_logs_the_fix_counts_as_technical() -> None:
    """S107: by deed, not by title."""
    thread = declared()
    thread.say("alice", "/incident role tester @dana")
    thread.say("dana", "/incident fixed")
    assert IN_TABLE in thread.documents["status"]


def test_no_warning_for_testers_who_only_test() -> None:
    thread = declared()
    thread.say("alice", "/incident role tester @dana @erin\n/incident role assist @carol\n/incident fixed by @bob")
    assert "⚠️" not in thread.documents["status"]
    assert not any(TOLD in text for text in of_dana(thread))


def test_the_warning_goes_with_the_role_of_a_tester_and_stays_when_the_technical_one_is_left() -> None:
    """S107: who worked on the fix knows it too well, whatever they are called by now."""
    thread = declared()
    thread.say("alice", "/incident role tester @dana\n/incident role assist @dana")
    thread.say("alice", "/incident unrole assist @dana")
    assert IN_TABLE in thread.documents["status"]
    thread.say("alice", "/incident unrole tester @dana")
    assert "⚠️" not in thread.documents["status"]


@pytest.mark.parametrize("leaving", ["handoff tech-lead @alice", "unrole tech-lead", "role tech-lead @alice"])
def test_who_led_the_work_on_the_fix_is_warned_when_they_come_to_test_it(leaving: str) -> None:
    """S107: a Technical Lead of fifty minutes tests their own work."""
    thread = declared()
    thread.say("bob", "/incident note I rebuilt half of the index", "14:20")
    thread.say("bob", f"/incident {leaving}", "14:50")
    thread.say("bob", "/incident claim tester", "14:55")
    assert thread.mistakes == []
    assert thread.incident.partial_testers == ("bob",)
    assert "| Tester | **bob** ⚠️ |" in thread.documents["status"]


def test_a_small_team_is_not_blocked_and_the_exception_stands_in_the_ticket() -> None:
    """S9."""
    thread = declared()
    thread.say("bob", "/incident claim tester")
    thread.say("bob", "/incident fixed\n/incident test pass")
    decides = "If nobody else is available, the Incident Lead decides: `/incident exception @bob <why>`"
    assert decides in thread.documents["status"].replace("\u00a0", " ")

    thread.say("bob", "/incident resolve")
    assert thread.incident.times.resolved is not None
    assert "| Tester | **bob** ⚠️ |" in thread.documents["status"]
    assert "who also worked on the fix" in thread.documents["status"]
    assert "Needed now" not in thread.documents["status"]


def partial() -> Thread:
    """Return an incident that alice leads, in which bob fixes and tests."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident role tester @bob")
    return thread


def test_the_incident_lead_decides_on_an_exception_and_it_is_recorded() -> None:
    """S9, S20, S107: who decided, and why."""
    thread = partial()
    number = thread.say("alice", "/incident exception @bob nobody else is awake", "14:20")
    assert thread.mistakes == []
    told = "⚠️ Exception: **bob** tests and works on the fix: nobody else is awake — [alice]("
    status = thread.documents["status"].replace("\u00a0", " ")
    assert told in status
    assert "both testing and working" not in status
    assert "| Tester | **bob** ⚠️ |" in status
    thread.say("alice", "/incident fixed by @bob\n/incident resolve", "14:30")
    summary = thread.documents["summary"].replace("\u00a0", " ")
    assert told in summary
    assert "Exception: **bob** may test, despite working on the fix: nobody else is awake" in summary
    thread.delete(number)
    assert "Exception" not in thread.documents["summary"]


def test_somebody_else_does_not_decide_and_it_is_about_who_is_both() -> None:
    thread = partial()
    reason, _ = refusal(thread, "carol", "/incident exception @bob he is alone")
    assert reason == "the Incident Lead decides on exceptions (`alice`)"
    assert refusal(thread, "alice", "/incident exception @erin she is alone") == (
        "`erin` is not both testing and working on the fix",
        "exception @bob she is alone",
    )
    assert refusal(thread, "alice", "/incident exception @bob") == ("who, and why?", "exception @bob <why>")
    unled = declared()
    unled.say("bob", "/incident claim tester\n/incident exception @bob nobody else is here")
    assert unled.mistakes == []
    unled.say("bob", "/incident unrole tester")
    assert "⚠️ Exception:" not in unled.documents["status"]


@pytest.mark.parametrize(
    "note",
    [
        "I rebuilt half of the index",
        "I've just restarted the pods",
        "I rolled the deploy back",
        "I am restoring the backup",
    ],
)
def test_who_noted_what_they_did_to_the_system_is_no_independent_tester(note: str) -> None:
    """S107: by deed, without any role."""
    thread = declared()
    thread.say("dana", f"/incident note {note}")
    thread.say("dana", "/incident claim tester")
    assert IN_TABLE in thread.documents["status"]


@pytest.mark.parametrize(
    "note",
    ["I see it as well", "bob restarted the pods", "--external I rebuilt it, says the vendor", "Ifixed is down"],
)
def test_who_noted_what_they_see_tests_with_fresh_eyes(note: str) -> None:
    thread = declared()
    thread.say("dana", f"/incident note {note}")
    thread.say("dana", "/incident claim tester")
    assert "⚠️" not in thread.documents["status"]
