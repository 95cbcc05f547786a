"""The key of the receipts is changed, with the old one behind the new one: nothing is lost."""

import pytest

from tests.contract.forges import Forge
from tests.stories.beginnings import beginning
from tests.stories.story import KEY, RENDERER, Story
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.reconcile import Bridge

NEW = b"the key that comes after"


def begin_anew(story: Story, *keys: bytes) -> None:
    """Let a bridge with other keys take over."""
    tracker = story.forge.another()
    rules = {tracker.name: story.rules}
    story.bridge = Bridge({tracker.name: tracker}, rules, RENDERER, keys=keys, monotonic=story.forge.clock.seconds)


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """An incident that bob ran; he has left since."""
    story = Story(forge)
    story.open("bob", "API down", "/incident declare")
    story.at("09:05")
    story.say("bob", "/incident severity sev2\n/incident claim lead")
    story.say("bob", "/incident note the disk is full")
    story.forge.clock.forward(60)
    story.world.add_member(story.forge.project, story.who("bob"), Access.READ)
    return story


def without_receipts(story: Story) -> dict[str, str]:
    return {key: story.text(key).partition("<!-- receipts")[0] for key in story.keys}


@pytest.mark.parametrize("ended", [False, True])
def test_a_new_key_in_front_of_the_old_one_loses_nothing(story: Story, *, ended: bool) -> None:
    if ended:
        story.say("alice", "/incident resolve")
    before, labels, ticket = without_receipts(story), story.labels, story.ticket.open

    for keys in [(KEY, NEW), (NEW, KEY), (NEW,)]:  # it is known everywhere, then it signs, then the old one goes
        story.forge.clock.forward(60)
        begin_anew(story, *keys)
        story.look()
        assert (without_receipts(story), story.labels, story.ticket.open) == (before, labels, ticket)
        assert Receipts.unpack([story.ours["status"].body], story.identity(), [keys[0]]).calls


def test_a_bridge_that_has_it_behind_its_own_writes_nothing(story: Story) -> None:
    begin_anew(story, KEY, NEW)
    assert story.bridge.reconcile(story.ref, story.forge.clock.now, {}).changes == ()
