"""Rules of a team: when an incident becomes one of a kind, its settings say lines, once."""

from dataclasses import replace

import pytest

from tests.commands.thread import Thread, at, declared
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.settings_speak import flaws
from tracker_bridge.domain.incident.channels import Use, channel_for
from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.sayings import Saying
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType
from tracker_bridge.domain.issue.receipts import Receipts

WORST = Condition(severities=("sev1",))
DATA = Condition(labels=("data",))


def rules(*lines: tuple[Condition, str]) -> Rules:
    return Rules(sayings=tuple(Saying(when, line) for when, line in lines))


def main_channel(one: Thread) -> str:
    channel = channel_for(one.incident.comms.channels, Use.MAIN)
    return channel.where if channel else ""


def by_settings(one: Thread) -> list[str]:
    return [entry.text or entry.what for entry in one.incident.timeline if entry.author == "the settings"]


def test_lines_are_said_once_when_the_incident_becomes_one_of_their_kind() -> None:
    one = declared(rules=rules((WORST, "channel main #inc-{number}"), (WORST, "note {severity} in {project}")))
    assert by_settings(one) == []
    number = one.say("alice", "/incident severity sev1", "14:10")
    assert by_settings(one) == ["#inc-7", "sev1 in acme/shop"]
    assert main_channel(one) == "#inc-7"
    entry = next(e for e in one.incident.timeline if e.author == "the settings")
    assert (entry.recorded_at, entry.id.partition(".")[0]) == (at("14:10"), str(number))
    assert "sev1 in acme/shop — the settings" in one.documents["status"]
    one.say("alice", "/incident severity sev2")
    one.say("alice", "/incident severity sev1")
    assert len(by_settings(one)) == 2


def test_what_people_say_later_counts() -> None:
    one = declared(rules=rules((WORST, "channel main #inc-{number}")))
    one.say("alice", "/incident severity sev1\n/incident channel main #other")
    assert main_channel(one) == "#other"
    one.look()
    assert main_channel(one) == "#other"


def test_a_label_by_hand_and_one_from_the_beginning_count_too() -> None:
    one = declared(rules=rules((DATA, "note ask the officer")))
    one.do("dana", EventType.LABELED, "data")
    assert by_settings(one) == ["ask the officer"]
    other = Thread("/incident declare", labels=["Data"], rules=one.rules)
    assert by_settings(other) == ["ask the officer"]


def test_a_line_may_make_another_due_and_it_ends() -> None:
    circle = rules((DATA, "severity sev1 data"), (WORST, "severity sev2"), (WORST, "note worst"))
    one = declared(rules=circle)
    one.do("dana", EventType.LABELED, "data")
    assert by_settings(one) == ["data", "sev2", "worst"], "all lines of a rule, whatever the first of them does"
    one.say("alice", "/incident severity sev1")
    assert by_settings(one) == ["data", "sev2", "worst"]


def test_people_who_are_given_a_role_are_told_and_may_act_like_those_whom_a_person_gave_one() -> None:
    one = declared(rules=rules((WORST, "role scribe @rita"), (WORST, "task @carol look at the logs")))
    number = one.say("alice", "/incident severity sev1")
    assert "you are **Scribe** in this incident" in one.card(number, "rita")
    one.say("rita", "/incident severity sev2 not that bad")
    assert one.mistakes == []
    assert [task.who.login for task in one.incident.work.tasks] == ["carol"]


NEVER = (
    *("test pass", "resolve", "cancel it", "reopen", "merge #3", "fixed", "started 10:00", "detected 10:00"),
    *("update internal: all is well", "no-update internal", "claim lead", "handoff lead @bob", "unrole lead @bob"),
    *("edit 4 x", "retract 4", "snooze 5h quiet", "check 1", "capture", "declare", "help", "export json", "show"),
)


@pytest.mark.parametrize("line", NEVER)
def test_what_only_a_person_can_vouch_for_is_refused(line: str) -> None:
    one = declared(rules=rules((WORST, line)))
    one.say("alice", "/incident severity sev1")
    verb = line.split(maxsplit=1)[0]
    assert by_settings(one) == []
    assert f"- `{line}`: the settings cannot say `{verb}`: only a person can" in one.documents["status"]
    assert one.mistakes == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("chanel main #x", "`chanel` is not a command"),
        ("severity sev9", "the severities are"),
        ("role scribe", "who should be Scribe? Name people with an `@`"),
        ("note <text>", "`<text>` is a placeholder"),
        ("channel main {title}", "`{title}` is not a placeholder; there are {number}, {severity}, {project}"),
        ("/incident note x", "lines of the settings have no prefix"),
        ("note a\n/incident note b", "is not one command"),
    ],
)
def test_what_would_be_refused_is_known_beforehand(line: str, reason: str) -> None:
    [(saying, told)] = flaws(rules((WORST, line), (DATA, "note fine")), COMMANDS, at("14:00"))
    assert saying.line == line
    assert told.startswith(reason)


def test_a_refused_line_is_told_once_and_no_more_when_the_settings_are_right() -> None:
    one = declared(rules=rules((WORST, "severity sev9"), (WORST, "note x")))
    one.say("alice", "/incident severity sev1")
    one.look()
    assert one.documents["status"].count("`severity sev9`") == 1
    assert [key for key in one.documents if key.startswith("refusal")] == []
    one.rules = rules((WORST, "severity sev2"), (WORST, "note x"))
    assert "sev9" not in one.documents["status"]
    assert by_settings(one) == ["x", "sev2"]


def test_a_line_that_was_said_stays_said_whatever_the_settings_say_later() -> None:
    one = declared(rules=rules((WORST, "channel main #inc-{number}"), (WORST, "note a")))
    one.say("alice", "/incident severity sev1", "14:10")
    one.look()
    one.rules = rules((WORST, "note a"), (WORST, "note b"))
    one.say("alice", "/incident note later", "14:30")
    assert sorted(by_settings(one)) == ["#inc-7", "a", "b"], "what is new is said, and nothing again"
    one.look()
    one.rules = Rules()
    assert sorted(by_settings(one)) == ["#inc-7", "a", "b"]
    assert main_channel(one) == "#inc-7"
    before = one.incident.timeline
    one.look()
    assert one.incident.timeline == before


def test_what_the_settings_say_since_the_end_is_not_said_in_what_is_over() -> None:
    one = declared()
    one.say("alice", "/incident severity sev1")
    one.say("alice", "/incident resolve")
    one.look()
    before = one.incident.timeline
    one.rules = rules((WORST, "note worst"))
    one.look()
    assert one.incident.timeline == before
    one.say("alice", "/incident reopen it is back")
    assert by_settings(one) == ["worst"]


def test_when_the_receipts_are_lost_it_is_said_again_at_the_same_time() -> None:
    one = declared(rules=rules((WORST, "note worst")))
    one.say("alice", "/incident severity sev1", "14:10")
    one.say("alice", "/incident resolve", "14:40")
    one.look()
    before = one.incident.timeline
    one.receipts = Receipts()
    assert one.incident.timeline == before


def test_a_severity_that_is_taken_back_takes_back_what_followed_from_it() -> None:
    one = declared(rules=rules((WORST, "note worst")))
    number = one.say("alice", "/incident severity sev1")
    one.look()
    one.delete(number)
    assert by_settings(one) == []


def test_the_settings_acknowledge_nothing_and_are_nobody_to_invite() -> None:
    one = declared(rules=rules((WORST, "note worst"), (WORST, "severity sev2")))
    one.do("bob", EventType.LABELED, "sev1")
    one.issue = replace(one.issue, events=tuple(replace(e, at=at("14:00")) for e in one.issue.events))
    assert by_settings(one)
    assert "the settings" not in one.documents["status"].split("| Role |")[1]
    assert not [entry for entry in one.entries(Kind.ROLE_TAKEN) if entry.who == "the settings"]
