"""Assigning people: only those who are named, whoever else is assigned."""

from contextlib import suppress

import pytest

from tests.contract.forges import Forge
from tracker_bridge.domain.issue.changes import Assign
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Busy


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    one = forge.world.open_ticket(forge.project, forge.alice, "API down")
    forge.world.assign(one, forge.alice, forge.alice)
    return one


def test_people_are_added_and_taken_and_others_stay(forge: Forge, ticket: Ticket) -> None:
    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), Assign(("bob", "tess")))
    assert forge.tracker.read(forge.ref(ticket)).assignees == {"alice", "bob", "tess"}

    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), Assign((), frozenset({"bob"})))
    assert forge.tracker.read(forge.ref(ticket)).assignees == {"alice", "tess"}

    forge.tracker.apply(forge.ref(ticket), Assign(("bob",), frozenset({"tess"})))
    assert forge.tracker.read(forge.ref(ticket)).assignees == {"alice", "bob"}


def test_who_can_not_be_assigned_is_left_out(forge: Forge, ticket: Ticket) -> None:
    forge.world.add_account("stranger")

    forge.tracker.apply(forge.ref(ticket), Assign(("stranger", "nobody", "bob")))

    assert forge.tracker.read(forge.ref(ticket)).assignees == {"alice", "bob"}


def test_a_bot_that_may_not_assign_leaves_it(forge: Forge, ticket: Ticket) -> None:
    forge.world.add_member(forge.project, forge.bot, Access.READ)

    forge.tracker.apply(forge.ref(ticket), Assign(("bob",), frozenset({"alice"})))

    assert [one.login for one in ticket.assignees] == ["alice"]


@pytest.mark.parametrize("lacking", ["graphql"])
def test_without_graphql_nobody_is_assigned_on_gitlab(forge: Forge, ticket: Ticket) -> None:
    tracker = forge.another(forge.clock.seconds)
    with suppress(Busy):  # a refusal may pass
        tracker.apply(forge.ref(ticket), Assign(("bob",)))
    forge.clock.forward(10)
    tracker.apply(forge.ref(ticket), Assign(("bob",)))

    assert [one.login for one in ticket.assignees] == (["alice", "bob"] if forge.name == "github" else ["alice"])
