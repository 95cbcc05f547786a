"""The review's issue is a second thread of its incident: commands, its day, a team's own template (S108-S113)."""

import pytest

from tests.contract.forges import Forge
from tests.stories.beginnings import beginning
from tests.stories.linked import all_rest, forge_facts
from tests.stories.story import Story
from tests.stories.test_own_settings import Team
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.sandbox.world import Note, Ticket


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """An incident that was resolved after an hour, and is reviewed on 12 November."""
    story = Story(forge)
    story.at("10:00")
    story.open("bob", "Search finds nothing", "/incident declare --started 9:50 --detected 9:55")
    story.at("11:00")
    story.say("bob", "/incident resolve\n/incident postmortem 2026-11-12")
    return story


def review_of(story: Story) -> Ticket:
    return forge_facts(story, "Postmortem review")


def say_there(story: Story, login: str, text: str) -> Note:
    """Comment in the review; its own reconcile tells of the incident, which answers."""
    review = review_of(story)
    note = story.world.comment(review, story.who(login), text)
    told = story.bridge.reconcile(story.forge.ref(review), story.forge.clock.now, {})
    assert (told.changes, told.others) == ((), (story.ref,))
    story.look()
    return note


def told_there(story: Story, kind: str) -> list[str]:
    """What the bot's comments of a kind say in the review's thread."""
    ours = [one for one in review_of(story).comments if one.author is story.forge.bot]
    return [one.body for one in ours if (key_of(one.body) or "").partition(":")[0] == kind]


def test_what_is_said_in_the_review_counts_for_its_incident(story: Story) -> None:
    """S94, S112, S113."""
    note = say_there(
        story,
        "alice",
        "We met.\n\n/incident cause the disk was full\n/incident question who reads the alarms?\n"
        "/incident action watch the disk @carol due 2026-12-15",
    )
    review = review_of(story)
    for words in ("the disk was full", "who reads the alarms?", "watch the disk"):
        assert words in review.body
    assert [one.login for one in forge_facts(story, "watch the disk").assignees] == ["carol"]
    assert story.reactions(note) == ["+1"]
    assert told_there(story, "refusal") == []
    assert all_rest(story)


def test_what_belongs_into_the_incident_is_refused_in_the_review(story: Story) -> None:
    note = say_there(story, "alice", "/incident reopen\n/incident cause the disk was full")
    assert not story.ticket.open
    assert story.reactions(note) == ["confused"]
    [told] = told_there(story, "refusal")
    assert "`reopen` works in the incident itself" in told
    assert "the disk was full" in review_of(story).body
    assert not any(key.startswith("refusal") for key in story.keys)

    story.world.delete_comment(review_of(story), note, story.who("alice"))
    story.look()
    assert told_there(story, "refusal") == []
    assert "the disk was full" not in review_of(story).body
    assert all_rest(story)


def test_rights_are_the_same_in_the_review(story: Story) -> None:
    say_there(story, "rita", "/incident cause nothing at all")
    assert "nothing at all" not in review_of(story).body
    say_there(story, "dana", "/incident cause the disk was full")
    assert "the disk was full" in review_of(story).body


def test_a_moved_day_is_told_to_the_invited_and_they_are_reminded_on_it(story: Story) -> None:
    """S108, S111."""
    review = review_of(story)
    assert (told_there(story, "moved"), told_there(story, "today")) == ([], [])
    say_there(story, "alice", "/incident postmortem 2026-11-13")
    [moved] = told_there(story, "moved")
    assert "on **2026-11-13**" in moved
    assert "@bob" in moved
    assert "on **2026-11-13**" in review.body

    story.at("2026-11-12 12:00")
    assert story.look().next_at is not None
    assert told_there(story, "today") == []
    story.at("2026-11-13 08:00")
    story.look()
    [today] = told_there(story, "today")
    assert "@bob" in today
    assert "is today" in today
    story.at("2026-11-14 08:00")
    story.look()
    assert len(told_there(story, "today")) == 1
    assert all_rest(story)


def test_a_day_in_the_past_is_refused(story: Story) -> None:
    """S108."""
    story.at("2026-11-20 10:00")
    say_there(story, "alice", "/incident postmortem 2026-11-19")
    [told] = told_there(story, "refusal")
    assert "2026-11-19 is in the past" in told
    assert "on **2026-11-12**" in review_of(story).body


def test_a_closed_review_reminds_nobody(story: Story) -> None:
    story.world.close(review_of(story), story.who("alice"))
    story.at("2026-11-12 09:00")
    story.look()
    assert told_there(story, "today") == []


TEMPLATE = """\
{{ statistics }}

## How did it feel?

/close @dana look here

## To do

{{ actions }}
"""


class Templated(Team):
    def push_template(self, text: str) -> None:
        self.forge.project.files[f".{self.forge.name}/tracker-bridge/postmortem.md"] = text
        self.forge.clock.forward(6 * 60)


def test_a_teams_own_template_decides_what_the_review_looks_like(forge: Forge) -> None:
    """S115, S118."""
    story = Templated(forge)
    story.push_template(TEMPLATE)
    story.open("bob", "Search finds nothing", "/incident declare")
    story.say("bob", "/incident resolve\n/incident postmortem")
    body = review_of(story).body
    order = [
        body.index(part) for part in ("Invited", "Time to resolve", "## How did it feel?", "## To do", "None yet")
    ]
    assert order == sorted(order)
    assert "What went well" not in body
    assert review_of(story).open
    assert all_rest(story)


def test_a_broken_template_is_told_to_whoever_asked_for_the_review(forge: Forge) -> None:
    """Ours is used until it is right; then the comment goes, and the review gets what it lacks."""
    story = Templated(forge)
    story.push_template("{{ statistics }}\n\n{{ root_cause }}\n")
    story.open("bob", "Search finds nothing", "/incident declare")
    story.say("bob", "/incident resolve")
    assert "settings" not in story.keys
    story.say("alice", "/incident postmortem")
    told = story.text("settings")
    assert told.startswith("@alice: ⚠️ The template of reviews in ")
    assert "`line 3`: there is no `{{ root_cause }}`; there are invitation, statistics, " in told.replace("\\", "")
    assert "tracker-bridge check --postmortem" in told
    assert "What went well" in review_of(story).body

    story.push_template(TEMPLATE)
    story.forge.clock.forward(3600)
    story.look()
    assert "settings" not in story.keys
    assert all_rest(story)
