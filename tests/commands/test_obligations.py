"""Audiences with deadlines: reminded before, counted from detection, with a proof of what was told when."""

import csv
import io
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.commands.thread import Thread, at, declared
from tracker_bridge.domain.derived.needed import What, needed_now
from tracker_bridge.domain.derived.obligations import obligations
from tracker_bridge.domain.derived.reminders import Deadline, due
from tracker_bridge.domain.incident.audiences import AUDIENCES, Audience, Reach
from tracker_bridge.domain.incident.conditions import Condition
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import EventType
from tracker_bridge.exporting.incidents import incident_csv, incident_json

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
REGULATOR = Audience(
    "regulator", Reach.EXTERNAL, deadlines=(DAY, 3 * DAY, 14 * DAY), when=Condition(labels=("data",))
)
RULES = Rules(audiences=(*AUDIENCES, REGULATOR))


def thread() -> Thread:
    one = declared("/incident declare --detected 13:50", rules=RULES)
    one.do("alice", EventType.LABELED, "data")
    one.next_number = 1000
    one.say("alice", "/incident claim lead")
    return one


def asked(one: Thread, clock: str) -> list[tuple[str, tuple[str, ...], bool]]:
    nudges = due(one.incident, at(clock)).nudges
    found = [(n.clock.reminder, n) for n in nudges]
    return [(one.audience, n.clock.logins, n.late) for one, n in found if isinstance(one, Deadline)]


def test_deadlines_hold_in_incidents_of_their_kind_and_count_from_detection() -> None:
    one = declared("/incident declare --detected 13:50", rules=RULES)
    assert obligations(one.incident) == ()
    one.do("alice", EventType.LABELED, "data")
    assert [found.due for found in obligations(one.incident)] == [
        at("2026-11-23 13:50"),
        at("2026-11-25 13:50"),
        at("2026-12-06 13:50"),
    ]
    status = one.documents["status"].replace("\u00a0", " ")
    assert "**Deadlines**\n\n- **regulator** within 24 h, by 23 Nov 13:50: not told yet\n" in status


def test_without_a_detection_they_count_from_the_declaration_and_that_is_said() -> None:
    one = declared(rules=RULES)
    one.do("alice", EventType.LABELED, "data")
    assert obligations(one.incident)[0].due == at("2026-11-23 14:00")
    assert "**Deadlines**, counted from the declaration until the detection is recorded" in one.documents["status"]


def test_each_update_counts_for_the_earliest_that_is_open() -> None:
    one = thread()
    first = one.say("alice", "/incident update regulator: We lost some data.", "14:30")
    one.say("alice", "/incident update regulator --correction: We lost no data.", "14:50")
    one.say("alice", "/incident no-update regulator", "15:30")
    one.say("alice", "/incident resolve", "16:00")
    one.say("alice", "/incident update regulator: What we know.", "2026-11-25 15:50")
    assert [found.in_time for found in obligations(one.incident)] == [True, False, None]
    for key in ("status", "summary"):
        text = one.documents[key].replace("\u00a0", " ")
        told = f"told [22 Nov 14:30](https://forge.test/acme/shop/issues/7#issuecomment-{first}), in time"
        assert f"within 24 h, by 23 Nov 13:50: {told}" in text
        assert "within 72 h, by 25 Nov 13:50: told [25 Nov 15:50]" in text
        assert "⚠️ 2 h late" in text
        assert "within 14 d, by 06 Dec 13:50: not told yet" in text


def test_who_speaks_to_them_is_reminded_before_and_at_the_deadline_and_after_the_end() -> None:
    one = thread()
    one.say("alice", "/incident resolve", "15:00")
    assert asked(one, "2026-11-23 09:49") == []
    assert asked(one, "2026-11-23 09:50") == [("regulator", ("alice",), False)], "four hours before"
    one.say("alice", "/incident role comms @carol regulator", "2026-11-23 10:00")
    assert asked(one, "2026-11-23 10:01") == [("regulator", ("carol",), False)]
    assert asked(one, "2026-11-23 13:50") == [("regulator", ("carol",), True)]
    assert due(one.incident, at("2026-11-23 10:01")).next_at == at("2026-11-23 13:50")
    one.say("carol", "/incident update regulator: We lost some data.", "2026-11-23 13:40")
    assert asked(one, "2026-11-23 13:50") == []
    assert asked(one, "2026-11-25 01:50") == [("regulator", ("carol",), False)], "twelve hours before the next"


def test_a_snooze_does_not_silence_the_law() -> None:
    one = thread()
    one.say("alice", "/incident snooze 24h we sleep", "2026-11-23 09:00")
    assert asked(one, "2026-11-23 10:00") == [("regulator", ("alice",), False)]


def test_they_are_not_asked_for_every_hour_and_count_in_no_cadence() -> None:
    one = thread()
    one.say("alice", "/incident role comms @carol regulator", "14:10")
    names = {getattr(n.clock.reminder, "audience", "") for n in due(one.incident, at("18:00")).nudges}
    assert "regulator" not in names
    one.say("carol", "/incident update regulator: We lost some data.", "18:10")
    assert "update **by" not in one.documents["status"].split("**regulator**")[1].split("\n")[0]


def test_a_cancelled_incident_owes_nothing() -> None:
    one = thread()
    one.say("alice", "/incident cancel a false alarm")
    assert obligations(one.incident) == ()


def test_the_proof_is_exported() -> None:
    one = thread()
    one.say("alice", "/incident update regulator: We lost some data.", "14:30")
    told, *open_ = json.loads(incident_json(one.incident))["deadlines"]
    assert (told["audience"], told["within_seconds"], told["due_at"], told["told_at"], told["in_time"]) == (
        *("regulator", 86_400, "2026-11-23T13:50:00Z", "2026-11-22T14:30:00Z", True),
    )
    assert told["url"].endswith("#issuecomment-1001")
    assert [(one["told_at"], one["in_time"], one["url"]) for one in open_] == [(None, None, None)] * 2
    rows = [row for row in csv.DictReader(io.StringIO(incident_csv(one.incident))) if row["kind"] == "deadline"]
    assert [(row["what"], row["text"], row["occurred_at"], row["recorded_at"]) for row in rows][:2] == [
        ("regulator", "in time", "2026-11-23T13:50:00Z", "2026-11-22T14:30:00Z"),
        ("regulator", "open", "2026-11-25T13:50:00Z", ""),
    ]


@pytest.mark.parametrize("audiences", [AUDIENCES, (*AUDIENCES, replace(REGULATOR, name="press", deadlines=()))])
def test_what_was_told_is_proved_also_when_the_team_does_without_the_audience(
    audiences: tuple[Audience, ...],
) -> None:
    one = thread()
    one.say("alice", "/incident update regulator: We lost some data.", "14:30")
    one.look()
    before = obligations(one.incident)
    one.rules = Rules(audiences=audiences)
    assert one.mistakes == []
    assert obligations(one.incident) == before


def test_what_is_to_be_told_is_needed_until_it_is_told_also_after_the_end() -> None:
    one = thread()
    one.say("erin", "/incident claim comms regulator")
    found = [need for need in needed_now(one.incident) if need.what is What.DEADLINE]
    [need] = found
    assert (need.detail, need.at, need.who) == ("regulator", at("2026-11-23 13:50"), ("erin",))
    assert need.lines == ("update regulator: <text>",)
    told = "- To tell **regulator** by 23 Nov 13:50 UTC, from **erin**: `/incident update regulator: <text>`"
    assert told in one.documents["status"].replace("\u00a0", " ")
    one.say("erin", "/incident update regulator: We lost no data.")
    assert [need.at for need in needed_now(one.incident) if need.what is What.DEADLINE] == [at("2026-11-25 13:50")]
    one.say("alice", "/incident resolve")
    assert [need.what for need in needed_now(one.incident)] == [What.DEADLINE]
    assert json.loads(incident_json(one.incident))["needed"][0]["what"] == "deadline"
    assert "To tell **regulator** by 25 Nov 13:50 UTC" in one.documents["status"].replace("\u00a0", " ")
    for _ in range(2):
        one.say("erin", "/incident update regulator: Still none.")
    assert needed_now(one.incident) == ()
