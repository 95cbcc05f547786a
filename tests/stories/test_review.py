"""The review after an incident, and what becomes of its action items (S108-S114)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.beginnings import beginning
from tests.stories.story import Story
from tracker_bridge.sandbox.faults import Lose
from tracker_bridge.sandbox.world import Ticket


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """An incident that was resolved after an hour."""
    story = Story(forge)
    story.at("10:00")
    story.open("bob", "Search finds nothing", "/incident declare --started 9:50 --detected 9:55")
    story.at("11:00")
    story.say("bob", "/incident resolve")
    return story


def forge_facts(story: Story, title: str) -> Ticket:
    [found] = [one for one in story.forge.project.tickets.values() if one.title.startswith(title)]
    return found


def test_the_review_follows_the_action_items(story: Story) -> None:
    """S110, S113."""
    story.say(
        "alice", "/incident postmortem 2026-12-01\n/incident action rebuild the index nightly @bob due 2026-12-15"
    )
    review, item = forge_facts(story, "Postmortem review"), forge_facts(story, "rebuild the index nightly")
    assert [one.login for one in item.assignees] == ["bob"]
    assert "open" in review.body
    assert f"#{review.number}" in story.text(f"linked:postmortem:{review.number}")
    assert {link.other.number for link in story.ticket.links} == {review.number, item.number}

    story.at("12:00")
    story.world.close(item, story.forge.bob)
    told = story.bridge.reconcile(story.forge.ref(item), story.forge.clock.now, {})
    assert told.others == (story.ref,)
    story.look()
    assert f"done · #{item.number}" in review.body
    assert story.rests()


def test_a_cause_found_later_reaches_the_review(story: Story) -> None:
    story.say("alice", "/incident postmortem")
    story.say("bob", "/incident cause the index was built from a backup that was empty")
    assert "a backup that was empty" in forge_facts(story, "Postmortem review").body
    assert story.rests()


def test_an_answer_lost_makes_no_second_review(story: Story) -> None:
    if story.forge.sandbox is None:
        pytest.skip("local lacks http")
    story.forge.sandbox.faults.add(Lose(done=True), method="POST", path=r"/issues$")
    story.world.comment(story.ticket, story.forge.alice, "/incident postmortem")
    with pytest.raises(Exception, match="open postmortem"):
        story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    story.forge.clock.forward(60)
    story.look()
    assert forge_facts(story, "Postmortem review").open
    assert story.rests()


def test_a_confidential_incident_has_a_confidential_review(forge: Forge) -> None:
    if forge.name == "github":
        pytest.skip("github lacks confidential issues")
    story = Story(forge)
    story.open("bob", "Keys leaked", "/incident declare", confidential=True)
    story.say("bob", "/incident resolve\n/incident postmortem")
    assert forge_facts(story, "Postmortem review").confidential


def test_a_review_that_is_taken_back_is_not_linked_any_more(forge: Forge) -> None:
    """Story.edit looks twice: nothing may be left for the second look."""
    story = Story(forge)
    story.open("bob", "API down", "/incident declare")
    story.say("alice", "/incident claim lead\n\n/incident resolve")
    note = story.say("alice", "/incident postmortem")
    assert "postmortem #" in story.text("status")

    story.edit(note, "alice", "/incident note no review, we have had three of these")
    assert "postmortem #" not in story.text("status")
