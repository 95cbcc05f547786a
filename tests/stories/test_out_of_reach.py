"""Work items of an organisation's own types, which GitLab's REST API hides: whoever labels one is told, once."""

from collections.abc import Iterator

import pytest

from tests.contract.forge_gitlab import build
from tests.contract.forges import Forge, town
from tests.stories.story import Story
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.trackers import Denied, OutOfReach


@pytest.fixture
def story() -> Iterator[Story]:
    """Somebody labelled a user story."""
    forge = town("gitlab")
    with build(forge):
        story = Story(forge)
        story.ticket = story.world.open_ticket(
            forge.project, story.who("carol"), "As a user", labels=["incident"], kind="user_story"
        )
        yield story


def look(story: Story, forge: Forge | None = None) -> None:
    bridge = story.bridge_of(forge.another()) if forge else story.bridge
    with pytest.raises(OutOfReach):
        bridge.reconcile(story.ref, story.forge.clock.now, {})


def test_whoever_labelled_it_is_told_once(story: Story) -> None:
    look(story)
    look(story)
    story.forge.clock.forward(3600)
    look(story, story.forge)

    assert story.keys == {"unreachable"}
    text = story.text("unreachable")
    assert "has the label `incident`" in text
    assert "work items of the type **User Story**" in text
    assert "@" not in text


def test_the_comment_goes_and_the_incident_begins_once_the_type_is_changed(story: Story) -> None:
    look(story)
    story.world.set_kind(story.ticket, story.who("bob"), "incident")
    story.forge.clock.forward(60)
    story.look()

    assert "status" in story.keys
    assert "unreachable" not in story.keys
    assert story.rests()


def test_without_the_label_nothing_is_said(story: Story) -> None:
    story.world.unlabel(story.ticket, story.who("bob"), "incident")
    story.world.comment(story.ticket, story.who("rita"), "/incident declare")
    look(story)
    assert story.keys == set()


@pytest.mark.parametrize("status", [403, 500])
def test_a_comment_that_cannot_be_written_holds_nothing_up(story: Story, status: int) -> None:
    story.forge.sandbox.faults.add(FaultResponse(status), path="/graphql", nth=2, times=1)
    try:
        look(story)
    except Denied:
        pytest.fail("a refusal is no reason to come back every ten minutes")
    except Exception:  # noqa: BLE001 - it is not clear whether it was written
        assert status == 500
    story.forge.clock.forward(60)
    look(story)
    assert story.keys == {"unreachable"}
