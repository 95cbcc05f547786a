"""A forge that cannot tell for a moment who changed a text: the doubt passes by itself."""

from datetime import timedelta

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.sandbox.faults import FaultResponse


@pytest.fixture
def story(forge: Forge) -> Story:
    if forge.name == "local":
        pytest.skip("the local world always tells")
    story = Story(forge)
    story.open("alice", "Checkout fails", "/incident declare")
    return story


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_author_s_own_correction_is_accepted_as_soon_as_the_forge_tells(story: Story, status: int) -> None:
    note = story.say("bob", "/incident note the cache is full")
    story.forge.sandbox.faults.add(FaultResponse(status), path="graphql", times=1000)
    story.edit(note, "bob", "/incident note the queue is full")
    assert "the queue is full" not in story.text("status")
    assert f"refusal:{note.id}" in story.keys

    again = story.look().next_at
    assert again is not None
    assert again <= story.forge.clock.now + timedelta(seconds=5)

    story.forge.sandbox.faults.clear()
    story.look()
    assert "the queue is full" in story.text("status")
    assert f"refusal:{note.id}" not in story.keys
    assert story.rests()


def test_nobody_speaks_in_another_s_name_while_the_forge_does_not_tell(story: Story) -> None:
    note = story.say("carol", "I am looking.")
    story.forge.sandbox.faults.add(FaultResponse(404), path="graphql", times=1000)
    story.edit(note, "rita", "/incident severity sev1")
    assert "sev1" not in story.labels

    story.forge.sandbox.faults.clear()
    story.look()
    assert "sev1" not in story.labels
    assert story.rests()


def test_a_doubt_that_stays_is_reconciled_less_and_less(story: Story) -> None:
    note = story.say("bob", "/incident note the cache is full")
    story.forge.sandbox.faults.add(FaultResponse(404), path="graphql", times=10_000)
    story.edit(note, "bob", "/incident note the queue is full")
    begin, waits = story.forge.clock.now, []
    while (again := story.look().next_at) and again < begin + timedelta(minutes=11):
        waits.append((again - story.forge.clock.now).total_seconds())
        story.forge.clock.now = again
    assert waits == [5, 5, 10, 20, 40, 80, 160, 320]
