"""What goes round in circles is bounded in the hour, said, and heals; nobody is pinged twice by one comment."""

import logging
from datetime import datetime, timedelta

import pytest

from tests.contract.forges import Forge, Needs
from tests.stories.story import Story
from tracker_bridge.domain.issue.changes import Document, Edit, Post, React, Reaction
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Event, Tripped
from tracker_bridge.reconcile import Bridge
from tracker_bridge.reconcile.breaker import AGAIN, DOCUMENT, PROJECT, REPEATS, SPAN, Breaker
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Note
from tracker_bridge.trackers import Busy

HOUR = int(SPAN)


@pytest.fixture
def story(forge: Forge) -> Story:
    """An incident of alice's in which bob leads, at rest."""
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    story.at("09:05")
    story.say("bob", "/incident claim lead")
    return story


def look(story: Story, bridge: Bridge | None = None) -> datetime | None:
    """Look after what was sent before would be visible; nothing is asked of what the look does."""
    story.forge.clock.forward(31)
    return (bridge or story.bridge).reconcile(story.ref, story.forge.clock.now, {}).next_at


def card(story: Story) -> Note | None:
    found = [one for key, one in story.ours.items() if key.startswith("duty:") and key.endswith(".bob")]
    return found[0] if found else None


def delete(story: Story, note: Note) -> None:
    story.world.delete_comment(story.ticket, note, story.forge.alice)


def test_a_comment_that_is_deleted_again_and_again_is_not_written_for_ever(
    story: Story, caplog: pytest.LogCaptureFixture
) -> None:
    texts, again_at = [], None
    for _ in range(20):
        if (note := card(story)) is not None:
            texts.append(note.body)
            delete(story, note)
        again_at = look(story)

    assert len(texts) == AGAIN + 1
    assert "@bob" in texts[0]
    assert all("@bob" not in text and "bob" in text for text in texts[1:]), "bob knows"
    said = [one.getMessage() for one in caplog.records if one.levelno == logging.ERROR]
    assert len(said) == 1
    assert said[0].startswith(
        f"{story.ref}: writing paused: duty: the same text was written {AGAIN} times within the"
    )
    [held] = story.bridge.standing().held()
    assert (held.where, held.what) == (str(story.ref), "duty")

    story.world.comment(story.ticket, story.carol, "/incident severity sev1")
    look(story)
    assert "sev1" in story.labels, "everything else goes on"
    assert "sev1" in story.text("status")

    assert again_at is not None
    assert again_at <= story.forge.clock.now + timedelta(seconds=HOUR)
    story.forge.clock.forward(HOUR)
    story.look()
    after = card(story)
    assert after is not None
    assert "@bob" not in after.body


@pytest.mark.parametrize("restarted", [False, True])
def test_nobody_is_pinged_twice_by_one_comment(story: Story, *, restarted: bool) -> None:
    first = card(story)
    assert first is not None
    assert "@bob" in first.body
    if restarted:
        story.bridge = story.bridge_of(story.forge.another())
        story.look()
    delete(story, first)
    story.forge.clock.forward(31)
    story.look()

    second = card(story)
    assert second is not None
    assert "@bob" not in second.body
    assert second.body.replace("\u200b", "") == first.body
    assert story.rests(), "a bridge that remembers nothing leaves it quiet"


def test_whom_the_bridge_took_a_card_from_is_pinged_by_the_next_one(story: Story) -> None:
    taken = next(one for one in story.ticket.comments if "claim lead" in one.body)
    story.edit(taken, "bob", "never mind")
    assert card(story) is None
    story.edit(taken, "bob", "/incident claim lead")
    again = card(story)
    assert again is not None
    assert "@bob" in again.body


def test_two_bridges_with_different_keys_end(story: Story, caplog: pytest.LogCaptureFixture) -> None:
    other = story.bridge_of(story.forge.another(), b"another key, of another bridge on the project")

    def writes(rounds: int) -> int:
        written = 0
        for _ in range(rounds):
            story.forge.clock.forward(31)
            for bridge in (story.bridge, other):
                written += len(bridge.reconcile(story.ref, story.forge.clock.now, {}).changes)
        return written

    fought = writes(15)
    assert fought <= 10 * AGAIN
    assert writes(10) <= AGAIN, "one of them has given up"
    assert writes(5) <= 2, "nothing but what is new, reminders, is written in the rest of the hour"
    if fought > 1:
        assert "another bridge works on the same project" in caplog.text
    story.world.comment(story.ticket, story.carol, "/incident severity sev1")
    assert writes(1) > 0, "what is new is written"
    assert "sev1" in story.text("status")
    story.forge.clock.forward(HOUR)
    story.bridge = story.bridge_of(story.forge.another())
    story.look()


def test_a_forge_that_fails_for_an_hour_uses_nothing_up(story: Story, needs: Needs) -> None:
    needs("http")
    story.world.comment(story.ticket, story.carol, "/incident severity sev1")
    for method in ("POST", "PUT", "PATCH"):
        path = r"/(notes|comments|graphql)"
        story.forge.sandbox.faults.add(FaultResponse(502), method=method, path=path, times=500)
    for _ in range(3 * AGAIN):
        with pytest.raises(Busy):
            look(story)
    story.forge.sandbox.faults.clear()
    look(story)

    assert story.bridge.standing().held() == ()
    assert "sev1" in story.text("status")


# Counted


REF = IssueRef("github", "acme/api", 1)


class Counted:
    """A breaker, its seconds and what it told."""

    def __init__(self) -> None:
        self.now = 0.0
        self.told: list[Event] = []
        self.breaker = Breaker(lambda: self.now, self.told.append)

    def write(self, text: str, key: str = "status", number: int = 1) -> bool:
        change = Post(Document(key, text)) if key else React(int(text), Reaction.ACCEPTED)
        ref = IssueRef("github", "acme/api", number)
        if self.breaker.seconds(ref, change):
            return False
        self.breaker.made(ref, change)
        return True


@pytest.fixture
def counted() -> Counted:
    return Counted()


def test_one_document_is_written_so_often_in_an_hour(counted: Counted) -> None:
    assert sum(counted.write(f"text {number}") for number in range(DOCUMENT + 50)) == DOCUMENT
    assert counted.write("text", "summary"), "others are not concerned"
    assert counted.told == [Tripped("github", "status", "document")]
    counted.now = SPAN
    assert counted.breaker.open() == ()
    assert counted.write("text")


def test_a_project_is_written_to_so_often_in_an_hour(counted: Counted) -> None:
    tries = [counted.write("text", number=number) for number in range(PROJECT + 50)]
    assert tries.count(True) == PROJECT
    assert counted.told == [Tripped("github", "status", "project")], "said once for all of it"
    [held] = counted.breaker.open()
    assert (held.where, held.what) == ("github:acme/api", "anything")


def test_repeats_are_counted_all_over_the_project(counted: Counted) -> None:
    rounds = AGAIN - 1
    tries = [counted.write("text", number=number) for _ in range(rounds) for number in range(60)]
    assert tries.count(True) == 60 + REPEATS
    assert counted.write("news", number=5), "what is new is written"
    assert [one.where for one in counted.breaker.open()] == ["github:acme/api"]


def test_reactions_to_many_comments_are_no_circle(counted: Counted) -> None:
    assert all(counted.write(str(number), "") for number in range(2 * DOCUMENT))


def test_the_same_text_in_an_edit_is_another_write_than_the_first_post() -> None:
    breaker = Breaker(lambda: 0.0)
    for _ in range(AGAIN):
        breaker.made(REF, Edit(1, Document("status", "x")))
    assert breaker.seconds(REF, Edit(1, Document("status", "x"))) > 0
    assert breaker.seconds(REF, Post(Document("status", "x"))) == 0


def test_counts_that_are_over_are_forgotten(counted: Counted) -> None:
    for hour in range(3):
        counted.now = hour * 2 * SPAN
        assert all(counted.write("text", number=number) for number in range(PROJECT - 1))
    assert len(counted.breaker._written) <= 3 * PROJECT
