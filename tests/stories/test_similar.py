"""Past incidents that look alike are looked for once, at the end: no database, the forge's own lists."""

import pytest

from tests.contract.forges import Forge
from tests.stories.linked import forge_facts
from tests.stories.story import Story
from tracker_bridge.domain.derived.similar import PastIssue, similar
from tracker_bridge.sandbox.world import Ticket


def past(story: Story, title: str, *labels: str, confidential: bool = False) -> Ticket:
    """Open and close an issue that was an incident, long ago."""
    bob = story.who("bob")
    worn = ["incident", *labels]
    made = story.world.open_ticket(story.forge.project, bob, title, labels=worn, confidential=confidential)
    story.world.close(made, bob)
    return made


def test_past_incidents_of_the_service_and_the_words_are_told_once(forge: Forge) -> None:
    story = Story(forge)
    same = past(story, "Search finds nothing again", "service:search")
    words = past(story, "Index of the search lost", "service:shop")
    past(story, "Search is slow", "service:shop")
    past(story, "Payment fails", "service:search")
    if forge.name != "github":
        past(story, "Search finds secrets", "service:search", confidential=True)
    bob = story.who("bob")
    story.world.open_ticket(
        story.forge.project, bob, "Search finds too much", labels=["incident", "service:search"]
    )
    story.open("bob", "Search index is empty", "/incident declare", labels=["incident", "service:search"])
    story.say("bob", "/incident resolve\n/incident postmortem")

    told = f"#{words.number}, #{same.number}"
    assert f"Similar past incidents: {told}." in story.text("summary")
    assert f"\n{told}\n" in forge_facts(story, "Postmortem review").body
    past(story, "Search index is broken", "service:search")
    story.say("bob", "/incident note looking back")
    assert f"Similar past incidents: {told}." in story.text("summary")
    assert story.rests()


def test_where_none_is_alike_none_is_named(forge: Forge) -> None:
    story = Story(forge)
    past(story, "Payment fails")
    story.open("bob", "Search index is empty", "/incident declare")
    story.say("bob", "/incident resolve\n/incident postmortem")
    assert "Similar past incidents" not in story.text("summary")
    assert "None was found." in forge_facts(story, "Postmortem review").body
    assert story.rests()


@pytest.mark.parametrize(
    ("title", "labels", "found"),
    [
        ("Checkout is down", {"service:shop"}, True),
        ("Checkout is down", {"service::Shop"}, True),
        ("Checkout is down", set(), False),
        ("Checkouts time out at noon", set(), True),
        ("Login is down", {"service:shop"}, False),
    ],
)
def test_one_word_is_enough_within_a_service_and_two_are_without(
    title: str, labels: set[str], found: bool
) -> None:
    one = PastIssue(3, title, frozenset(labels))
    assert similar("Checkout is down at noon", {"service:shop"}, "service:", [one]) == ((3,) if found else ())
