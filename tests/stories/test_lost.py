"""
What the bridge remembers is lost, and who ran the incident has left since: what is over stays over.

The summary stays, nobody is pinged for the past, and what was acknowledged counts.
"""

import re
from collections.abc import Callable
from itertools import product

import pytest

from tests.contract.forges import FORGES, Forge, Needs
from tests.examples import in_turn
from tests.stories.beginnings import beginning
from tests.stories.story import KEY, RENDERER, Story
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.reconcile import Bridge
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Busy

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


@beginning
def run(forge: Forge, *said: str, closes: bool = True) -> Story:
    """Bob opens it and runs it; alice helps; then bob leaves."""
    story = Story(forge, Rules(close_when_resolved=closes))
    story.open("bob", "API down", labels=["incident"])
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
    return story


def leave(story: Story, login: str) -> None:
    story.world.add_member(story.forge.project, story.who(login), Access.READ)
    story.forge.clock.forward(3600)
    story.look()


def shown(story: Story) -> dict[str, str]:
    """Return what the bot's comments say; a status comment that comes again has another address."""
    texts = {key: story.text(key).partition("<!-- receipts")[0] for key in lasting(story)}
    return {key: re.sub(r"(?<=\[Status\])\(\S+\)|[0-9a-f]{6}(?= -->)", "", text) for key, text in texts.items()}


def lasting(story: Story) -> set[str]:
    """Return the bot's comments, but for the question when it was detected, which is not asked about the past."""
    return {key for key in story.keys if not key.startswith("nudge:undetected")}


def forget_reactions(ticket: Ticket) -> None:
    """As on a forge without them: nothing proves what was accepted."""
    ticket.reactions.clear()
    for note in ticket.comments:
        note.reactions.clear()


def fresh(story: Story, before: set[int]) -> list[str]:
    """
    Return the documents that were posted since, but for the status comment, which pings nobody. While it goes on,
    somebody may be reminded.
    """
    ours = [one for one in story.ticket.comments if one.author is story.forge.bot]
    keys = [key_of(one.body) or "" for one in ours if one.id not in before]
    status = story.text("status")
    over = "**resolved**" in status or "**cancelled**" in status
    return [key for key in keys if key != "status" and (over or not key.startswith("nudge:"))]


def goes_on(story: Story) -> None:
    """A look now, and in the weeks after."""
    story.look()
    for day in ("2026-11-03 10:00", "2026-11-16 10:00"):
        story.at(day)
        story.look()


THE_END = ("/incident note the disk is full", "/incident fixed", "/incident resolve")


@pytest.mark.parametrize("harm", HARMS)
def test_what_was_acknowledged_counts_and_nothing_changes(forge: Forge, harm: Harm) -> None:
    story = run(forge, *THE_END)
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


UNACKNOWLEDGED = product(ENDS, (key_changed, deleted, older, deleted_and_key_changed))


@pytest.mark.parametrize(("forge", "case"), in_turn(FORGES, UNACKNOWLEDGED), indirect=["forge"])
def test_where_nothing_is_acknowledged_it_stays_over_all_the_same(forge: Forge, case: tuple[str, Harm]) -> None:
    end, harm = case
    story = run(forge, *ENDS[end])
    keys, there = lasting(story), {one.id for one in story.ticket.comments}
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
    story = run(forge, *THE_END, closes=False)
    keys, there = lasting(story), {one.id for one in story.ticket.comments}
    forget_reactions(story.ticket)

    harm(story)
    goes_on(story)

    assert keys <= story.keys
    assert fresh(story, there) == []
    assert story.ticket.open
    assert "Investigating" not in story.text("status")


@pytest.mark.parametrize("harm", [deleted, key_changed])
def test_an_incident_that_goes_on_goes_on_as_it_was(forge: Forge, harm: Harm) -> None:
    story = run(forge, "/incident note the disk is full")
    before, there = shown(story), {one.id for one in story.ticket.comments}

    harm(story)
    story.look()

    assert {key: text for key, text in shown(story).items() if "nudge" not in key} == {
        key: text for key, text in before.items() if "nudge" not in key
    }
    assert fresh(story, there) == []


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


def test_who_confirmed_a_report_leads_it_still(forge: Forge) -> None:
    forge.project.private = False
    story = Story(forge)
    story.world.add_account("zoe")
    story.open("zoe", "API down", labels=["incident"])
    story.say("alice", "/incident declare")
    before = shown(story)

    key_changed(story)
    story.look()

    assert shown(story) == before
    assert "| Technical Lead | **alice** |" in story.text("status")


@pytest.mark.parametrize("closes", [True, False])
def test_an_end_that_was_taken_back_stays_taken_back(forge: Forge, *, closes: bool) -> None:
    story = run(forge, "/incident note the disk is full", closes=closes)
    story.say("alice", "/incident role lead @carol")
    story.delete(story.say("carol", "/incident resolve"))
    before = shown(story)
    assert any(key.startswith("withdrawn:") for key in before)

    key_changed(story)
    story.look()

    after = {key: text for key, text in shown(story).items() if not key.startswith("nudge:")}
    assert after == {key: text for key, text in before.items() if not key.startswith("nudge:")}
    assert story.ticket.open


@pytest.mark.parametrize("ended", [False, True])
def test_whose_words_are_in_doubt_is_asked_again_but_never_after_the_end(forge: Forge, *, ended: bool) -> None:
    """Alice mends bob's comment before the bridge can see who wrote what; only GitHub keeps the versions."""
    story = run(forge)
    note = story.say("alice", "/incident note the disk is ful")
    story.edit(note, "carol", "/incident note the disk is full")
    if ended:
        story.say("alice", "/incident role lead @carol")
        story.say("carol", "/incident resolve")
    there = {one.id for one in story.ticket.comments}
    story.forge.clock.forward(300)

    key_changed(story)
    story.look()

    told = f"refusal:{note.id}"
    assert told not in story.keys if ended or forge.name != "gitlab" else told in story.keys
    assert [key for key in fresh(story, there) if key != told] == []


def test_who_cannot_be_proven_is_told_once_before_the_end_and_keeps_the_card(forge: Forge) -> None:
    story = run(forge)
    keys = story.keys
    forget_reactions(story.ticket)
    there = {one.id for one in story.ticket.comments}

    key_changed(story)
    for _ in range(2):
        story.look()

    assert {key for key in keys if key.startswith("duty:")} <= story.keys
    [told] = fresh(story, there)
    assert told.startswith("refusal:")
    assert "`/incident severity sev2` was not run" in story.text(told)
    assert "claim" not in story.text(told), "whoever opened it may go on to take a role"


def test_testers_who_answered_and_left_are_not_reminded(forge: Forge) -> None:
    story = run(forge, "/incident role tester @tess @dana", "/incident fixed")
    story.world.add_member(story.forge.project, story.who("bob"), Access.WRITE)
    story.say("tess", "/incident test pass")
    story.say("bob", "/incident resolve")
    assert not story.ticket.open
    leave(story, "tess")
    forget_reactions(story.ticket)
    there = {one.id for one in story.ticket.comments}

    key_changed(story)
    goes_on(story)

    assert fresh(story, there) == []


def test_another_account_of_ours_asks_nobody_about_what_is_over(forge: Forge) -> None:
    """The bridge goes from a token's account to an App: what the old account wrote is not ours any more."""
    story = run(forge, *THE_END)
    old = story.world.add_account("old-bot", bot=True)
    for given in (story.ticket.reactions, *(note.reactions for note in story.ticket.comments)):
        for one in given:
            one.account = old if one.account is story.forge.bot else one.account
    for note in story.ticket.comments:
        note.author = old if note.author is story.forge.bot else note.author
    story.ticket.closed_by = old
    there = {one.id for one in story.ticket.comments}

    begin_anew(story)
    goes_on(story)

    assert set(fresh(story, there)) <= {"summary", "communications"}
    assert not story.ticket.open
    assert "Investigating" not in story.text("status")


def test_a_reconcile_that_is_cut_short_proves_nothing_for_the_next(forge: Forge, needs: Needs) -> None:
    """Bob's first line is still allowed, and gets a reaction; his second one must not be believed for that."""
    needs("http")
    story = run(forge)
    forget_reactions(story.ticket)
    edits = {"github": ("PATCH", r"/comments/\d+$"), "gitlab": ("PUT", r"/notes/\d+$")}
    method, path = edits[forge.name]
    forge.sandbox.faults.add(FaultResponse(502), method=method, path=path)

    key_changed(story)
    with pytest.raises(Busy):
        story.bridge.reconcile(story.ref, forge.clock.now, {})
    forge.clock.forward(31)
    begin_anew(story, OTHER)
    story.look()

    assert [key for key in story.keys if key.startswith("refusal:")]


def test_nor_does_a_first_reconcile_that_is_cut_short(forge: Forge, needs: Needs) -> None:
    """Nothing of ours is there yet: perhaps all was lost, perhaps it is new."""
    needs("http")
    story = Story(forge)
    story.ticket = story.world.open_ticket(forge.project, story.dana, "API down", labels=["incident"])
    said = story.world.comment(story.ticket, story.dana, "/incident claim assist\n/incident severity sev1")
    forge.sandbox.faults.add(FaultResponse(502), method="POST", path="/(comments|notes)$")

    with pytest.raises(Busy):
        story.look()
    assert story.reactions(said) == []
    forge.clock.forward(31)
    begin_anew(story)
    story.look()

    assert f"refusal:{said.id}" in story.keys
    assert "sev1" not in story.labels


def test_a_report_proves_nothing_for_what_else_a_stranger_said(forge: Forge) -> None:
    """What the opener knows counts once it is confirmed, and is acknowledged; the rest never did."""
    forge.project.private = False
    story = Story(forge)
    story.world.add_account("zoe")
    story.open("zoe", "API down", "/incident cancel", labels=["incident"])
    story.say("zoe", "/incident note it began with the deploy\n/incident severity sev1\n/incident cancel")
    story.say("alice", "/incident declare")
    story.at("09:30")
    story.look()
    before = shown(story)
    assert "severity not set" in before["status"]

    for harm in (key_changed, deleted_and_key_changed):
        harm(story)
        story.look()
        assert shown(story) == before
        assert story.ticket.open


def test_what_was_refused_stays_refused_whoever_may_say_it_by_now(forge: Forge) -> None:
    story = run(forge)
    told = story.say(
        "dana", "/incident note it is the disk\n/incident severity sev1 the `disk` is full\n/incident cancel"
    )
    assert "was not run" in story.text(f"refusal:{told.id}")
    story.world.add_member(forge.project, story.dana, Access.MAINTAIN)
    story.forge.clock.forward(3600)
    story.look()
    before = shown(story)

    key_changed(story)
    story.look()

    assert shown(story).keys() == before.keys()
    assert shown(story)["status"] == before["status"]
    assert "`severity` needs write access" in story.text(f"refusal:{told.id}")
    assert story.labels == {"incident", "sev2"}
    assert story.ticket.open


@pytest.mark.parametrize("harm", [emptied, deleted, deleted_and_key_changed])
def test_an_end_that_nobody_has_heard_yet_counts(forge: Forge, harm: Harm) -> None:
    """
    It was said while the forge refused to be read, and then the status comment was spoilt. Who said it sees that
    it counts, also when the process dies before it gives the reaction.
    """
    story = run(forge)
    story.at("12:00")
    lines = "/incident note slow again", "/incident cancel a false alarm"
    said = [story.world.comment(story.ticket, forge.alice, line) for line in lines]
    story.at("12:04")
    harm(story)
    story.at("12:05")
    story.bridge.reconcile(story.ref, forge.clock.now, {})
    forget_reactions(story.ticket)
    begin_anew(story, OTHER if harm is deleted_and_key_changed else KEY)
    for _ in range(3):
        story.bridge.reconcile(story.ref, forge.clock.now, {})
    assert not story.ticket.open
    assert [len(story.reactions(one)) for one in said] == [1, 1]
