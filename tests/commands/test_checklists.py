"""Checklists of a team: shown where they are meant, ticked with a command, with who and when."""

import re
from dataclasses import replace

import pytest

from tests.commands.thread import Thread, declared, refusal
from tracker_bridge.domain.incident.checklists import Checklist, counted
from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType

ALWAYS = Checklist("Always", ("Say who leads", "Open a chat"))
WORST = Checklist("Worst", ("Wake the board",), Condition(severities=("sev1", "sev2")))
DATA = Checklist("Customer data", ("Ask the officer", "Save the logs"), Condition(labels=("data",)))
SHOP = Checklist("Shop", ("Close the till",), Condition(services=("shop",)))
OPEN = "on the checklists of this incident; the open ones are 1, 2"
LISTS = counted((ALWAYS, WORST, DATA, SHOP))


def thread(*lists: Checklist) -> Thread:
    return declared(rules=Rules(checklists=lists or LISTS))


def boxes(text: str) -> list[str]:
    lines = text.replace("\u00a0", " ").split("\n")
    return [line for line in lines if re.match(r"- \[[x ]\] ", line)]


def test_lists_are_shown_where_they_are_meant() -> None:
    one = thread()
    assert boxes(one.documents["status"]) == ["- [ ] 1: Say who leads", "- [ ] 2: Open a chat"]
    one.say("alice", "/incident severity sev2")
    one.do("alice", EventType.LABELED, "Data")
    one.do("alice", EventType.LABELED, "service::Shop")
    assert [line[:8] for line in boxes(one.documents["status"])] == [f"- [ ] {n}:" for n in range(1, 7)]
    one.say("alice", "/incident severity sev3")
    one.do("alice", EventType.UNLABELED, "Data")
    assert [line[6] for line in boxes(one.documents["status"])] == ["1", "2", "6"]


def test_a_label_that_was_there_from_the_beginning_counts() -> None:
    one = Thread(labels=["data"], rules=Rules(checklists=LISTS), body="/incident declare")
    assert "Ask the officer" in one.documents["status"]


def test_who_ticked_what_and_when_is_shown_and_on_the_timeline() -> None:
    one = thread()
    number = one.say("dana", "/incident check 2", "14:20")
    one.say("bob", "/incident tick 2", "14:30")
    [entry] = one.entries(Kind.CHECKED)
    assert (entry.author, entry.what, entry.text) == ("dana", "Always", "Open a chat")
    assert boxes(one.documents["status"])[1] == (
        f"- [x] 2: Open a chat — dana, [14:20](https://forge.test/acme/shop/issues/7#issuecomment-{number})"
    )
    one.say("bob", "/incident uncheck 2")
    assert boxes(one.documents["status"])[1] == "- [ ] 2: Open a chat"
    assert len(one.entries(Kind.UNCHECKED)) == 1
    one.say("erin", "/incident check #1, 2 and 1")
    assert one.mistakes == []
    assert [tick.by for tick in one.incident.ticks] == ["erin", "erin"]
    assert "(2 of 2)" in one.documents["status"]


@pytest.mark.parametrize(
    ("said", "reason", "instead"),
    [
        ("check", "which items? Use their numbers", "check <number>"),
        ("check open a chat", "which items? Use their numbers", "check <number>"),
        ("check 1 please", "which items? Use their numbers", "check 1"),
        (
            "check 9",
            f"there is no item 9 {OPEN}",
            "check <number>",
        ),
        (
            "check 3",
            f"there is no item 3 {OPEN}",
            "check <number>",
        ),
        ("uncheck 4", "there is no item 4 on the checklists of this incident", "uncheck <number>"),
    ],
)
def test_what_is_no_item_is_refused(said: str, reason: str, instead: str) -> None:
    assert refusal(thread(), "alice", f"/incident {said}") == (reason, instead)


def test_without_a_checklist_it_is_said_where_they_are_defined() -> None:
    told, _ = refusal(declared(), "alice", "/incident check 1")
    assert told == "this incident has no checklist; checklists are defined in the settings of the repository"


def test_a_number_goes_on_to_mean_the_same_item_whatever_the_settings_say_later() -> None:
    one = thread()
    one.say("alice", "/incident severity sev1\n/incident check 2 3")
    one.look()
    ticked = [(entry.what, entry.text) for entry in one.entries(Kind.CHECKED)]
    assert ticked == [("Always", "Open a chat"), ("Worst", "Wake the board")]

    one.rules = Rules(checklists=counted((DATA, replace(ALWAYS, items=("New", "Say who leads", "Open a chat")))))
    one.say("alice", "/incident check 1")
    one.do("alice", EventType.LABELED, "data")
    assert [entry.text for entry in one.entries(Kind.CHECKED)] == [
        "Open a chat",
        "Wake the board",
        "Say who leads",
    ]
    assert [line[6:9] for line in boxes(one.documents["status"])] == ["5: ", "6: ", "1: ", "2: ", "3: "]
    one.look()
    one.rules = Rules()
    assert len(one.entries(Kind.CHECKED)) == 3
    assert one.mistakes == []


def test_after_the_end_what_is_open_stays_in_sight() -> None:
    one = thread()
    one.say("alice", "/incident check 1\n/incident resolve\n/incident postmortem")
    assert boxes(one.documents["status"]) == boxes(one.documents["summary"])
    one.say("alice", "/incident check 2")
    assert boxes(one.documents["status"]) == []
    assert len(boxes(one.documents["summary"])) == 2


def test_what_was_no_item_when_it_was_ticked_stays_unticked() -> None:
    one = thread()
    one.say("alice", "/incident check 4")
    one.do("alice", EventType.LABELED, "data")
    one.look()
    one.look()
    assert one.incident.ticks == ()
