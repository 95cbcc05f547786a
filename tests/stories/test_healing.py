"""People change, delete and copy the status comment, which remembers what was judged: the thread comes right."""

from collections.abc import Callable

import pytest

from tests.contract.forges import Forge, Needs
from tests.stories.beginnings import beginning
from tests.stories.story import KEY, Story
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.domain.issue.receipts import Receipts, Verdict


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """An incident of alice's with one command of hers, at rest."""
    story = Story(forge)
    story.open("alice", "API down", "/incident declare")
    story.at("09:05")
    story.say("alice", "/incident severity sev2\n/incident claim lead")
    return story


def forge_receipts(story: Story) -> Receipts:
    return Receipts.unpack([story.ours["status"].body], story.identity(), [KEY])


def edited(story: Story) -> None:
    status = story.ours["status"]
    story.world.edit_comment(story.ticket, status, story.forge.alice, "All is well!\n\n" + status.body)


def emptied(story: Story) -> None:
    marker = story.ours["status"].body.splitlines()[-1]
    story.world.edit_comment(story.ticket, story.ours["status"], story.forge.alice, f"gone\n\n{marker}")


def unmarked(story: Story) -> None:
    story.world.edit_comment(story.ticket, story.ours["status"], story.forge.alice, "no marker any more")


def deleted(story: Story) -> None:
    story.world.delete_comment(story.ticket, story.ours["status"], story.forge.alice)


def outdated(story: Story) -> None:
    old = story.ours["status"].body
    story.say("bob", "/incident note something newer\n/incident nonsense")
    story.world.edit_comment(story.ticket, story.ours["status"], story.forge.alice, old)


def copied(story: Story) -> None:
    other = Story.__new__(Story)
    other.__dict__.update(story.__dict__)
    other.open("bob", "Another incident", "/incident declare")
    story.world.edit_comment(story.ticket, story.ours["status"], story.forge.alice, other.ours["status"].body)


@pytest.mark.parametrize("harm", [edited, emptied, unmarked, deleted, outdated, copied])
def test_a_status_comment_that_people_changed_heals(story: Story, harm: Callable[[Story], None]) -> None:
    refused = story.say("bob", "/incident nonsense")
    before = story.text("status").partition("<!-- receipts")[0]
    story.forge.clock.forward(60)

    harm(story)
    story.bridge = story.bridge_of(story.forge.tracker)  # a long while later, in whatever state it was
    story.look()

    after = story.text("status").partition("<!-- receipts")[0]
    assert after == before if harm is not outdated else "something newer" in after
    assert story.labels == {"incident", "sev2"}
    assert [one.verdict for one in forge_receipts(story).calls][:3] == [Verdict.ACCEPTED] * 3
    assert story.reactions(refused) == ["confused"]
    assert story.ticket.open
    assert story.rests()


@pytest.mark.parametrize("harm", [emptied, deleted, copied])
def test_without_receipts_an_end_stays_an_end(story: Story, harm: Callable[[Story], None]) -> None:
    story.say("alice", "/incident resolve")
    harm(story)
    story.bridge = story.bridge_of(story.forge.tracker)
    story.look()
    assert not story.ticket.open

    story.forge.clock.forward(60)
    story.world.reopen(story.ticket, story.forge.bob)
    story.look()
    deleted(story)
    story.bridge = story.bridge_of(story.forge.tracker)
    story.look()
    assert story.ticket.open, "opened by hand after the command"
    assert story.rests()


def test_receipts_of_another_issue_say_nothing_here(story: Story) -> None:
    other = story.identity(story.world.open_ticket(story.forge.project, story.forge.bob, "Other"))
    assert forge_receipts(story).calls
    assert Receipts.unpack([story.ours["status"].body], other, [KEY]) == Receipts()


def test_rights_lost_since_change_nothing_that_was_said_before(story: Story) -> None:
    story.say("bob", "/incident severity sev1")
    story.world.add_member(story.forge.project, story.forge.bob, Access.READ)
    story.bridge = story.bridge_of(story.forge.another())
    story.look()
    assert story.labels == {"incident", "sev1"}
    assert story.rests()


def test_people_are_looked_up_only_when_they_say_something_new(story: Story, needs: Needs) -> None:
    needs("http")
    story.bridge = story.bridge_of(story.forge.another())
    story.forge.sandbox.requests.clear()
    story.look()
    asked = [one.path for one in story.forge.sandbox.requests]
    assert not [path for path in asked if "members" in path or "permission" in path]
