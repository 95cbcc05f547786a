"""What people look for is written before what decorates it, and what decorates it is not forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.forges import Forge, Needs
from tests.stories.story import Story
from tracker_bridge.domain.issue.changes import Change, Edit, Post, React
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Note
from tracker_bridge.trackers import Applied, Later

REACTING = r"(reactions|award_emoji)$"


@pytest.fixture
def story(forge: Forge) -> Story:
    story = Story(forge)
    story.open("bob", "Checkout down", "/incident declare")
    return story


def notes(story: Story, number: int) -> list[Note]:
    said = [story.world.comment(story.ticket, story.forge.bob, f"/incident note step {n}") for n in range(number)]
    story.forge.clock.forward(1)
    return said


def cold(story: Story) -> None:
    """Go on with nothing remembered but the thread."""
    story.bridge = story.bridge_of(story.forge.another())


def spent(story: Story, monkeypatch: pytest.MonkeyPatch, *kinds: type[Change]) -> list[Change]:
    """Let there be no room for some changes, until the list of what was refused is cleared by the test."""
    tracker = story.bridge.trackers[story.forge.name]
    applied, refused = tracker.apply, list[Change]()

    def apply(ref: IssueRef, change: Change) -> Applied:
        if isinstance(change, kinds):
            refused.append(change)
            raise Later("no room", 90)
        return applied(ref, replace(change, along=()) if isinstance(change, Edit) else change)

    monkeypatch.setattr(tracker, "apply", apply)
    return refused


def no_reactions(story: Story, times: int = 50) -> None:
    """Let the forge fail to take them, one by one: there is no GraphQL."""
    story.forge.sandbox.faults.add(FaultResponse(404), method="POST", path="graphql$")
    story.forge.sandbox.faults.add(FaultResponse(502), method="POST", path=REACTING, times=times)


def test_of_twenty_notes_in_twenty_comments_the_status_comment_tells_first(story: Story) -> None:
    said = notes(story, 20)

    look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})

    assert isinstance(look.changes[0], Edit)
    assert [type(one) for one in look.changes[1:]] == [React] * 20
    assert all(story.reactions(note) == ["+1"] for note in said)
    assert story.rests()


def test_a_crash_after_the_status_comment_loses_no_reaction(story: Story, needs: Needs) -> None:
    needs("http")
    said = notes(story, 3)
    no_reactions(story)
    story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert [story.reactions(note) for note in said] == [[], [], []]

    story.forge.sandbox.faults.clear()
    cold(story)
    look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})

    assert [type(one) for one in look.changes] == [React] * 3
    assert [story.reactions(note) for note in said] == [["+1"]] * 3
    cold(story)
    assert story.rests()


def test_what_was_said_more_than_an_hour_ago_gets_no_reaction_after_a_crash(story: Story, needs: Needs) -> None:
    needs("http")
    [said] = notes(story, 1)
    no_reactions(story)
    story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    story.forge.sandbox.faults.clear()
    story.forge.clock.forward(3700)
    cold(story)
    story.look()

    assert story.reactions(said) == []
    assert "step 0" in story.text("status")


def test_a_reaction_that_failed_is_not_asked_about_by_the_process_that_knows(story: Story, needs: Needs) -> None:
    needs("http")
    [said] = notes(story, 1)
    no_reactions(story, 1)
    look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert look.next_at == story.forge.clock.now + timedelta(seconds=60)
    story.forge.clock.forward(60)
    story.forge.sandbox.requests.clear()

    story.look()

    assert story.reactions(said) == ["+1"]
    assert not [one for one in story.forge.sandbox.requests if one.method == "GET" and "emoji" in one.path]
    assert not [one for one in story.forge.sandbox.requests if one.method == "GET" and "reactions" in one.path]


def test_without_room_reactions_come_later_and_cost_no_second_edit(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = notes(story, 3)
    with monkeypatch.context() as patch:
        refused = spent(story, patch, React)
        look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert [type(one) for one in look.changes] == [Edit]
    assert len(refused) == 1
    assert look.next_at == story.forge.clock.now + timedelta(seconds=90)

    story.forge.clock.forward(90)
    look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert [type(one) for one in look.changes] == [React] * 3
    assert [story.reactions(note) for note in said] == [["+1"]] * 3
    assert story.rests()


def test_without_room_for_an_answer_the_status_comment_goes_on_and_the_answer_comes(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    story.world.comment(story.ticket, story.forge.bob, "/incident severity sev1\n/incident nonsense")
    with monkeypatch.context() as patch:
        spent(story, patch, Post)
        look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert "**sev1**" in story.text("status")
    assert look.next_at == story.forge.clock.now + timedelta(seconds=90)

    assert [one for one in story.look().changes if isinstance(one, Post)]
    assert any(key.startswith("refusal:") for key in story.keys)
    assert story.rests()


def test_without_room_for_the_status_comment_nothing_is_lost_and_nothing_decorates(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = notes(story, 3)
    with monkeypatch.context() as patch:
        spent(story, patch, Edit)
        look = story.bridge.reconcile(story.ref, story.forge.clock.now, {})
    assert look.changes == ()
    assert look.next_at == story.forge.clock.now + timedelta(seconds=90)

    story.look()
    assert "step 2" in story.text("status")
    assert [story.reactions(note) for note in said] == [["+1"]] * 3
    assert story.rests()
