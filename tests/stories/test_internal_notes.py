"""An internal note is for fewer people than the issue: nothing of it is repeated there. GitLab has them."""

import pytest

from tests.contract.forges import Forge
from tests.stories.beginnings import beginning
from tests.stories.story import Story
from tracker_bridge.sandbox.world import Note

SECRET = "ACME was breached"


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    if forge.name != "gitlab":
        pytest.skip("only GitLab has internal notes")
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    story.at("09:05")
    return story


def between_us(story: Story, login: str, text: str) -> Note:
    note = story.world.comment(story.ticket, story.who(login), text, internal=True)
    story.look()
    return note


@pytest.mark.parametrize(
    "line",
    [
        f"/incident note {SECRET}",
        f"/incident nte {SECRET}",
        f"/incident update internal: {SECRET}",
        f"/incident update internal\n> {SECRET}",
        f"/incident declare {SECRET}",
        f"/incident action {SECRET} @bob",
        f"/incidents note {SECRET}",
        f"`/incident note {SECRET}`",
        f"/incident {SECRET}",
        f"/incident role lead {SECRET}",
    ],
)
@pytest.mark.parametrize("login", ["alice", "dana"])
def test_a_command_in_an_internal_note_is_explained_and_nothing_of_it_is_told(
    story: Story, line: str, login: str
) -> None:
    note = between_us(story, login, line)
    assert story.reactions(note) == ["confused"]
    assert "a command in an internal note is not run" in story.text(f"refusal:{note.id}")
    assert not [one.body for one in story.ours.values() if "breached" in one.body or "ACME" in one.body]
    assert story.rests()


def test_an_internal_note_is_not_put_on_the_timeline_by_others(story: Story) -> None:
    note = between_us(story, "alice", SECRET)
    said = story.say("bob", f"/incident capture {note.id}")
    assert "that is an internal note" in story.text(f"refusal:{said.id}")
    assert not [one.body for one in story.ours.values() if "breached" in one.body]


def test_what_was_accepted_before_stays(story: Story) -> None:
    note = story.say("alice", "/incident note the queue is full")
    note.internal = True
    story.bridge = story.bridge_of(story.forge.another())
    story.look()
    assert "the queue is full" in story.text("status")
