"""What people are told to write instead is accepted from them, and names nobody who is not there."""

import re

import pytest

from tests.contract.forges import Forge
from tests.stories.beginnings import beginning
from tests.stories.story import Story

TRY = re.compile(r"Try `(/incident [^`]+)`")


@beginning
def incident(forge: Forge) -> Story:
    story = Story(forge)
    story.open("bob", "API down", "/incident declare")
    story.at("09:05")
    story.say("alice", "/incident claim lead\n/incident role comms @carol external")
    return story


def answer(story: Story, login: str, line: str) -> str:
    """Say a line that is refused; return the answer, which stays what it is."""
    note = story.say(login, f"/incident {line}")
    assert story.reactions(note) == ["confused"], line
    assert story.rests()
    return story.text(f"refusal:{note.id}")


@pytest.mark.parametrize(
    ("login", "line", "proposed"),
    [
        ("alice", "tl @carol", "role tech-lead @carol"),
        ("alice", "scribe carol", "role scribe @carol"),
        ("alice", "claim scribe for dana", "role scribe @dana"),
        ("dana", "take the scribe", "claim scribe"),
        ("carol", "external: we are on it", "update external: we are on it"),
        ("alice", "close", "resolve"),
        ("alice", "main #inc", "channel main #inc"),
    ],
)
def test_the_line_that_is_proposed_is_accepted(forge: Forge, login: str, line: str, proposed: str) -> None:
    story = incident(forge)
    found = TRY.search(answer(story, login, line))
    assert found is not None
    assert found[1] == f"/incident {proposed}"
    assert story.reactions(story.say(login, found[1])) == ["+1"]


def test_nobody_is_proposed_who_is_not_there(forge: Forge) -> None:
    story = incident(forge)
    for line in (
        "scribe @nosuchperson",
        "role scribe nosuchperson",
        "claim scribe for nosuchperson",
        "lead @here",
    ):
        assert "Try" not in answer(story, "alice", line), line

    story.bridge = story.bridge_of(forge.another())
    assert story.look().changes == ()


def test_who_may_is_named_without_being_disturbed(forge: Forge) -> None:
    story = incident(forge)
    told = answer(story, "bob", "resolve")
    assert "Ask **alice**, who can do that: `@alice please write: /incident resolve`" in told
    story.bridge = story.bridge_of(forge.another())
    assert story.look().changes == ()


def test_a_form_that_is_copied_does_nothing(forge: Forge) -> None:
    story = incident(forge)
    found = re.search(r"Write it like `(/incident [^`]+)`", answer(story, "alice", "channel main"))
    assert found is not None
    assert found[1] == "/incident channel main <where>"
    before = story.text("status").partition("<!-- receipts")[0]
    assert story.reactions(story.say("alice", found[1])) == ["confused"]
    assert story.text("status").partition("<!-- receipts")[0] == before
