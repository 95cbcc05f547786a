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
