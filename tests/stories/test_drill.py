"""An exercise, and one that was a mistake."""

from tests.contract.forges import Forge
from tests.stories.story import Story


def test_a_drill_is_said_to_be_one_from_beginning_to_end(forge: Forge) -> None:
    story = Story(forge)
    story.open("alice", "Data centre A burns", "/incident declare The region is lost --drill --by staff")
    story.at("09:05")
    story.say("alice", "/incident severity sev1\n/incident claim lead")
    story.at("09:10")
    story.say("alice", "/incident resolve")

    assert "### ✅ Drill: The region is lost" in story.text("status")
    assert "This was a drill: it is excluded from the statistics." in story.text("summary")
    assert not story.ticket.open
    assert story.rests()


def test_a_drill_is_cancelled_and_comes_back_by_word(forge: Forge) -> None:
    story = Story(forge)
    story.open("alice", "Data centre A burns", "/incident declare --drill")
    story.at("09:05")
    cancelled = story.say("alice", "/incident cancel everybody is at lunch")

    assert not story.ticket.open
    if forge.name != "gitlab":  # it has no reasons for closing
        assert story.ticket.state_reason == "not_planned"
    assert story.keys == {"status", "duty:opener"}
    assert "Cancelled: everybody is at lunch — alice" in story.text("status")
    assert story.reactions(cancelled) == ["+1"]
    assert story.rests()

    story.at("09:10")
    story.say("alice", "/incident reopen now they are back")
    assert story.ticket.open
    assert "Reopened: now they are back — alice" in story.text("status")
    assert story.rests()

    # Taken back: the cancellation stands again, and with it the closing.
    story.at("09:12")
    story.delete(story.ticket.comments[-1])
    assert not story.ticket.open
    assert story.rests()
