"""
Several people at work in one comment: each command is its writer's, whatever else of the comment is changed, and
by whomever; and where nobody can tell who wrote it, it is nobody's (S13, S38).
"""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import Story
from tracker_bridge.sandbox.world import Note

SAID = "/incident claim lead\n\n- [ ] read the logs\n\nThe databse is slow."
TICKED = SAID.replace("[ ]", "[x]")
MEDDLED = [
    TICKED,
    SAID.replace("databse", "database"),
    f"Seen by carol.\n\n{SAID}\n\nSee the wiki as well.",
    SAID.replace("\n", "\r\n").replace("- [ ]", "- [ ]\u200b"),
]
MENDED = SAID.replace("claim lead", "claim scribe")


class Words:
    """A comment of alice's, or her opening post, in an incident of bob's or her own."""

    def __init__(self, story: Story, place: str) -> None:
        self.story = story
        self.head = "" if place == "comment" else "/incident declare\n\n"
        opener, body = ("bob", "/incident declare") if place == "comment" else ("alice", self.head + SAID)
        story.ticket = story.world.open_ticket(story.forge.project, story.who(opener), "API down", body)
        self.note: Note | None = None
        if place == "comment":
            self.look()
            self.note = story.world.comment(story.ticket, story.forge.alice, SAID)

    def look(self) -> None:
        """Look until all that a forge does not have is known, and once more."""
        self.story.bridge.reconcile(self.story.ref, self.story.forge.clock.now, {})
        self.story.look()

    def edit(self, login: str, text: str) -> None:
        story = self.story
        story.forge.clock.forward(60)
        if self.note is None:
            story.world.edit_ticket(story.ticket, story.who(login), body=self.head + text)
        else:
            story.world.edit_comment(story.ticket, self.note, story.who(login), text)

    def holds(self, role: str) -> str:
        """Return who holds a role, by the status comment; empty for nobody."""
        if "status" not in self.story.keys:
            return ""
        row = next(one for one in self.story.text("status").split("\n") if one.startswith(f"| {role} |"))
        return row.split("|")[2].strip().strip("*") if "**" in row else ""

    @property
    def refusal(self) -> str:
        key = f"refusal:{self.note.id if self.note else 0}"
        return self.story.text(key) if key in self.story.keys else ""


def restart(story: Story) -> None:
    """Let a bridge go on that remembers nothing but the thread."""
    story.bridge = story.bridge_of(story.forge.another())


@pytest.mark.parametrize("lacking", ["", "versions", "graphql"])
def test_who_edits_around_a_command_takes_nothing_over(forge: Forge) -> None:
    story = Story(forge)
    for number, text in enumerate(MEDDLED):
        words = Words(story, "comment" if number % 2 else "opening post")
        words.look()
        if number > 1:
            restart(story)
        words.edit("carol", text)
        words.look()
        assert (words.holds("Incident Lead"), words.refusal) == ("alice", "")
        if words.note is None:
            assert words.holds("Technical Lead") == "alice"
            assert "Incident declared — alice" in story.text("status")
        assert not [key for key in story.keys if key.startswith("duty:") and "carol" in key]
        assert story.rests()


@pytest.mark.parametrize("place", ["comment", "opening post"])
def test_who_changes_the_command_itself_says_it(forge: Forge, place: str) -> None:
    words = Words(Story(forge), place)
    words.look()
    words.edit("carol", MENDED)
    words.look()
    assert (words.holds("Incident Lead"), words.holds("Scribe")) == ("", "carol")

    words.edit("alice", f"{MENDED}\n/incident severity sev2")
    words.look()
    assert words.holds("Scribe") == "carol"
    assert "Severity **sev2** — alice" in words.story.text("status")
    assert words.story.rests()


@pytest.mark.parametrize("lacking", ["", "versions"])
@pytest.mark.parametrize("place", ["comment", "opening post"])
def test_what_was_edited_before_the_first_reconcile_is_said_again_where_nobody_can_tell(
    forge: Forge, place: str
) -> None:
    story, text = Story(forge), TICKED if place == "comment" else MENDED
    words = Words(story, place)
    words.edit("carol", text)
    words.look()
    if not (forge.name == "gitlab" or forge.lacking):
        said = ("", "carol") if text == MENDED else ("alice", "")
        assert (words.holds("Incident Lead"), words.holds("Scribe")) == said
        assert not words.refusal
        return

    assert words.holds("Incident Lead") == words.holds("Scribe") == ""
    assert "please post it again" in words.refusal
    restart(story)
    words.look()
    assert "please post it again" in words.refusal

    # It is posted again, and counts; the old line is taken out, and with it goes the answer.
    again = story.say("alice", words.head + SAID)
    assert words.holds("Incident Lead") == "alice"
    assert story.reactions(again) == ["+1"]
    words.edit("carol" if place == "comment" else "alice", "See below.")
    if words.note is None:
        story.world.edit_ticket(story.ticket, story.forge.alice, body="See below.")
    words.look()
    assert words.refusal == ""
    assert words.holds("Incident Lead") == "alice"
    assert story.reactions(words.note or story.ticket) == []
    assert story.rests()


@pytest.mark.parametrize("lacking", ["", "versions"])
def test_a_doubt_is_not_settled_by_what_the_same_person_adds_later(forge: Forge) -> None:
    """Carol ticks a box before the first look; then she adds a line of her own."""
    words = Words(Story(forge), "comment")
    words.edit("carol", TICKED)
    words.look()
    words.edit("carol", f"{TICKED}\n/incident note the disk is full")
    words.look()
    words.edit("carol", f"{TICKED}\n\n/incident note the disk is full")
    words.look()
    assert words.holds("Incident Lead") in ("alice", "")
    assert "the disk is full — carol" in words.story.text("status")
    assert words.story.rests()


@pytest.mark.parametrize("lacking", ["", "versions"])
def test_of_two_edits_while_the_bridge_was_away_the_second_does_not_take_the_first(forge: Forge) -> None:
    """Alice adds a line, carol ticks a box."""
    words = Words(Story(forge), "comment")
    words.look()
    added = SAID.replace("lead", "lead\n/incident claim scribe")
    restart(words.story)
    words.edit("alice", added)
    words.edit("carol", added.replace("[ ]", "[x]"))
    words.look()
    told = forge.name != "gitlab" and not forge.lacking
    assert words.holds("Incident Lead") == "alice"
    assert words.holds("Scribe") == ("alice" if told else "")
    assert told or "please post it again" in words.refusal
    assert words.story.rests()


TOLD = "/incident update external via mail\n> The databse is slow.\n\nSee you at 10:00."
PUT_RIGHT = TOLD.replace("databse", "database")


def told(story: Story) -> str:
    """Return the last thing that the timeline says was told."""
    lines = story.text("status").split("\n")
    return next((one.partition("Update to ")[2] for one in lines if "Update to " in one), "")


@pytest.mark.parametrize("lacking", ["", "versions"])
def test_what_was_told_stays_on_the_record_when_a_colleague_mends_the_words(forge: Forge) -> None:
    """Bob speaks to nobody, and may edit comments: the record says who told it, and who put it right."""
    story = Story(forge)
    story.open("alice", "API down", "/incident declare\n/incident claim lead\n/incident role comms @dana external")
    said = story.say("dana", TOLD)
    assert told(story) == "**external**: The databse is slow. — dana"

    story.edit(said, "bob", PUT_RIGHT)
    assert told(story) == "**external**: The database is slow. — dana, corrected by bob"
    assert (story.reactions(said), f"refusal:{said.id}" in story.keys) == (["+1"], False)
    restart(story)
    assert story.look().changes == ()
    story.edit(said, "bob", f"{PUT_RIGHT}\n- [x] sent")
    assert told(story) == "**external**: The database is slow. — dana, corrected by bob"

    # Dana may say it in other words, and it is all hers again.
    story.edit(said, "dana", TOLD.replace("databse is", "databases are"))
    assert told(story) == "**external**: The databases are slow. — dana"
    story.edit(said, "bob", PUT_RIGHT)

    story.at("11:00")
    story.say("alice", "/incident resolve")
    assert "by **dana**, corrected by bob" in story.text("communications")
    assert story.rests()


def test_who_may_not_change_others_comments_changes_nothing_of_what_was_told(forge: Forge) -> None:
    story = Story(forge)
    story.open(
        "alice", "API down", "/incident declare\n/incident claim lead\n/incident role comms @carol external"
    )
    said = story.say("carol", TOLD)
    for login, answered in (("tess", True), ("rita", False)):
        story.edit(said, login, PUT_RIGHT.replace("slow", f"fine, says {login}"))
        assert told(story) == "**external**: The databse is slow. — carol"
        key = f"refusal:{said.id}"
        assert (key in story.keys) is answered
        assert not answered or "changing what `carol` wrote needs write access" in story.text(key)
        assert story.rests() or forge.name == "gitlab"
    story.edit(said, "carol", PUT_RIGHT)
    assert told(story) == "**external**: The database is slow. — carol"
    assert story.reactions(said) == ["+1"]


def test_words_that_only_their_mender_may_say_are_the_menders(forge: Forge) -> None:
    story = Story(forge)
    story.open(
        "alice", "API down", "/incident declare\n/incident claim lead\n/incident role comms @carol external"
    )
    said = story.say("dana", TOLD)
    assert "it takes a Communication Lead" in story.text(f"refusal:{said.id}")
    story.edit(said, "carol", PUT_RIGHT)
    assert told(story) == "**external**: The database is slow. — carol"
    story.edit(said, "bob", TOLD)
    assert told(story) in ("", "**external**: The database is slow. — carol")
    assert story.rests()
