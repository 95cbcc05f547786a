"""A leak that must stay among few: whatever is opened for it is confidential, too (S2, S82-S86, S113)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.linked import all_rest, beside, others
from tests.stories.story import Story
from tracker_bridge.domain.rules import Rules


@pytest.fixture
def story(forge: Forge) -> Story:
    if forge.name == "github":
        pytest.skip("github lacks confidential issues")
    return Story(forge, Rules(separate_communications=True))


def test_nothing_of_it_becomes_public(story: Story) -> None:
    story.at("10:00")
    story.open("bob", "A key leaked", "/incident declare --by user --detected 09:50", confidential=True)
    story.say(
        "alice", "/incident claim lead\n/incident severity sev1\n/incident audience board internal @carol via mail"
    )
    story.at("10:10")
    story.say("carol", "/incident update board\n> A key was leaked; it is blocked since 10:05.")
    assert story.ticket.confidential
    assert others(story) == []

    story.at("10:30")
    story.say("bob", "/incident action scan every commit for keys @bob due 2026-11-20\n/incident fixed")
    story.at("10:40")
    story.say("alice", "/incident resolve\n/incident postmortem 2026-11-10")

    talk = beside(story, "Timeline of communications: A key leaked")
    review = beside(story, "Postmortem review: A key leaked")
    item = beside(story, "scan every commit for keys")
    assert {one.number for one in others(story)} == {talk.number, review.number, item.number}
    assert all(one.confidential for one in others(story))
    assert {link.other.number for link in story.ticket.links} == {talk.number, review.number, item.number}  # S85
    assert "> A key was leaked; it is blocked since 10:05." in talk.body
    told = story.text(f"linked:communications:{talk.number}")
    assert "The timeline of communications of this incident is in an issue of its own" in told  # S86
    assert story.keys >= {"status", "summary", f"linked:postmortem:{review.number}"}
    assert "communications" not in story.keys
    assert story.rests()
    assert all_rest(story)


def test_one_that_is_hidden_later_takes_the_others_along(story: Story) -> None:
    story.open("bob", "Odd logins", "/incident declare\n/incident claim lead")
    story.say("bob", "/incident update internal: We look at odd logins.\n\n/incident resolve")
    talk = beside(story, "Timeline of communications")
    assert not talk.confidential

    story.forge.clock.forward(60)
    story.ticket.confidential = True
    story.say("bob", "/incident postmortem")
    review = beside(story, "Postmortem review")
    assert talk.confidential
    assert review.confidential
    assert story.rests()
    assert all_rest(story)
