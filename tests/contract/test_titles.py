"""Finding an open issue of the same title: the same on every forge (S23)."""

import pytest

from tests.contract.forges import Forge
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Titles


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, "API down", labels=["incident"])


def alike(forge: Forge, ticket: Ticket, title: str) -> int | None:
    assert isinstance(forge.tracker, Titles)
    return forge.tracker.alike(forge.ref(ticket), title, "incident")


def test_the_oldest_open_one_is_found_whatever_the_case(forge: Forge, ticket: Ticket) -> None:
    wanted = forge.world.open_ticket(forge.project, forge.bob, "Payments down", labels=["incident"])
    forge.clock.forward()
    forge.world.open_ticket(forge.project, forge.bob, "payments DOWN", labels=["incident"])

    assert alike(forge, ticket, " Payments Down ") == wanted.number


def test_itself_closed_ones_and_those_without_the_label_do_not_count(forge: Forge, ticket: Ticket) -> None:
    forge.world.open_ticket(forge.project, forge.bob, "API down")
    closed = forge.world.open_ticket(forge.project, forge.bob, "API down", labels=["incident"])
    forge.world.close(closed, forge.bob)

    assert alike(forge, ticket, "API down") is None


def test_a_confidential_one_is_not_told_of(forge: Forge, ticket: Ticket) -> None:
    if forge.name == "github":
        pytest.skip("github lacks confidential issues")
    forge.world.open_ticket(forge.project, forge.bob, "API down", labels=["incident"], confidential=True)

    assert alike(forge, ticket, "API down") is None


def test_two_that_begin_in_the_same_minute_know_of_each_other(forge: Forge, ticket: Ticket) -> None:
    assert alike(forge, ticket, ticket.title) is None
    later = forge.world.open_ticket(forge.project, forge.bob, ticket.title, labels=["incident"])

    assert alike(forge, later, later.title) == ticket.number


def test_what_was_listed_a_moment_ago_and_is_not_so_any_more_does_not_count(forge: Forge, ticket: Ticket) -> None:
    three = [
        forge.world.open_ticket(forge.project, forge.bob, "Payments down", labels=["incident"]) for _ in "123"
    ]
    gone = forge.world.open_ticket(forge.project, forge.bob, "Login down", labels=["incident"])
    assert alike(forge, ticket, "Payments down") == three[0].number

    forge.clock.forward(5)
    forge.world.close(three[0], forge.bob)
    forge.world.edit_ticket(three[1], forge.bob, title="Payments slow")
    forge.world.delete_ticket(gone, forge.alice)

    assert alike(forge, ticket, "Payments down") == three[2].number
    assert alike(forge, ticket, "Login down") is None


@pytest.mark.parametrize("same", [False, True], ids=["other titles", "one title"])
def test_two_hundred_that_begin_at_once_are_listed_once(forge: Forge, ticket: Ticket, same: bool) -> None:
    if forge.sandbox is None:
        pytest.skip("local has no requests")
    titles = [ticket.title if same else f"{ticket.title} in cell {n}" for n in range(200)]
    begun = [forge.world.open_ticket(forge.project, forge.bob, title, labels=["incident"]) for title in titles]
    forge.sandbox.requests.clear()

    found = [alike(forge, one, one.title) for one in begun[::5]]

    assert found == [ticket.number if same else None] * 40
    listings = [one for one in forge.sandbox.requests if one.path.endswith("/issues")]
    assert len(listings) == 3, "three pages of a hundred, once"
    assert len(forge.sandbox.requests) - len(listings) <= (40 if same else 0)
