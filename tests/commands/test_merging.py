"""One incident too many: it is merged into the other (S23, S26)."""

import pytest

from tests.commands.thread import ROOM, Thread, declared, refusal
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.incident import Phase
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import EventType
from tracker_bridge.rendering import Renderer
from tracker_bridge.templates_folder import templates_folder

ADDRESSES = [
    "#12",
    "12",
    "https://forge.test/acme/shop/issues/12",
    "https://forge.test/acme/shop/-/issues/12",
    "https://forge.test/acme/shop/-/work_items/12#note_5",
]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_duplicate_is_closed_and_tells_where_it_goes_on(name: str) -> None:
    thread = declared()
    number = thread.say("alice", f"/incident merge {name}")

    incident = thread.incident

    assert incident.phase is Phase.CANCELLED
    assert not incident.ending.wants_open
    documents = thread.documents
    assert "**cancelled** as a duplicate of #12" in documents["status"]
    assert "Merged into #12 as a duplicate — alice" in documents["status"]
    assert documents[f"linked:merged.{number}:12"].startswith("**alice** marked this as a duplicate of #12.")
    assert "summary" not in documents


def test_the_other_incident_is_told_where_the_notes_are() -> None:
    thread = declared()
    number = thread.say("alice", "/incident merge #12")
    renderer = Renderer(templates_folder(), COMMANDS)

    [link] = renderer.links(thread.incident, {})

    assert (link.number, link.document.key) == (12, f"merged:7.{number}")
    assert link.document.body.startswith("#7 was marked as a duplicate of this incident by [alice](")
    assert "[What was recorded there](https://forge.test/acme/shop/issues/7)" in link.document.body
    assert link.document.mentions == frozenset()
    assert len(link.document.text) < ROOM
    assert renderer.links(thread.incident, {f"merged.{number}": 12}) == ()


@pytest.mark.parametrize("how", ["by word", "by hand"])
def test_reopening_takes_it_back(how: str) -> None:
    thread = declared()
    thread.say("alice", "/incident duplicate #12")
    if how == "by word":
        thread.say("alice", "/incident reopen it is something else after all")
    else:
        thread.do("alice", EventType.REOPENED)
    assert thread.incident.active
    assert not [key for key in thread.documents if key.startswith("linked:")]
    assert "duplicate of" not in thread.documents["status"].partition("\n\n")[0]


def test_what_was_resolved_and_is_a_duplicate_counts_in_nothing() -> None:
    thread = declared("/incident declare --started 13:00")
    thread.say("alice", "/incident resolve")
    thread.say("alice", "/incident merge #12")
    assert "This is a duplicate of #12; the incident continues there." in thread.documents["summary"]
    assert "was cancelled" not in thread.documents["summary"]
    assert thread.incident.times.resolved is None
    assert [entry.major for entry in thread.entries(Kind.MERGED)] == [True]


def test_a_draft_tells_that_it_goes_on_and_not_that_there_was_nothing() -> None:
    """S79."""
    thread = declared("/incident declare --started 13:00")
    thread.say("alice", "/incident claim lead\n/incident merge #12")
    number = thread.say("alice", "/incident brief external, internal")
    outside, _, inside = thread.documents[f"brief:{number}"].partition("#### Brief for internal")
    assert "> We are handling this problem together with another one; updates continue there." in outside
    assert "#12" not in outside.partition("**Draft")[2]
    assert "It continues as another incident, #12." in inside
    assert "no incident" not in outside + inside


@pytest.mark.parametrize(
    ("text", "reason", "instead"),
    [
        ("merge", "which incident?", "merge #<number>"),
        ("merge the other one", "which incident?", "merge #<number>"),
        (
            "merge https://forge.test/acme/../other/issues/12",
            "which incident?",
            "merge #<number>",
        ),
        ("merge https://elsewhere.test/acme/shop/issues/12", "which incident?", "merge #<number>"),
        ("merge #7", "an incident cannot be merged into itself", "merge #<number>"),
    ],
)
def test_refusals(text: str, reason: str, instead: str) -> None:
    thread = declared()
    told, line = refusal(thread, "alice", f"/incident {text}")
    assert told.startswith(reason)
    assert line == instead
    assert thread.incident.active


def test_what_is_over_as_a_duplicate_is_not_merged_again() -> None:
    thread = declared()
    thread.say("alice", "/incident merge #12")
    told, line = refusal(thread, "alice", "/incident merge #13")
    assert (told, line) == ("this incident is already cancelled", "")


def test_it_takes_an_incident_to_begin_with() -> None:
    thread = Thread()
    assert refusal(thread, "alice", "/incident merge #12") == (
        "this issue is not an incident yet; this line takes effect once it is",
        "declare",
    )
