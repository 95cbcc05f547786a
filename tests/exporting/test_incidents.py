"""One incident as JSON and CSV: what is documented is what is written (S63)."""

import csv
import io
from collections.abc import Iterator

import pytest

from tests.commands.thread import Thread, declared
from tests.exporting.schemas import valid
from tracker_bridge.domain.issue.issue import EventType
from tracker_bridge.exporting.incidents import COLUMNS, incident_csv, incident_json


@pytest.fixture
def thread() -> Thread:
    """An incident with something of everything."""
    thread = declared("/incident declare --started ~13:50 --detected 13:58 --by alarm")
    thread.say("alice", "/incident claim lead\n/incident severity sev2\n/incident role scribe @dana", "14:02")
    thread.say("dana", "/incident impact customers: cannot pay --many some 400")
    thread.say("dana", "/incident note =1+1\n/incident note first calls | 13:55", "14:10")
    thread.say("alice", "/incident channel main #status\n/incident stakeholder @carol affected")
    thread.say("alice", "/incident announced all@acme.test\n/incident role comms @erin external")
    thread.say("erin", "/incident update external via #status\n> We are on it.\n> More soon.", "14:15")
    thread.say("bob", "/incident fixed", "14:40")
    thread.do("alice", EventType.CLOSED, when="15:00")
    return thread


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_record_is_as_documented(thread: Thread) -> None:
    value = valid(incident_json(thread.incident), "incident")

    assert (value["ref"], value["phase"], value["drill"]) == ("local:acme/shop#7", "resolved", False)
    assert value["severity"]["name"] == "sev2"
    assert value["source"] == "alert"
    assert value["times"]["started"] == {
        "at": "2026-11-22T13:50:00Z",
        "approximate": True,
        "by": "bob",
        "url": thread.issue.url,
    }
    assert value["statistics"]["time_to_detect"] == {"seconds": 480, "approximate": True}
    assert value["impacts"][0]["many"] == "some 400"
    assert {"role": "scribe", "login": "dana"}.items() <= value["roles"][-2].items()
    assert value["channels"][0]["where"] == "#status"
    assert value["announcements"][0]["directed_to"] == "#status"
    assert value["stakeholders"][0]["login"] == "carol"
    [told] = value["communications"]
    assert (told["audiences"], told["said"], told["at"]) == (
        ["external"],
        "We are on it.\nMore soon.",
        "2026-11-22T14:15:00Z",
    )


def test_work_and_tests_are_in_it(thread: Thread) -> None:
    thread = declared()
    thread.say("bob", "/incident role assist @carol\n/incident role tester @dana")
    thread.say("bob", "/incident task @carol look at the replica")
    thread.say("rita", "/incident help-offer I know the replica")
    thread.say("dana", "/incident question why was nobody paged?")
    thread.say("bob", "/incident fixed")
    thread.say("dana", "/incident test pass paid with three cards")
    thread.say("alice", "/incident resolve\n/incident postmortem 2026-11-25\n/incident cause a full disk")
    thread.say("alice", "/incident action alert on full disks @bob due 2026-12-01")

    value = valid(incident_json(thread.incident), "incident")

    assert [one["answers_for_it"] for one in value["tasks"]] == ["carol"]
    assert [one["tester"] for one in value["tests"]] == ["dana"]
    assert [one["text"] for one in value["questions"]] == ["why was nobody paged?"]
    assert [one["text"] for one in value["causes"]] == ["a full disk"]
    assert value["review"]["on"] == "2026-11-25"
    [action] = value["actions"]
    assert (action["owner"], action["due"], action["done"]) == ("bob", "2026-12-01", False)


def test_where_an_entry_comes_from_is_in_record_and_table() -> None:
    """S53, S54: outside of the team, another person's words, a correction, or done by hand."""
    thread = declared()
    thread.say("alice", "/incident role scribe @dana")
    said = thread.say("rita", "The provider's page is red.")
    note = thread.say("carol", "/incident note --external the provider reports an outage")
    thread.say("dana", f"/incident capture {said}\n/incident edit {note} the provider reports an outage in Ohio")
    thread.do("alice", EventType.LABELED, "sev2")

    value = valid(incident_json(thread.incident), "incident")
    table = rows(incident_csv(thread.incident))

    names = ("external", "captured_by", "corrected_by", "by_hand")
    notes = [one for one in value["timeline"] if one["kind"] in ("note", "severity")]
    assert sorted(tuple(one[name] for name in names) for one in notes if not one["by_hand"]) == [
        (False, "dana", None, False),
        (True, None, "dana", False),
    ]
    assert [one["kind"] for one in notes if one["by_hand"]] == ["severity"]
    cells = {tuple(one[name] for name in names) for one in table if one["kind"] in ("note", "severity")}
    assert cells == {("false", "dana", "", "false"), ("true", "", "dana", "false"), ("false", "", "", "true")}


def test_whether_a_task_was_accepted_and_a_channel_agreed_on_is_in_it() -> None:
    """S18, S47."""
    thread = declared()
    thread.say("bob", "/incident role assist @carol\n/incident role comms @erin\n/incident task @carol look")
    assert [one["accepted"] for one in valid(incident_json(thread.incident), "incident")["tasks"]] == [False]
    thread.say("carol", "/incident task accept 1")
    thread.say("erin", "/incident update external via phone: We are on it.")
    thread.say("alice", "/incident channel main #status")
    thread.say("erin", "/incident update external --now it is urgent: We are still on it.")
    value = valid(incident_json(thread.incident), "incident")
    assert [one["accepted"] for one in value["tasks"]] == [True]
    assert [one["unagreed"] for one in value["communications"]] == [True, False]


def test_other_issues_that_it_is_linked_to_are_in_it(thread: Thread) -> None:
    said = thread.say("alice", "/incident related #12\n/incident reopen\n/incident merge #9")
    value = valid(incident_json(thread.incident), "incident")

    assert [(one["issue"], one["by"]) for one in value["related"]] == [(12, "alice")]
    assert value["related"][0]["url"].endswith(str(said))
    assert value["duplicate_of"] == 9


def test_the_confirmation_is_in_it_until_a_test_fails() -> None:
    """S106."""
    thread = declared()
    thread.say("alice", "/incident role tester @dana @erin")
    thread.say("bob", "/incident fixed")
    assert valid(incident_json(thread.incident), "incident")["confirmed"] is None
    thread.say("dana", "/incident test pass paid by card")
    confirmed = valid(incident_json(thread.incident), "incident")["confirmed"]
    assert (confirmed["tester"], confirmed["note"]) == ("dana", "paid by card")
    thread.say("erin", "/incident test fail cards hang")
    assert valid(incident_json(thread.incident), "incident")["confirmed"] is None


def test_what_nobody_said_is_null_and_an_ordinary_issue_is_none() -> None:
    value = valid(incident_json(Thread().incident), "incident")
    assert value["is_incident"] is False
    assert value["phase"] is None
    assert set(value["times"].values()) == {None}
    assert value["statistics"]["total_outage"] == {"seconds": None, "approximate": False}


def test_an_interval_that_runs_backwards_stays_negative() -> None:
    thread = declared("/incident declare --started 13:50 --detected 13:40")
    assert valid(incident_json(thread.incident), "incident")["statistics"]["time_to_detect"]["seconds"] == -600


def test_csv_is_the_timeline_in_the_order_of_what_occurred(thread: Thread) -> None:
    found = rows(incident_csv(thread.incident))

    assert tuple(found[0]) == COLUMNS
    assert {row["incident"] for row in found} == {"local:acme/shop#7"}
    assert [row["occurred_at"] for row in found] == sorted(row["occurred_at"] for row in found)
    [formula] = [row for row in found if "1+1" in row["text"]]
    assert formula["text"] == "'=1+1"
    [call] = [row for row in found if row["text"] == "first calls"]
    assert (call["kind"], call["author"], call["recorded_at"]) == ("note", "dana", "2026-11-22T14:10:00Z")


def test_every_entry_of_the_record_is_a_row(thread: Thread) -> None:
    def kinds() -> Iterator[str]:
        yield from (entry["kind"] for entry in valid(incident_json(thread.incident), "incident")["timeline"])

    assert [row["kind"] for row in rows(incident_csv(thread.incident))] == list(kinds())
