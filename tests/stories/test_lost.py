"""
What the bridge remembers is lost, and who ran the incident has left since: what is over stays over.

The summary stays, nobody is pinged for the past, and what was acknowledged counts.
"""

from collections.abc import Callable

import pytest

from tests.contract.forges import Forge
from tests.stories.story import KEY, RENDERER, Story
from tracker_bridge.domain.changes import key_of
from tracker_bridge.domain.issue import Access
from tracker_bridge.domain.rules import Rules
from tracker_bridge.reconcile import Bridge
from tracker_bridge.sandbox.world import Note, Ticket

OTHER = b"a key that comes without the old one"
Harm = Callable[[Story], None]


def begin_anew(story: Story, key: bytes = KEY) -> None:
    tracker = story.forge.another()
    rules = {tracker.name: story.rules}
    clock = story.forge.clock.seconds
    story.bridge = Bridge({tracker.name: tracker}, rules, RENDERER, keys=[key], monotonic=clock)


def put(story: Story, body: str) -> None:
    story.world.edit_comment(story.ticket, story.ours["status"], story.forge.alice, body)


def key_changed(story: Story) -> None:
    begin_anew(story, OTHER)


def deleted(story: Story) -> None:
    story.world.delete_comment(story.ticket, story.ours["status"], story.forge.alice)
    begin_anew(story)


def emptied(story: Story) -> None:
    put(story, "gone\n\n" + story.ours["status"].body.splitlines()[-1])
    begin_anew(story)


def older(story: Story) -> None:
    """As it stood after the second comment, which the story keeps in the field ``old``."""
    put(story, story.old)  # type: ignore[attr-defined]
    begin_anew(story)


def deleted_and_key_changed(story: Story) -> None:
    deleted(story)
    begin_anew(story, OTHER)


HARMS = [key_changed, deleted, emptied, older, deleted_and_key_changed]


def run(story: Story, *said: str, labels: tuple[str, ...] = ("incident",)) -> None:
    """Bob opens it and runs it; alice helps; then bob leaves."""
    story.open("bob", "API down", labels=list(labels))
    story.at("09:05")
    story.say("bob", "/incident claim lead\n/incident severity sev2")
    story.old = story.ours["status"].body  # type: ignore[attr-defined]
    story.at("09:10")
    story.say("alice", "/incident claim assist")
    for minute, text in enumerate(said, start=15):
        story.at(f"09:{minute}")
        story.say("bob", text)
    story.at("09:59")
    leave(story, "bob")


def leave(story: Story, login: str) -> None:
    story.world.add_member(story.forge.project, story.who(login), Access.READ)
    story.forge.clock.forward(3600)
    story.look()


def shown(story: Story) -> dict[str, str]:
    return {key: story.text(key).partition("<!-- receipts")[0] for key in story.keys}


def forget_reactions(ticket: Ticket) -> None:
    """As on a forge without them: nothing proves what was accepted."""
    ticket.reactions.clear()
    for note in ticket.comments:
        note.reactions.clear()


def fresh(story: Story, before: set[int]) -> list[str]:
    """Return the documents that were posted since, but for the status comment, which pings nobody."""
    posted: list[Note] = [
        one for one in story.ticket.comments if one.author is story.forge.bot and one.id not in before
    ]
    return [key for one in posted if (key := key_of(one.body) or "") != "status"]


def goes_on(story: Story) -> None:
    """A look now, and in the weeks after."""
    story.look()
    for day in ("2026-11-03 10:00", "2026-11-16 10:00"):
        story.at(day)
        story.look()


THE_END = ("/incident note the disk is full", "/incident fixed", "/incident resolve")


@pytest.mark.parametrize("harm", HARMS)
def test_what_was_acknowledged_counts_and_nothing_changes(forge: Forge, harm: Harm) -> None:
    story = Story(forge)
    run(story, *THE_END)
    before, there = shown(story), {one.id for one in story.ticket.comments}
    assert "summary" in before

    harm(story)
    goes_on(story)

    assert shown(story) == before
    assert fresh(story, there) == []
    assert not story.ticket.open
    assert story.labels == {"incident", "sev2"}
    assert story.rests() or harm in (key_changed, deleted_and_key_changed)


ENDS = {
    "one by one": THE_END,
    "in one comment": ("/incident note the disk is full\n/incident fixed\n/incident resolve",),
    "cancelled": ("/incident cancel a false alarm",),
}


@pytest.mark.parametrize("harm", [key_changed, deleted, older])
@pytest.mark.parametrize("end", ENDS)
def test_where_nothing_is_acknowledged_it_stays_over_all_the_same(forge: Forge, harm: Harm, end: str) -> None:
    story = Story(forge)
    run(story, *ENDS[end])
    keys, there = story.keys, {one.id for one in story.ticket.comments}
    forget_reactions(story.ticket)

    harm(story)
    goes_on(story)

    assert keys <= story.keys
    assert fresh(story, there) == []
    assert not story.ticket.open
    assert "Investigating" not in story.text("status")
    assert "active" not in story.text("status").casefold()


@pytest.mark.parametrize("harm", [emptied, older])
def test_what_is_not_closed_stays_over_too(forge: Forge, harm: Harm) -> None:
    story = Story(forge, Rules(close_when_resolved=False))
    run(story, *THE_END)
    keys, there = story.keys, {one.id for one in story.ticket.comments}
    forget_reactions(story.ticket)

    harm(story)
    goes_on(story)

    assert keys <= story.keys
    assert fresh(story, there) == []
    assert story.ticket.open
    assert "Investigating" not in story.text("status")


@pytest.mark.parametrize("harm", [deleted, key_changed])
def test_an_incident_that_goes_on_goes_on_as_it_was(forge: Forge, harm: Harm) -> None:
    story = Story(forge)
    run(story, "/incident note the disk is full")
    before, there = shown(story), {one.id for one in story.ticket.comments}

    harm(story)
    story.look()

    assert {key: text for key, text in shown(story).items() if "nudge" not in key} == {
        key: text for key, text in before.items() if "nudge" not in key
    }
    assert [key for key in fresh(story, there) if "nudge" not in key] == []


@pytest.mark.parametrize("harm", [deleted])
def test_what_a_stranger_said_in_vain_does_not_count_after(forge: Forge, harm: Harm) -> None:
    forge.project.private = False
    story = Story(forge)
    story.world.add_account("zoe")
    story.open("zoe", "API down")
    story.say("alice", "/incident declare")
    story.say("zoe", "/incident started 08:50\n/incident cancel it was nothing")
    story.say("zoe", "/incident cancel")
    story.at("09:30")
    story.look()
    before = shown(story)

    harm(story)
    story.look()

    assert shown(story) == before
    assert story.ticket.open
