"""The status page says what everyone was told, and never anything else."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.commands.thread import BEGIN, Thread
from tracker_bridge.domain.derived.public import PublicStatus, public_status
from tracker_bridge.domain.derived.report import Case
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
    return public_status(cases, AT)


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
        assert "https://forge.test" not in text, name


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


def test_availability_is_the_time_without_an_incident_each_moment_once() -> None:
    first = told("Payments fail.", resolved=False).incident
    second = replace(first, ref=replace(first.ref, number=8))
    cases = [Case(first, ("checkout",)), Case(second, ("checkout",))]
    [component] = status_of(*cases).components
    began = status_of(*cases).incidents[0].began
    assert component.available == pytest.approx(1 - (AT - began) / timedelta(days=90))
    assert component.days[-1] == 0
    assert component.days[0] == 1
    assert sum(component.days) / 90 == pytest.approx(component.available)


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
    ics = files["incidents.ics"]
    assert ics.count("BEGIN:VEVENT\r\n") == 1
    assert max(len(line.encode()) for line in ics.split("\r\n")) <= 75
    json.loads(files["api/v2/summary.json"])
    assert not re.search(r'(?:src|href)="(?!feed|incidents|api|components|#)', files["index.html"])


def test_the_same_status_gives_the_same_bytes() -> None:
    case = Case(told("Payments fail.").incident, ("checkout",))
    assert files_of(case) == files_of(case)
