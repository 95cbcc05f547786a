"""Drafts for an audience: what is of use to them, in their time, and nothing else (S78, S79, S92, S117)."""

import re
from dataclasses import replace
from datetime import UTC
from zoneinfo import ZoneInfo

import pytest

from tests.commands.test_communications import brief, busy, spoken
from tests.commands.thread import Thread
from tracker_bridge.domain.incident.audiences import AUDIENCES
from tracker_bridge.domain.incident.rules import Rules


def drafted(thread: Thread, audience: str, when: str) -> str:
    """Return the draft alone."""
    return (
        brief(thread, "alice", f"brief {audience}", when).partition("been sent.**")[2].partition("Once it is")[0]
    )


def test_a_draft_for_outside_has_only_impacts_on_those_outside() -> None:
    """S79: what is unclear is left out; the Communication Lead sees it in the news."""
    thread = spoken()
    for words in ("on-call: vendor broke their contract", "US customers: cannot pay", "Herr Maier: wartet"):
        thread.say("alice", f"/incident impact {words}")
    draft = drafted(thread, "external", "14:20")
    assert re.findall("> - (.*)", draft) == ["US customers: cannot pay"]
    assert "vendor broke their contract" in drafted(thread, "internal", "14:21")
    thread.say("alice", "/incident audience partners via mail\n/incident impact our partners: get no reports")
    assert re.findall("> - (.*)", drafted(thread, "partners", "14:22")) == ["our partners: get no reports"]


def test_a_later_draft_has_what_is_new_since_the_last_update() -> None:
    """S78: for outside in words of ours only."""
    thread = busy()
    assert "New since" not in drafted(thread, "internal", "14:25")
    thread.say("dana", "/incident note the pool is larger now", "14:26")
    outside = drafted(thread, "external", "14:30")
    assert "> New since our last update, at 14:10 UTC:\n> - 14:20 UTC: the cause was found\n>\n" in outside
    assert "pool" not in outside
    thread.say("carol", "/incident update internal, external: second", "14:40")
    thread.say("bob", "/incident fixed\n/incident note all pods restarted", "14:50")
    assert "the cause was found" not in drafted(thread, "external", "14:55")
    assert "> - 14:50 UTC: a fix was applied\n> - 14:50 UTC: all pods restarted\n" in drafted(
        thread, "internal", "14:56"
    )


def test_that_there_is_nothing_new_does_not_empty_the_next_brief() -> None:
    """S60, S78: what was recorded before it, and never told, comes again."""
    thread = busy()
    thread.say("carol", "/incident no-update external", "14:40")
    text = brief(thread, "carol", "brief external", "14:50")
    listed = re.sub(r"\]\(\S+?\)", "]", text).partition("\n\n")[2]
    assert listed.startswith(
        "Last update [14:10] UTC. At [14:40] UTC they heard that there was nothing new. Since then:"
    )
    assert "Cause identified: pool of db-7 is too small" in text
    assert "- 14:20 UTC: the cause was found" in text


def test_a_workaround_that_was_noted_stands_in_the_drafts_until_the_end() -> None:
    thread = spoken()
    thread.say("dana", "/incident note Workaround: pay by invoice")
    assert "> Workaround: pay by invoice\n" in drafted(thread, "external", "14:20")
    thread.say("dana", "/incident note workaround: ask carol", "14:21")
    assert "Workaround" not in drafted(thread, "external", "14:22")
    assert "> Workaround: ask carol\n" in drafted(thread, "internal", "14:23")
    thread.say("alice", "/incident resolve", "14:30")
    assert "Workaround" not in drafted(thread, "internal", "14:31")


def test_a_draft_has_the_times_of_its_audience() -> None:
    zones = {"external": ZoneInfo("Asia/Kolkata"), "management": ZoneInfo("America/Sao_Paulo")}
    audiences = tuple(replace(one, timezone=zones.get(one.name, UTC)) for one in AUDIENCES)
    thread = spoken(body="/incident declare --started ~13:50", rules=Rules(audiences=audiences))
    assert "began at ≈ 19:20 IST." in drafted(thread, "external", "14:20")
    assert "since ≈ 10:50 UTC-03." in drafted(thread, "management", "14:20")
    assert "since ≈ 13:50 UTC." in drafted(thread, "internal", "14:20")
    thread.say("alice", "/incident audience external @carol via mail")
    assert "began at ≈ 19:20 IST." in drafted(thread, "external", "14:30")


def test_management_reads_how_many_and_at_what_cost() -> None:
    """S117."""
    thread = spoken()
    thread.say("alice", "/incident impact customers: cannot pay --many some 400 --cost 2000 EUR an hour")
    assert "> - customers: cannot pay (some 400; 2000 EUR an hour)\n" in drafted(thread, "management", "14:20")
    assert "2000 EUR" not in drafted(thread, "external", "14:21")
    thread.say("alice", "/incident resolve", "14:30")
    assert "> It affected customers (some 400; 2000 EUR an hour).\n" in drafted(thread, "management", "14:31")


@pytest.mark.parametrize("audience", [one.name for one in AUDIENCES])
def test_after_the_end_a_draft_is_in_the_past_tense(audience: str) -> None:
    thread = busy()
    thread.say("alice", "/incident claim tester")
    thread.say("bob", "/incident fixed\n/incident note all of it is slow", "14:40")
    thread.say("carol", "/incident update internal, external, management: x", "14:41")
    thread.say("alice", "/incident test pass", "14:50")
    thread.say("alice", "/incident resolve", "15:00")
    draft = drafted(thread, audience, "15:05").replace("“Checkout is down”", "")
    assert not re.search(r"\b(?:is|are|has|have|leads|continues|cannot|drowns|we are|next update)\b", draft), draft
