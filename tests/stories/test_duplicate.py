"""Two incidents about one thing: one is merged into the other, on every forge, and found again after a crash."""

import pytest

from tests.contract.forges import Forge, Needs
from tests.stories.beginnings import beginning
from tests.stories.story import Story
from tracker_bridge.domain.issue.changes import Link, Post
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Busy


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """Number 1 is the incident; number 2, which the story is about, is the duplicate."""
    story = Story(forge)
    story.at("10:00")
    story.open("alice", "Checkout is down", "/incident declare")
    story.at("10:05")
    story.open("bob", "Nobody can pay", "/incident declare")
    story.say("bob", "/incident note first calls at 9:50 | 09:50")
    return story


def first(story: Story) -> Ticket:
    return story.forge.project.tickets[1]


def told(ticket: Ticket, story: Story) -> list[str]:
    return [note.body for note in ticket.comments if note.author is story.forge.bot and "merged:2" in note.body]


def test_it_is_closed_and_both_tell_where_it_goes_on(story: Story) -> None:
    note = story.say("alice", "/incident merge #1")

    assert not story.ticket.open
    assert story.reactions(note) == ["+1"]
    key = f"linked:merged.{note.id}:1"
    assert "**alice** marked this as a duplicate of #1." in story.text(key)
    assert "as a duplicate of #1" in story.text("status")
    [over_there] = told(first(story), story)
    assert "#2 was marked as a duplicate of this incident" in over_there
    assert first(story).open
    assert story.rests()

    story.ticket = first(story)
    assert story.look().changes == ()
    assert story.rests()


def test_it_goes_on_when_it_is_reopened(story: Story) -> None:
    story.say("alice", "/incident merge #1")
    story.say("alice", "/incident reopen not the same after all")
    assert story.ticket.open
    assert not [key for key in story.keys if key.startswith("linked:")]
    assert story.rests()


@pytest.mark.parametrize("how", ["reopened", "by hand", "deleted", "edited"])
def test_where_it_went_on_is_told_that_it_was_taken_back(story: Story, how: str) -> None:
    merging = story.say("alice", "/incident merge #1")
    if how == "reopened":
        story.say("alice", "/incident reopen not the same after all")
    elif how == "by hand":
        story.world.reopen(story.ticket, story.who("alice"))
        story.look()
    elif how == "deleted":
        story.delete(merging)
    else:
        story.edit(merging, "alice", "Not the same after all.")
    assert story.ticket.open
    assert story.rests()
    said, back = told(first(story), story)
    assert "was marked as a duplicate" in said
    assert back.startswith("#2 is not a duplicate of this incident after all")

    story.forge.clock.forward()
    again = story.say("alice", "/incident merge #1")
    assert not story.ticket.open
    last = told(first(story), story)[2:]
    assert [str(again.id) in one and "was marked as a duplicate" in one for one in last] == [True]
    assert story.rests()

    story.ticket = first(story)
    assert story.look().changes == ()


@pytest.mark.parametrize("number", [3, 99])
def test_what_is_no_incident_is_refused(story: Story, number: int) -> None:
    """A plain issue, and one that is not there."""
    story.world.open_ticket(story.forge.project, story.who("rita"), "How do I log in?")
    note = story.say("alice", f"/incident merge #{number}")
    assert story.ticket.open
    assert f"there is no incident `#{number}` in this project" in story.text(f"refusal:{note.id}")
    assert story.rests()

    story.edit(note, "alice", "/incident merge #1")
    assert not story.ticket.open
    assert f"refusal:{note.id}" not in story.keys


def test_what_is_no_incident_is_refused_also_when_it_is_taken_back_at_once(story: Story) -> None:
    """Between two looks it can be merged and reopened: nothing of that was ever so."""
    merging = story.world.comment(story.ticket, story.who("alice"), "/incident merge #99")
    reopening = story.say("alice", "/incident reopen")
    refused = {f"refusal:{note.id}" for note in (merging, reopening)}
    assert {key for key in story.keys if key.startswith("refusal")} == refused
    assert "Merged into" not in story.text("status")
    assert story.rests()


def test_two_incidents_are_not_merged_into_each_other(story: Story) -> None:
    """S23: else nobody would work on either."""
    story.say("alice", "/incident merge #1")
    story.ticket = first(story)
    note = story.say("alice", "/incident merge #2")

    assert story.ticket.open
    assert "`#2` is already merged into this incident" in story.text(f"refusal:{note.id}")
    assert story.rests()


@pytest.mark.parametrize("looked_at_first", [1, 2])
def test_of_two_that_want_it_at_the_same_time_the_older_one_stays(story: Story, looked_at_first: int) -> None:
    older, newer = first(story), story.ticket
    story.world.comment(older, story.who("alice"), "/incident merge #2")
    story.world.comment(newer, story.who("bob"), "/incident merge #1")
    for ticket in sorted((older, newer), key=lambda one: one.number != looked_at_first):
        story.ticket = ticket
        story.look()
    assert (older.open, newer.open) == (True, False)
    story.ticket = older
    assert story.look().changes == ()


def test_what_is_merged_itself_is_refused_with_where_it_goes_on(story: Story) -> None:
    story.say("alice", "/incident merge #1")
    story.open("bob", "The shop is slow", "/incident declare")
    note = story.say("alice", "/incident merge #2")
    assert story.ticket.open
    refused = story.text(f"refusal:{note.id}")
    assert "`#2` is itself a duplicate; work continues in `#1`" in refused
    assert "`/incident merge #1`" in refused


def test_what_is_cancelled_is_refused(story: Story) -> None:
    newer, story.ticket = story.ticket, first(story)
    story.say("alice", "/incident cancel a false alarm")
    story.ticket = newer
    note = story.say("alice", "/incident merge #1")
    assert story.ticket.open
    assert "incident `#1` is cancelled" in story.text(f"refusal:{note.id}")


def test_of_two_wishes_the_one_that_can_be_fulfilled_counts(story: Story) -> None:
    story.say("alice", "/incident merge #99\n/incident merge #1")
    assert len(told(first(story), story)) == 1
    assert "there is no incident `#99`" in story.text(next(key for key in story.keys if key.startswith("refusal")))
    assert story.rests()


@pytest.mark.parametrize("path", [r"/issues/1/(comments|notes)$", r"/issues/2/(comments|notes)$"])
@pytest.mark.parametrize("done", [True, False])
def test_a_crash_in_between_tells_nobody_twice(story: Story, needs: Needs, path: str, *, done: bool) -> None:
    needs("http")
    story.forge.sandbox.faults.add(FaultResponse(502, done=done), method="POST", path=path)
    story.world.comment(story.ticket, story.who("alice"), "/incident merge #1")

    story.crash()

    assert len(told(first(story), story)) == 1
    assert len([key for key in story.keys if key.startswith("linked:merged")]) == 1
    assert not story.ticket.open


@pytest.mark.parametrize("done", [True, False])
def test_closing_that_is_not_answered_holds_up_nothing_and_is_tried_again(
    story: Story, needs: Needs, *, done: bool
) -> None:
    needs("http")
    method = "PATCH" if story.forge.name == "github" else "PUT"
    story.forge.sandbox.faults.add(FaultResponse(502, done=done), method=method, path=r"/issues/2$")
    story.world.comment(story.ticket, story.who("alice"), "/incident merge #1")

    again_at = story.bridge.reconcile(story.ref, story.forge.clock.now, {}).next_at

    assert len(told(first(story), story)) == 1
    assert again_at is not None
    assert story.ticket.open is not done
    story.forge.clock.forward(61)
    story.look()
    assert not story.ticket.open
    assert len(told(first(story), story)) == 1
    assert len([key for key in story.keys if key.startswith("linked:merged")]) == 1
    assert story.rests()


def test_a_link_that_may_not_be_made_yet_holds_up_the_comment_that_tells_of_it(story: Story, needs: Needs) -> None:
    """Else nobody would make it any more."""
    needs("http")
    story.forge.sandbox.faults.add(FaultResponse(502), method="POST", path=r"/issues/1/(comments|notes)$")
    story.world.comment(story.ticket, story.who("alice"), "/incident merge #1")
    with pytest.raises(Busy):
        story.bridge.reconcile(story.ref, story.forge.clock.now, {})

    look = story.bridge.reconcile(story.ref, story.forge.clock.forward(5), {})
    assert not [change for change in look.changes if isinstance(change, Link | Post)]
    assert look.next_at is not None
    look = story.bridge.reconcile(story.ref, story.forge.clock.forward(31), {})
    assert [type(change) for change in look.changes if isinstance(change, Link)] == [Link]
    assert len(told(first(story), story)) == 1


def test_where_it_went_on_may_be_deleted_when_it_is_taken_back(story: Story) -> None:
    story.say("alice", "/incident merge #1")
    story.world.delete_ticket(first(story), story.who("alice"))
    story.say("alice", "/incident reopen")
    assert story.ticket.open
    assert not [key for key in story.keys if key.startswith("linked:")]
    assert story.rests()


@pytest.mark.parametrize("end", ["/incident cancel false alarm", "/incident merge #3"])
def test_what_ends_in_another_way_is_taken_back_once(story: Story, end: str) -> None:
    merging = story.say("alice", "/incident merge #1")
    second = story.ticket
    story.open("bob", "The shop is slow", "/incident declare")
    story.ticket = second
    story.edit(merging, "alice", end)
    assert not story.ticket.open
    assert len(told(first(story), story)) == 2
    assert len(told(story.forge.project.tickets[3], story)) == ("merge" in end)
    assert story.rests()
