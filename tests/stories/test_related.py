"""Issues that have to do with an incident are linked both ways, once, on every forge (S26)."""

import pytest

from tests.contract.forges import Forge, Needs
from tests.stories.beginnings import beginning
from tests.stories.story import Story
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket


@pytest.fixture
@beginning
def story(forge: Forge) -> Story:
    """Number 1 is a bug, number 2 an incident of before; the story is about number 3."""
    story = Story(forge)
    story.world.open_ticket(forge.project, story.who("rita"), "The pool is small")
    story.open("bob", "Nobody can pay", "/incident declare")
    story.at("10:00")
    story.open("alice", "Checkout is down", "/incident declare")
    return story


def there(story: Story, number: int) -> Ticket:
    return story.forge.project.tickets[number]


def told(story: Story, number: int) -> list[str]:
    notes = [note for note in there(story, number).comments if note.author is story.forge.bot]
    return [note.body for note in notes if f"related:3.{number}" in note.body]


def test_both_tell_of_each_other_once(story: Story) -> None:
    story.say("bob", "/incident related #1, #2")

    assert "Related issues (2)" in story.text("status")
    assert "- #1 (linked by " in story.text("status")
    for number in (1, 2):
        [text] = told(story, number)
        assert text.startswith("Incident #3 is related to this issue; linked by ")
        related = [link.other.number for link in there(story, number).links]
        assert related == ([] if story.forge.name == "github" else [3])  # GitHub relates what names each other

    story.say("alice", "/incident relates-to #1\n/incident resolve")
    assert len(told(story, 1)) == 1
    assert story.rests()

    story.ticket = there(story, 2)
    story.look()
    assert len(told(story, 2)) == 1


def test_another_one_is_linked_at_once(story: Story) -> None:
    story.say("bob", "/incident related #1")
    story.say("bob", "/incident related #2")
    assert [len(told(story, number)) for number in (1, 2)] == [1, 1]


def test_what_is_not_there_is_refused_and_holds_up_nothing(story: Story) -> None:
    note = story.say("bob", "/incident related #99\n/incident related #1")
    assert "there is no issue `#99` in this project" in story.text(f"refusal:{note.id}")
    assert len(told(story, 1)) == 1
    assert story.rests()


def test_what_is_deleted_later_holds_up_nothing(story: Story) -> None:
    story.say("bob", "/incident related #1")
    story.world.delete_ticket(there(story, 1), story.who("alice"))
    story.say("bob", "/incident note one more thing")
    assert "one more thing" in story.text("status")
    assert story.rests()


@pytest.mark.parametrize("path", [r"/issues/1/(comments|notes)$", r"/issues/2/(comments|notes)$"])
@pytest.mark.parametrize("done", [True, False])
def test_a_crash_in_between_tells_nobody_twice(story: Story, needs: Needs, path: str, *, done: bool) -> None:
    needs("http")
    story.forge.sandbox.faults.add(FaultResponse(502, done=done), method="POST", path=path)
    story.world.comment(story.ticket, story.who("bob"), "/incident related #1 #2")
    story.crash()
    assert [len(told(story, number)) for number in (1, 2)] == [1, 1]
    assert "Related issues (2)" in story.text("status")
