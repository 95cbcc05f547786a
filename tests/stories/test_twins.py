"""Two incidents of one title: the second one says so, and how to put them together (S23)."""

import pytest

from tests.contract.forges import Forge, Needs
from tests.stories.story import Story
from tracker_bridge.sandbox.faults import FaultResponse

SAYS = "#1 was open under the same title when this one began"


@pytest.fixture
def story(forge: Forge) -> Story:
    """An incident that is open."""
    story = Story(forge)
    story.open("bob", "API down", "/incident declare")
    return story


def test_the_second_one_says_so_once_and_for_all(story: Story) -> None:
    story.at("09:05")
    story.open("carol", "api down", labels=["incident"])

    assert SAYS in story.text("status")
    assert "`/incident merge #1`" in story.text("status")
    story.at("09:10")
    story.say("carol", "/incident note it began at nine")
    assert SAYS in story.text("status")
    assert story.rests()

    story.at("09:15")
    story.say("carol", "/incident merge #1")
    assert SAYS not in story.text("status")
    assert story.rests()


def test_the_first_one_is_not_bothered(story: Story) -> None:
    first = story.ticket
    story.at("09:05")
    story.open("carol", "API down", labels=["incident"])
    story.ticket = first
    story.look()

    assert "under the same title" not in story.text("status")


def test_a_forge_that_does_not_answer_keeps_nothing_back(story: Story, needs: Needs) -> None:
    needs("http")
    story.at("09:05")
    story.ticket = story.world.open_ticket(
        story.forge.project, story.who("carol"), "API down", labels=["incident"]
    )
    story.forge.sandbox.faults.add(FaultResponse(500), method="GET", path=r"/issues$", times=9)
    story.look()

    assert "status" in story.keys
    assert story.rests()
