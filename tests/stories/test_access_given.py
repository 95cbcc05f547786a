"""Access that is given in the middle of an incident: what was said before counts from the next word on."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story
from tests.trackers.github_answers import Hands
from tracker_bridge.domain.issue.issue import Access

SECONDS = (5, 20, 70)


@pytest.fixture
def story(forge: Forge) -> Story:
    """A public project; seconds pass for the bridge only as they pass for people."""
    forge.project.private = False
    hands = Hands()
    forge.tracker = forge.another(hands)
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    hands.now, moved = 1000.0, forge.clock.forward

    def forward(seconds: int = 60) -> object:
        hands.now += seconds
        return moved(seconds)

    forge.clock.forward = forward  # type: ignore[method-assign,assignment]  # both clocks go together
    return story


def test_who_was_ignored_is_heard_once_they_may_speak(story: Story) -> None:
    for seconds in SECONDS:
        login = f"zoe{seconds}"
        zoe = story.world.add_account(login)
        first = story.say(login, f"/incident note {login} looks into it")
        assert story.reactions(first) == []
        story.world.add_member(story.forge.project, zoe, Access.WRITE)
        story.forge.clock.forward(seconds)
        if seconds == SECONDS[0]:  # it is said again in the same comment
            story.world.edit_comment(story.ticket, first, zoe, f"{first.body}\n/incident note {login} found it")
            story.look()
        else:
            again = story.say(login, f"/incident note {login} found it")
            assert story.reactions(again) == ["+1"]
        assert story.reactions(first) == ["+1"]
        assert f"{login} looks into it — {login}" in story.text("status")
        assert f"{login} found it — {login}" in story.text("status")
    assert story.rests()


def test_who_was_refused_is_heard_once_they_may_more(story: Story) -> None:
    for rank, seconds in enumerate(SECONDS, start=1):
        login = f"tom{seconds}"
        tom = story.world.add_account(login)
        story.world.add_member(story.forge.project, tom, Access.TRIAGE)
        first = story.say(login, f"/incident severity sev{rank}")
        assert "needs write access" in story.text(f"refusal:{first.id}")
        story.world.add_member(story.forge.project, tom, Access.WRITE)
        story.forge.clock.forward(seconds)
        again = story.say(login, f"/incident severity sev{rank}")
        assert story.labels == {"incident", f"sev{rank}"}
        assert story.reactions(first) == story.reactions(again) == ["+1"]
        assert f"refusal:{first.id}" not in story.keys
    assert story.rests()


def test_what_is_said_again_with_nothing_remembered_is_judged_by_the_rights_of_now(story: Story) -> None:
    zoe = story.world.add_account("zoe")
    first = story.say("zoe", "/incident note it is DNS")
    story.world.add_member(story.forge.project, zoe, Access.TRIAGE)
    story.bridge = story.bridge_of(story.forge.another())
    assert story.look().changes == ()  # nobody said anything new
    story.forge.clock.forward(5)
    story.say("zoe", "/incident note it really is")
    assert story.reactions(first) == ["+1"]
    assert "it is DNS — zoe" in story.text("status")
