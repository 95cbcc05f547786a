"""Very many commands: all of them count, or the first that does not is named; and none is carried out twice."""

import pytest

from tests.contract.forges import Forge
from tests.stories.story import KEY, Story
from tests.stories.test_whose_words import restart
from tracker_bridge.domain.issue import receipts
from tracker_bridge.domain.issue.changes import Change, Close, Reopen
from tracker_bridge.domain.issue.invocations import MAX_CALLS
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.sandbox.world import Note


def notes(count: int, of: str) -> str:
    return "\n".join(f"/incident note step {number} of {of}" for number in range(count))


def heard(story: Story, of: str) -> int:
    """Return how many of those notes stand on the timeline."""
    incident = story.bridge.decide(story.forge.tracker.read(story.ref), story.forge.clock.now).incident
    return sum(entry.text.endswith(f" of {of}") for entry in incident.timeline)


def test_what_is_too_much_for_one_comment_is_named(forge: Forge) -> None:
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    said = {
        count: story.world.comment(story.ticket, forge.alice, notes(count, f"{count}"))
        for count in (MAX_CALLS, MAX_CALLS + 1, 500)
    }
    log = "2026-11-02 09:00:00 ERROR /incident/api 502\n" * 1_300
    said[1] = story.world.comment(story.ticket, forge.alice, f"```\n{log}```\n/incident note below the log of 1")
    story.look()

    for count, note in said.items():
        few = count <= MAX_CALLS
        assert heard(story, f"{count}") == min(count, MAX_CALLS)
        assert story.reactions(note) == (["+1"] if few else ["confused"])
        assert (f"refusal:{note.id}" in story.keys) is not few
        if not few:
            assert f"`/incident note step 200 of {count}` was not run" in story.text(f"refusal:{note.id}")
    restart(story)
    assert story.look().changes == ()


@pytest.fixture
def cramped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a hidden line hold fifty calls, so that some hundred take several comments."""
    monkeypatch.setattr(receipts, "_MAX_PACKED", 1_100)


@pytest.mark.usefixtures("cramped")
def test_what_was_judged_stays_judged_over_several_comments_whatever_becomes_of_one(forge: Forge) -> None:
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    said = [long(story, f"{number}") for number in range(4)]
    assert {"receipts:1", "receipts:2", "receipts:3"} <= story.keys
    assert len(remembered(story)) == 181
    story.say("alice", "/incident resolve")
    story.at("10:00")
    story.world.reopen(story.ticket, forge.alice)
    story.look()
    assert story.ticket.open

    # Bob leaves the team; the bridge is started anew: what he said then still counts, and nothing is done again.
    del forge.project.members[forge.bob.id]
    restart(story)
    assert story.look().changes == ()

    # Somebody deletes one of the comments: it is written again, and the issue is not closed again.
    story.world.add_member(forge.project, forge.bob, story.world.access(forge.project, story.carol))
    for key in ("receipts:2", "receipts:1"):
        story.at("10:10")
        story.world.delete_comment(story.ticket, story.ours[key], forge.alice)
        restart(story)
        look = story.look()
        assert key in story.keys
        assert not doing(look.changes)
        assert [story.reactions(note) for note in said] == [["+1"]] * 4
        assert len(remembered(story)) == 182
        assert [heard(story, f"{number}") for number in range(4)] == [45] * 4
    assert story.ticket.open

    # What is not there any more is forgotten.
    story.edit(said[0], "bob", "Never mind.")
    assert "receipts:3" not in story.keys
    for note in said[1:]:
        story.world.delete_comment(story.ticket, note, forge.bob)
    story.look()
    assert not [key for key in story.keys if key.startswith("receipts")]
    assert story.rests()


def long(story: Story, of: str) -> Note:
    story.forge.clock.forward(60)
    return story.say("bob", notes(45, of))


def remembered(story: Story) -> tuple[receipts.Receipt, ...]:
    ours = story.ours
    lines = [note.body for key, note in ours.items() if key.startswith("receipts:")]
    return Receipts.unpack([ours["status"].body, *lines], story.identity(), [KEY]).calls


def doing(changes: tuple[Change, ...]) -> list[Change]:
    return [one for one in changes if isinstance(one, Close | Reopen)]
