"""What is needed now, as values: whatever is said to be needed is worded wherever it is shown."""

import json
from string import Formatter

import pytest
from jinja2 import nodes

from tests.commands.thread import Thread, at, declared
from tests.exporting.schemas import DOCS, valid
from tests.rendering.story import hasty, lonely, over, running, withdrawn
from tracker_bridge.cli.incidents import describe
from tracker_bridge.cli.needed import needed_lines
from tracker_bridge.domain.derived.needed import Need, What, needed_now
from tracker_bridge.domain.derived.reminders import due
from tracker_bridge.exporting.incidents import incident_json
from tracker_bridge.rendering.environment import documents_environment
from tracker_bridge.rendering.needs import WORDS
from tracker_bridge.templates_folder import templates_folder


def needs(thread: Thread, possible_duplicate: int = 0) -> list[What]:
    return [one.what for one in needed_now(thread.incident, possible_duplicate)]


def test_nothing_is_needed_before_the_beginning_and_after_the_end_but_what_has_a_deadline() -> None:
    thread = Thread()
    assert needs(thread, possible_duplicate=5) == []
    assert needs(over(), possible_duplicate=5) == [What.DEADLINE]


def test_the_most_important_comes_first() -> None:
    thread = declared()
    tracks = [What.FIRST_STEP, What.NOTES, What.STAKEHOLDERS, What.MAIN_CHANNEL]  # S97: all at once
    assert needs(thread, possible_duplicate=5) == [What.DUPLICATE, What.INCIDENT_LEAD, What.IMPACT, *tracks]
    thread.say("alice", "/incident impact everybody: cannot pay\n/incident claim lead")
    assert needs(thread) in ([What.SUGGESTED_SEVERITY, *tracks], [What.SEVERITY, *tracks])
    thread.say("alice", "/incident severity sev2")
    assert needs(thread, possible_duplicate=5) == tracks
    thread.say("bob", "/incident note the disk is full")
    thread.say("alice", "/incident stakeholder support affected")
    assert needs(thread) == [What.MAIN_CHANNEL]
    thread.say("alice", "/incident announced all@acme.test")
    assert needs(thread) == [What.CHANNEL_ANNOUNCED]
    thread.say("alice", "/incident channel main #status")
    [places] = needed_now(thread.incident)
    assert (places.what, places.lines, places.detail) == (
        What.REDIRECTION,
        ("announced all@acme.test",),
        "#status",
    )


def test_whose_turn_it_is_follows_the_fix() -> None:
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident severity sev2\n/incident stakeholder support affected")
    thread.say("alice", "/incident channel main #status")
    thread.say("bob", "/incident note the disk is full\n/incident test request does login work?")
    [asked] = needed_now(thread.incident)
    assert (asked.what, asked.who, asked.detail) == (What.TEST, ("bob",), "does login work?")
    thread.say("bob", "/incident fixed")
    assert needs(thread) == [What.TESTER]
    thread.say("erin", "/incident claim tester")
    [verdict] = needed_now(thread.incident)
    assert (verdict.what, verdict.who) == (What.VERDICT, ("erin",))
    thread.say("erin", "/incident test pass", "15:00")
    assert needed_now(thread.incident) == (Need(What.RESOLUTION, ("resolve",), ("erin",), at=at("15:00")),)


def test_an_update_is_needed_from_half_time_on() -> None:
    """S18, S77: shown in the status comment, which pings nobody, before anybody is asked."""
    thread = declared()
    thread.say("alice", "/incident claim lead\n/incident audience external @carol via mail")
    thread.say("carol", "/incident update external: We are on it.", "14:10")

    def update(clock: str) -> list[Need]:
        found = due(thread.incident, at(clock))
        needed = needed_now(thread.incident, pending=found.pending)
        return [one for one in needed if one.what is What.UPDATE]

    assert update("14:39") == []
    assert due(thread.incident, at("14:31")).next_at == at("14:40")
    [one] = update("14:40")
    assert (one.who, one.detail, one.at) == (("carol",), "external", at("15:10"))
    assert one.lines == ("update external: <text>", "brief external")
    assert update("15:30") == [one]
    thread.say("carol", "/incident no-update external", "15:31")
    assert update("15:40") == []


# Wherever it is shown


def test_everything_is_worded_for_the_thread_the_terminal_and_programs() -> None:
    template = (templates_folder() / "_needed.md.j2").read_text("utf-8")
    tree = documents_environment(templates_folder()).parse(template)
    assert {macro.name for macro in tree.find_all(nodes.Macro)} == {what.name.lower() for what in What}
    assert list(WORDS) == list(What)
    assert all(words.strip() for words in WORDS.values())
    schema = json.loads((DOCS / "incident.schema.json").read_text("utf-8"))
    assert schema["properties"]["needed"]["items"]["properties"]["what"]["enum"] == [what.value for what in What]


def test_a_braced_word_of_a_person_is_repeated_as_it_is() -> None:
    thread = declared()
    thread.say("bob", "/incident test request {who} and {0.__class__}")
    assert "  A test, as bob asked: {who} and {0.__class__}" in list(needed_lines(thread.incident, 0))
    assert {name for words in WORDS.values() for _, name, _, _ in Formatter().parse(words) if name} == {
        *("issue", "who", "detail", "at", "places")
    }


@pytest.mark.parametrize("story", [running, lonely, hasty, withdrawn], ids=lambda story: story.__name__)
def test_thread_terminal_and_programs_tell_the_same(story: object) -> None:
    assert callable(story)
    thread = story()
    needed = needed_now(thread.incident)
    shown = thread.documents["status"].replace("\u200b", "")
    text = describe(thread.incident)
    value = valid(incident_json(thread.incident), "incident")
    assert [one["what"] for one in value["needed"]] == [one.what for one in needed]
    assert ("**Needed now**" in shown) == ("\nNeeded now\n" in text) == bool(needed)
    for need in needed:
        assert need.what is What.TEST or all(f"    /incident {line}" in text for line in need.lines)
        assert need.what in (What.TEST, What.INDEPENDENCE) or f"/incident {need.lines[0]}" in shown
