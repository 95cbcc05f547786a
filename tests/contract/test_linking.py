"""Two issues are linked once, and the other one is told once, whatever happens."""

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.issue.changes import Close, Document, Link
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse, Lose
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import DONE, Busy, Denied, Doubtful, Gone

TEXT = Document("merged:1", "Merged from another issue.")


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, "Payments down", labels=["incident"])


@pytest.fixture
def other(forge: Forge, ticket: Ticket) -> Ticket:
    """The incident in which it goes on; opened after ``ticket``, which is number 1."""
    assert ticket.number == 1
    return forge.world.open_ticket(forge.project, forge.bob, "API down", labels=["incident"])


def texts(ticket: Ticket) -> list[str]:
    return [note.body for note in ticket.comments]


def linked(one: Ticket, two: Ticket) -> int:
    return sum(link.other is two for link in one.links)


def test_the_other_is_told_once_and_both_are_related(forge: Forge, ticket: Ticket, other: Ticket) -> None:
    """S26."""
    for tracker in (forge.tracker, forge.tracker, forge.another()):
        assert tracker.apply(forge.ref(ticket), Link(other.number, TEXT)) == DONE
        forge.clock.forward()

    assert texts(other) == [TEXT.text]
    assert texts(ticket) == []
    related = 0 if forge.name == "github" else 1  # GitHub relates what names each other by itself
    assert (linked(ticket, other), linked(other, ticket)) == (related, related)


def test_what_the_other_was_told_is_not_changed(forge: Forge, ticket: Ticket, other: Ticket) -> None:
    forge.tracker.apply(forge.ref(ticket), Link(other.number, TEXT))
    forge.tracker.apply(forge.ref(ticket), Link(other.number, Document(TEXT.key, "In other words.")))
    assert texts(other) == [TEXT.text]


def test_a_comment_that_only_looks_like_ours_does_not_count(forge: Forge, ticket: Ticket, other: Ticket) -> None:
    forge.world.comment(other, forge.rita, TEXT.text)
    forge.tracker.apply(forge.ref(ticket), Link(other.number, TEXT))
    assert texts(other) == [TEXT.text, TEXT.text]


@pytest.mark.parametrize("why", ["never there", "deleted"])
def test_another_issue_that_is_not_there_does_not_make_this_one_gone(
    forge: Forge, ticket: Ticket, other: Ticket, why: str
) -> None:
    if why == "deleted":
        forge.world.delete_ticket(other, forge.alice)
    with pytest.raises(Busy, match="no longer exists"):
        forge.tracker.apply(forge.ref(ticket), Link(99 if why == "never there" else other.number, TEXT))


def test_it_is_denied_where_the_bot_may_not_comment(
    forge: Forge, ticket: Ticket, other: Ticket, needs: Needs
) -> None:
    needs("http")
    forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="POST", path=r"/(comments|notes)$", times=9)
    tracker = forge.another(forge.clock.seconds)
    with pytest.raises(Doubtful):  # it may pass, and nothing would be said over there
        tracker.apply(forge.ref(ticket), Link(other.number, TEXT))
    forge.clock.forward(10)
    with pytest.raises(Denied):
        tracker.apply(forge.ref(ticket), Link(other.number, TEXT))


@pytest.mark.parametrize(
    "fault", [FaultResponse(502, done=True), Lose(done=True), Lose(done=False), Cut()], ids=repr
)
def test_an_unclear_answer_makes_no_second_comment(
    forge: Forge, ticket: Ticket, other: Ticket, needs: Needs, fault: Fault
) -> None:
    needs("http")
    forge.sandbox.faults.add(fault, method="POST", path=r"/issues/2/(comments|notes)$")
    with pytest.raises(Busy):
        forge.tracker.apply(forge.ref(ticket), Link(other.number, TEXT))
    forge.tracker.apply(forge.ref(ticket), Link(other.number, TEXT))
    assert texts(other) == [TEXT.text]


@pytest.mark.parametrize("lacking", ["links"])
def test_without_native_links_the_other_is_told_all_the_same(forge: Forge, ticket: Ticket, other: Ticket) -> None:
    forge.tracker.apply(forge.ref(ticket), Link(other.number, TEXT))
    assert texts(other) == [TEXT.text]


# Closing


def test_a_duplicate_is_closed_as_one(forge: Forge, ticket: Ticket, other: Ticket) -> None:
    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), Close(done=False, duplicate_of=other.number))
    assert not ticket.open
    assert not forge.tracker.read(forge.ref(ticket)).open
    if forge.name == "github":
        assert ticket.state_reason == "duplicate"
        assert [link.other for link in ticket.links if link.kind == "duplicate_of"] == [other]


@pytest.mark.parametrize("lacking", ["duplicates"])
def test_a_server_that_does_not_know_duplicates_closes_it_as_not_planned(
    forge: Forge, ticket: Ticket, other: Ticket
) -> None:
    forge.tracker.apply(forge.ref(ticket), Close(done=False, duplicate_of=other.number))
    assert (ticket.open, ticket.state_reason) == (False, "not_planned")


def test_a_duplicate_of_something_that_is_gone_is_closed(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.apply(forge.ref(ticket), Close(done=False, duplicate_of=99))
    assert not ticket.open


def test_an_issue_that_is_gone_is_gone(forge: Forge, ticket: Ticket, other: Ticket) -> None:
    forge.world.delete_ticket(ticket, forge.alice)
    with pytest.raises(Gone):
        forge.tracker.apply(forge.ref(ticket), Close(done=False, duplicate_of=other.number))
