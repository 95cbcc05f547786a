"""The status page says what everyone was told, and never anything else."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as ET

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.commands.thread import BEGIN, SHAPED, Thread
from tests.examples import examples
from tests.rendering.story import captured, hasty, lonely, merged, over, planned, running, withdrawn
from tests.showing.sample import AT as SAMPLE_AT
from tests.showing.sample import INCIDENTS, RULES, WORK
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.derived.disguise import disguised
from tracker_bridge.domain.derived.maintenance import public_page
from tracker_bridge.domain.derived.public import (
    PageRules,
    PublicImpact,
    PublicService,
    PublicStatus,
)
from tracker_bridge.domain.derived.public import status_of as status_of_parts
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.rendering.status_page import status_files
from tracker_bridge.templates_folder import templates_folder

CANARY = "canary-7d1f"
AT = BEGIN + timedelta(days=2)


def told(*lines: str, resolved: bool = True) -> Thread:
    """An incident in which everything internal has the canary in it."""
    thread = Thread(f"{CANARY} is down", labels=["incident"])
    for audience in ("internal", "external", "management"):
        thread.say("bob", f"/incident claim comms {audience}")
    thread.say("bob", f"/incident impact {CANARY}: {CANARY} cannot pay")
    thread.say("bob", f"/incident note {CANARY}")
    thread.say("bob", f"/incident update internal: {CANARY} told inside")
    thread.say("bob", f"/incident update management: {CANARY} told above")
    for line in lines:
        thread.say("bob", f"/incident update external: {line}")
    if resolved:
        thread.say("bob", "/incident resolve")
    return thread


def status_of(*cases: Case) -> PublicStatus:
    return public_page(cases, AT, PageRules())


def files_of(*cases: Case) -> dict[str, str]:
    return status_files(templates_folder(), status_of(*cases), title="Acme", url="https://status.example.org")


def test_an_incident_is_named_by_its_first_external_update_and_shows_nothing_internal() -> None:
    thread = told("Card payments fail. We are on it.", "It works again.")
    files = files_of(Case(thread.incident, ("checkout",)))
    [one] = status_of(Case(thread.incident, ("checkout",))).incidents
    assert one.name == "Card payments fail"
    assert [" ".join(update.lines) for update in one.updates] == [
        "It works again.",
        "Card payments fail. We are on it.",
    ]
    for name, text in files.items():
        assert CANARY not in text, name
        assert "bob" not in text, name
        assert "forge.test" not in text, name
        assert "acme/shop" not in text, name


@pytest.mark.parametrize("kind", ["confidential", "drill", "cancelled", "untold"])
def test_what_is_not_for_everyone_does_not_appear(kind: str) -> None:
    thread = told(*([] if kind == "untold" else ["Payments fail."]), resolved=False)
    if kind == "cancelled":
        thread.say("bob", "/incident cancel a false alarm")
    incident = replace(thread.incident, drill=kind == "drill")
    files = files_of(Case(incident, ("checkout",), confidential=kind == "confidential"))
    assert "Payments fail" not in "".join(files.values())
    assert "No incident is open" in files["index.html"]
    assert json.loads(files["api/v2/summary.json"])["incidents"] == []


def test_an_open_incident_affects_its_component() -> None:
    files = files_of(Case(told("Payments fail.", resolved=False).incident, ("checkout",)))
    summary = json.loads(files["api/v2/summary.json"])
    assert summary["status"]["indicator"] == "major"
    assert [(one["name"], one["status"]) for one in summary["components"]] == [("checkout", "partial_outage")]
    assert summary["incidents"][0]["incident_updates"][0]["body"] == "Payments fail."
    assert "1 incident open" in files["index.html"]


def test_availability_counts_each_moment_once_with_its_weight() -> None:
    first = told("Payments fail.", resolved=False).incident
    second = replace(first, ref=replace(first.ref, number=8))
    cases = [Case(first, ("checkout",)), Case(second, ("checkout",))]
    [component] = status_of(*cases).components
    days = component.availability.days
    assert first.times.declared is not None
    begun = first.times.declared.moment.at
    known = AT - BEGIN.replace(hour=0)
    assert component.availability.share == pytest.approx(1 - 0.3 * ((AT - begun) / known))
    assert [day.available for day in days[:-3]] == [None] * 87
    assert days[-2].available == pytest.approx(0.7)
    assert (days[-1].rank, days[-4].rank) == (2, 0)


def test_it_is_down_from_the_start_to_the_fix_by_the_weights_of_the_settings() -> None:
    thread = told("Payments fail.", resolved=False)
    thread.say("bob", "/incident started 13:00")
    thread.say("bob", "/incident severity sev3")
    thread.say("bob", "/incident fixed 14:10")
    rules = PageRules(
        services=(PublicService("Shop", ("Checkout", "billing")), PublicService("Search", ("search",))),
        impacts={"sev3": PublicImpact.MAJOR},
        weights={PublicImpact.MAJOR: 0.5},
        since=(BEGIN - timedelta(days=9)).date(),
    )
    status = public_page([Case(thread.incident, ("checkout",))], AT, rules)
    shop, search = status.components
    assert (shop.name, shop.impact, status.impact) == ("Shop", PublicImpact.NONE, PublicImpact.MAJOR)
    known = AT - (BEGIN - timedelta(days=9)).replace(hour=0)
    assert shop.availability.share == pytest.approx(1 - 0.5 * (timedelta(minutes=70) / known))
    assert (search.availability.share, search.availability.known) == (1, 12)


def test_an_update_keeps_its_name_and_phase_when_its_words_are_corrected() -> None:
    thread = told("Payments fail.", resolved=False)
    thread.say("bob", "/incident status identified a bad deploy")
    number = thread.say("bob", "/incident update external --correction: Only card payments fail.")
    [before] = status_of(Case(thread.incident)).incidents
    assert [(one.phase, one.correction) for one in before.updates] == [
        ("identified", True),
        ("investigating", False),
    ]
    thread.edit(number, "/incident update external --correction: Only payments by card fail.")
    [after] = status_of(Case(thread.incident)).incidents
    assert [one.id for one in after.updates] == [one.id for one in before.updates]
    assert after.updates[0].lines == ("Only payments by card fail.",)


def test_a_disguise_changes_every_internal_text_and_no_byte_of_the_page() -> None:
    thread = told("Card payments fail. We are on it.", "It works again.")
    case = Case(thread.incident, ("checkout",))
    other = disguised(case)
    assert CANARY not in repr(other)
    assert "bob" not in repr(other)
    assert files_of(other) == files_of(case)


HOSTILE = [
    "<script>alert(1)</script>",
    "]]>&amp;",
    "a\u202eb\x07c",
    '"onload="x',
    "BEGIN:VEVENT; a, b\\n",
    "é" * 300,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_was_said_is_text_in_every_file(text: str) -> None:
    files = files_of(Case(told(text).incident, ("<b>", "checkout")))
    assert "<script" not in files["index.html"]
    for name, content in files.items():
        if name.endswith(".atom"):
            ET.fromstring(content)
    ics = files["calendar.ics"]
    assert ics.count("BEGIN:VEVENT\r\n") == 1
    assert max(len(line.encode()) for line in ics.split("\r\n")) <= 75
    json.loads(files["api/v2/summary.json"])
    assert not re.search(r'(?:src|href)="(?!feed|calendar|api|components|#)', files["index.html"])


def test_the_same_status_gives_the_same_bytes() -> None:
    case = Case(told("Payments fail.").incident, ("checkout",))
    assert files_of(case) == files_of(case)


def full_files() -> dict[str, str]:
    status = status_of_parts(INCIDENTS, WORK, SAMPLE_AT, RULES)
    return status_files(templates_folder(), status, title="Acme status", url="https://status.example.org/")


INCIDENT = {"id", "name", "status", "impact", "created_at", "updated_at", "monitoring_at", "resolved_at"}
INCIDENT |= {"shortlink", "page_id", "incident_updates", "components"}
UPDATE = {"id", "status", "body", "created_at", "updated_at", "display_at", "affected_components", "incident_id"}
COMPONENT = {"id", "name", "status", "created_at", "updated_at", "position", "description", "showcase"}
COMPONENT |= {"start_date", "group_id", "page_id", "group", "only_show_if_degraded"}
PAGE = {"id", "name", "url", "time_zone", "updated_at"}


def test_the_json_has_the_shape_of_statuspages() -> None:
    files = {name: json.loads(text) for name, text in full_files().items() if name.endswith(".json")}
    assert set(files) == {
        f"api/v2/{name}.json"
        for name in (
            "summary",
            "status",
            "components",
            "incidents",
            "incidents/unresolved",
            "scheduled-maintenances",
            "scheduled-maintenances/upcoming",
            "scheduled-maintenances/active",
        )
    }
    for value in files.values():
        assert set(value["page"]) == PAGE
        for incident in (*value.get("incidents", ()), *value.get("scheduled_maintenances", ())):
            assert set(incident) >= INCIDENT
            updates = incident["incident_updates"]
            assert all(set(one) >= UPDATE for one in updates)
            assert [one["created_at"] for one in updates] == sorted(
                (u["created_at"] for u in updates), reverse=True
            )
        assert all(set(one) >= COMPONENT for one in value.get("components", ()))
    summary = files["api/v2/summary.json"]
    assert summary["status"] == {"indicator": "major", "description": "Partial System Outage"}
    assert [one["status"] for one in summary["components"]] == [
        "partial_outage",
        "partial_outage",
        "operational",
        "under_maintenance",
    ]
    assert [one["status"] for one in summary["scheduled_maintenances"]] == ["in_progress", "scheduled"]
    assert {"scheduled_for", "scheduled_until"} <= set(summary["scheduled_maintenances"][0])
    assert len(files["api/v2/incidents.json"]["incidents"]) == 3
    assert len(files["api/v2/incidents/unresolved.json"]["incidents"]) == 1


def test_the_calendar_has_incidents_and_maintenance_and_is_read_by_others() -> None:
    found = icalendar.Calendar.from_ical(full_files()["calendar.ics"])
    events: dict[str, Any] = {str(one["SUMMARY"]): one for one in found.walk("VEVENT")}
    assert len(events) == 6
    work = events["Card payments move to a new database"]
    assert work["DTSTART"].dt.isoformat() == "2026-12-05T22:20:00+00:00"
    assert str(work["DESCRIPTION"]) == "Card payments move to a new database. Payments may fail for a few minutes."
    assert [str(one) for one in work["CATEGORIES"].cats] == ["MAINTENANCE"]


def test_each_component_has_a_feed_of_its_incidents_and_its_maintenance() -> None:
    files = full_files()
    names = {name for name in files if name.startswith("components/")}
    assert len(names) == 3
    every = ET.fromstring(files["feed.atom"])
    space = "{http://www.w3.org/2005/Atom}"
    assert len(every.findall(f"{space}entry")) == 6
    api = next(ET.fromstring(files[name]) for name in names if "Acme status: API" in files[name])
    titles = [one.findtext(f"{space}title") for one in api.findall(f"{space}entry")]
    assert titles == ["Maintenance: New certificates", "The API answers with errors"]
    updated = [one.findtext(f"{space}updated") or "" for one in every.findall(f"{space}entry")]
    assert updated == sorted(updated, reverse=True)


@pytest.mark.parametrize("story", [running, over, merged, lonely, hasty, withdrawn, captured, planned])
def test_no_internal_text_of_any_story_reaches_a_file(story: Callable[[], Thread]) -> None:
    """Every internal text is a canary: titles, roles, notes, severities, names, labels, tasks, and all others."""
    thread = story()
    thread.say("alice", "/incident claim comms external")
    thread.say("alice", "/incident update external --now it is time: Payments fail.")
    case = disguised(Case(thread.incident, ("checkout",)))
    files = files_of(case, disguised(replace(case, confidential=True)))
    assert "canary" in repr(case)
    for name, text in files.items():
        assert "canary" not in text, name
        assert "acme" not in text.replace("Acme", ""), name
        assert "forge.test" not in text, name


@examples(15)
@given(st.lists(st.sampled_from([one for each in COMMANDS.values() for one in each.examples]), max_size=12))
def test_whatever_people_say_only_words_for_everyone_make_a_difference(said: list[str]) -> None:
    thread = Thread("It is down", labels=["incident"], rules=SHAPED)
    thread.say("alice", "/incident claim lead\n/incident claim comms\n/incident claim scribe")
    for line in said:
        thread.say("alice", f"/incident {line}")
    case = Case(thread.incident, ("checkout",))
    assert files_of(disguised(case)) == files_of(case)
