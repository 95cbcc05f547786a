"""Opened with the label, and with commands in the text: both count, whichever is shown first (S23, S25)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story

TEXT = """We cannot pay.

/incident started 08:40
/incident severity sev2
/incident claim lead
/incident note Only cards are affected.
"""


@pytest.mark.parametrize("seconds", [0, 2])
def test_opened_with_the_label_and_commands_in_its_text(forge: Forge, seconds: int) -> None:
    """The tracker may date the label a moment after the issue."""
    story = Story(forge)
    story.at("09:00")
    story.ticket = story.world.open_ticket(forge.project, story.carol, "Checkout is down", TEXT)
    forge.clock.forward(seconds)
    story.world.label(story.ticket, story.carol, "incident")
    story.look()

    assert story.keys == {"status", "duty:opener+0.carol"}
    assert story.reactions(story.ticket) == ["+1"]
    assert story.labels == {"incident", "sev2"}
    status = story.text("status")
    assert "since 08:40 UTC" in status
    assert "Only cards are affected. — carol" in status
    assert story.rests()


def test_said_first_and_labelled_afterwards(forge: Forge) -> None:
    story = Story(forge)
    story.at("09:00")
    story.open("carol", "Checkout is down")
    note = story.say("carol", "/incident claim scribe\n/incident note Only cards are affected. | 08:50")
    assert story.keys == {f"refusal:{note.id}"}
    assert "this line takes effect once it is" in story.text(f"refusal:{note.id}")
    assert story.reactions(note) == []

    story.at("09:05")
    story.world.label(story.ticket, forge.alice, "incident")
    story.look()

    assert story.keys == {"status", "duty:opener", f"duty:{note.id}.carol"}
    assert story.reactions(note) == ["+1"]
    assert "Only cards are affected. — carol" in story.text("status")
    assert story.rests()


def test_a_beginning_that_was_deleted_explains_no_severity_that_was_said(forge: Forge) -> None:
    """The label is ours: nobody put it on by hand at the opening."""
    story = Story(forge)
    story.open("rita", "Checkout is down")
    story.at("09:05")
    declared = story.say("alice", "/incident declare")
    story.at("09:10")
    story.say("alice", "/incident severity sev2")
    story.at("09:15")
    story.delete(declared)
    story.bridge = story.bridge_of(forge.another())
    story.look()
    assert story.labels >= {"incident", "sev2"}
    events = [line for line in story.text("status").splitlines() if "Severity" in line]
    assert [line.rpartition(" — ")[2] for line in events] == ["alice"]
