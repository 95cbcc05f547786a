"""A leak that must stay among few: whatever is opened for it is confidential, too (S2, S82-S86, S113)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.linked import all_rest, forge_facts, others
from tests.stories.story import Story
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.sandbox.world import Ticket


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

    talk = forge_facts(story, "Timeline of communications: A key leaked")
    review = forge_facts(story, "Postmortem review: A key leaked")
    item = forge_facts(story, "scan every commit for keys")
    assert {one.number for one in others(story)} == {talk.number, review.number, item.number}
    assert all(one.confidential for one in others(story))
    assert {link.other.number for link in story.ticket.links} == {talk.number, review.number, item.number}  # S85
    assert "> A key was leaked; it is blocked since 10:05." in talk.body
    told = story.text(f"linked:communications:{talk.number}")
    assert "The timeline of communications is in a separate issue" in told  # S86
    assert story.keys >= {"status", "summary", f"linked:postmortem:{review.number}"}
    assert "communications" not in story.keys
    assert story.rests()
    assert all_rest(story)


def test_one_that_is_hidden_later_takes_the_others_along(story: Story) -> None:
    story.open("bob", "Odd logins", "/incident declare\n/incident claim lead")
    story.say("bob", "/incident update internal: We look at odd logins.\n\n/incident resolve")
    talk = forge_facts(story, "Timeline of communications")
    assert not talk.confidential

    story.forge.clock.forward(60)
    story.ticket.confidential = True
    story.say("bob", "/incident postmortem")
    review = forge_facts(story, "Postmortem review")
    assert talk.confidential
    assert review.confidential
    assert story.rests()
    assert all_rest(story)


# Nothing of it, not even its number, is written where more people read it


@pytest.mark.parametrize("line", ["related #1", "merge #1"])
def test_a_public_issue_is_not_told_of_it(story: Story, line: str) -> None:
    story.open("bob", "Mail is slow", "/incident declare")
    public, before = story.ticket, everything(story.ticket)
    story.forge.clock.forward(60)
    story.open("bob", "Mail is slow", "/incident declare", confidential=True)
    note = story.say("bob", f"/incident {line}")

    assert "`#1` is not confidential, but this incident is" in story.text(f"refusal:{note.id}")
    assert everything(public) == before
    assert "merge" not in story.text("status").partition("Commands")[0]
    assert story.ticket.open
    assert story.rests()


@pytest.mark.parametrize("line", ["related #1", "merge #1"])
def test_a_public_issue_is_not_even_told_that_there_is_one(story: Story, line: str) -> None:
    story.open("bob", "A key leaked", "/incident declare", confidential=True)
    secret, before = story.ticket, everything(story.ticket)
    story.forge.clock.forward(60)
    story.open("bob", "A key leaked", "/incident declare")
    note = story.say("bob", f"/incident {line}")
    told = story.text(f"refusal:{note.id}")
    other = story.say("bob", f"/incident {line.replace('1', '99')}")

    assert told.replace("#1`", "#99`") == story.text(f"refusal:{other.id}").replace(str(other.id), str(note.id))
    assert everything(secret) == before
    assert "#1" not in story.text("status").replace("`#1`", "")


def test_two_confidential_ones_may_be_linked(story: Story) -> None:
    story.open("bob", "A key leaked", "/incident declare", confidential=True)
    story.forge.clock.forward(60)
    story.open("bob", "Another key", "/incident declare", confidential=True)
    story.say("bob", "/incident related #1")

    assert "Related issues (1)" in story.text("status")


def everything(ticket: Ticket) -> list[object]:
    """Return all that can be read there."""
    return [ticket.body, *(note.body for note in ticket.notes), *(link.other.number for link in ticket.links)]


def test_maintenance_of_a_confidential_issue_is_said_to_be_on_no_page(forge: Forge) -> None:
    if forge.name == "github":
        pytest.skip("github lacks confidential issues")
    story = Story(forge)
    story.at("10:00")
    labels = ["public-maintenance"]
    story.open(
        "bob", "Secret", "/incident maintenance tomorrow 22:00 for 24h: We move.", labels=labels, confidential=True
    )
    told = story.text("maintenance")
    assert "⚠️ Not on the public status page: this issue is confidential." in told
    assert "The public status page shows" not in told
