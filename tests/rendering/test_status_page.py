"""The status page says what everyone was told, and never anything else."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.commands.thread import BEGIN, Thread
from tracker_bridge.domain.derived.disguise import disguised
from tracker_bridge.domain.derived.maintenance import public_page
from tracker_bridge.domain.derived.public import (
    PageRules,
    PublicImpact,
    PublicService,
    PublicStatus,
)
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
