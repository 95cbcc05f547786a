"""A project is renamed or transferred in the middle of an incident, or after it; nothing of it is lost."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story


@pytest.mark.parametrize("name", ["acme/renamed", "another-org/api"])
def test_an_incident_goes_on(forge: Forge, name: str) -> None:
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare")
    ref = story.ref
    story.at("09:05")
    story.world.rename_project(forge.project, name)
    story.world.comment(story.ticket, story.who("bob"), "/incident severity sev1")
    story.bridge.reconcile(ref, forge.clock.now, {})

    assert story.labels == {"incident", "sev1"}
    assert story.bridge.reconcile(ref, forge.clock.now, {}).changes == ()


def test_what_is_over_stays_over_when_the_settings_follow_and_somebody_has_left(forge: Forge) -> None:
    """What was judged is bound to the issue, not to what its project is called."""
    story = Story(forge)
    story.open("bob", "Mail is slow", "/incident declare\n/incident claim lead")
    story.at("09:30")
    story.say("bob", "/incident resolve")
    assert not story.ticket.open
    keys = story.keys
    del forge.project.members[story.who("bob").id]
    story.world.rename_project(forge.project, "another-org/api")
    story.at("10:00")

    story.bridge = story.bridge_of(forge.another())  # configured under the new name
    story.look()

    assert story.ref.project == "another-org/api"
    assert not story.ticket.open
    assert story.keys == keys
