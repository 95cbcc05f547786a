"""What a stranger said is put on the timeline; then the stranger changes it, or takes it away (S54, S96)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.sandbox.world import Note


@pytest.fixture
def story(forge: Forge) -> Story:
    forge.project.private = False
    story = Story(forge)
    story.world.add_account("mallory")
    story.at("09:00")
    story.open("alice", "Downloads are broken", "/incident declare\n/incident role scribe @dana")
    return story


@pytest.fixture
def found(story: Story) -> Note:
    """A comment of mallory's that dana captured, and marked as major."""
    found = story.say("mallory", "It works over IPv6.")
    noted = story.say("dana", f"/incident capture {found.id}")
    story.say("dana", f"/incident major {noted.id}")
    assert "It works over IPv6. — mallory, noted by dana" in story.text("status")
    return found


def test_it_is_changed_into_spam(story: Story, found: Note) -> None:
    story.edit(found, "mallory", "Buy my watches, https://evil.test")
    for text in (story.text("status"), *(note.body for note in story.ours.values())):
        assert "watches" not in text
    assert "the comment was edited after it was captured — mallory, noted by dana" in story.text("status")
    assert not [key for key in story.keys if key.startswith("refusal")]
    assert story.rests()

    story.say("alice", "/incident resolve")
    assert "watches" not in story.text("summary")
    assert "the comment was edited after it was captured" in story.text("summary").partition("#### Full")[0]

    story.edit(found, "mallory", "It works over IPv6.")
    assert "It works over IPv6. — mallory, noted by dana" in story.text("summary")


def test_it_is_deleted(story: Story, found: Note) -> None:
    story.delete(found)
    assert "the comment was deleted or hidden — dana" in story.text("status")
    assert not [key for key in story.keys if key.startswith("refusal")]
    assert story.rests()

    story.say("alice", "/incident resolve")
    assert "deleted or hidden" in story.text("summary").partition("#### Full")[0]
    assert story.rests()
