"""A maintainer hides a comment: it says nothing, until it is shown again."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story


@pytest.fixture
def story(forge: Forge) -> Story:
    if forge.name == "gitlab":
        pytest.skip("GitLab cannot hide comments")
    story = Story(forge)
    story.open("alice", "Checkout fails", "/incident declare")
    return story


def test_a_hidden_end_is_no_end_and_one_that_is_shown_again_is(story: Story) -> None:
    story.at("09:10")
    story.say("bob", "/incident fixed 09:08")
    end = story.say("bob", "/incident resolve")
    assert "**resolved**" in story.text("status")

    story.world.hide(end, "spam")
    story.look()
    assert "**resolved**" not in story.text("status")
    assert story.ticket.open
    assert story.reactions(end) == []
    assert story.rests()

    story.world.hide(end, "")
    story.look()
    assert "**resolved**" in story.text("status")
    assert not story.ticket.open
    assert story.rests()


def test_what_is_hidden_is_neither_captured_nor_answered(story: Story) -> None:
    spam = story.say("rita", "Buy cheap pills")
    wrong = story.say("bob", "/incident severity enormous")
    assert f"refusal:{wrong.id}" in story.keys
    for note in (spam, wrong):
        story.world.hide(note)
    story.look()
    assert f"refusal:{wrong.id}" not in story.keys

    capture = story.say("bob", f"/incident capture {spam.id}")
    assert f"refusal:{capture.id}" in story.keys
    assert "cheap pills" not in story.text("status")
