"""Who may do what, while the forge says for a moment that it knows nobody."""

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.issue.issue import Access, Person
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, "Down")


def test_a_member_is_not_taken_for_a_stranger_on_gitlab(forge: Forge, ticket: Ticket, needs: Needs) -> None:
    """Elsewhere a stranger is not answered with 404."""
    needs("http")
    if forge.name != "gitlab":
        pytest.skip(f"{forge.name} asks in another way")
    forge.sandbox.faults.add(FaultResponse(404, body=b'{"message": "404 Not Found"}'), path="/members/all/")
    bob = Person(forge.bob.id, "bob")
    assert forge.tracker.access(forge.ref(ticket), bob) == Access.WRITE


def test_a_stranger_holds_up_nobody_on_gitlab(forge: Forge, ticket: Ticket, needs: Needs) -> None:
    needs("http")
    if forge.name != "gitlab":
        pytest.skip(f"{forge.name} asks in another way")
    mallory = forge.world.add_account("mallory")
    assert forge.tracker.access(forge.ref(ticket), Person(mallory.id, "mallory")) == Access.NONE
