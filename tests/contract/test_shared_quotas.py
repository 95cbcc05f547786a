"""What a forge says to one host, all hosts that share the queue's database obey."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.contract.forges import Forge, Needs
from tests.postgres import own_schema
from tracker_bridge.domain.issue.changes import Document, Post, React, Reaction
from tracker_bridge.queue.database import Database
from tracker_bridge.queue.shared_quotas import FRESH, SharedQuotas
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Busy, Later, Tracker

STATUS = Document("status", "All checks passed.")


@pytest.fixture
def ticket(forge: Forge, needs: Needs) -> Ticket:
    needs("http")
    return forge.world.open_ticket(forge.project, forge.alice, "API down", labels=["incident"])


@pytest.fixture
def hosts(forge: Forge, ticket: Ticket, server: str) -> Iterator[list[Tracker]]:
    """Two of them, that have read the issue a while ago."""
    with own_schema(server, forge.clock.now) as url, closing(Database(url)) as database:
        both = [forge.another(forge.clock.seconds, SharedQuotas(database, forge.clock.seconds)) for _ in range(2)]
        for host in both:
            host.read(forge.ref(ticket))
        forge.clock.forward(int(FRESH))
        yield both


def test_a_limit_that_one_host_was_told_of_is_kept_by_all(
    forge: Forge, ticket: Ticket, hosts: list[Tracker]
) -> None:
    forge.sandbox.faults.add(FaultResponse(429, {"Retry-After": "37"}), times=10)
    with pytest.raises(Busy):
        hosts[0].read(forge.ref(ticket))
    forge.sandbox.faults.clear()
    forge.sandbox.requests.clear()

    for host in hosts:
        with pytest.raises(Later) as later:
            host.read(forge.ref(ticket))
        assert later.value.retry_after == pytest.approx(37, abs=2)
    assert not forge.sandbox.requests


def test_a_limit_of_texts_keeps_texts_only(forge: Forge, ticket: Ticket, hosts: list[Tracker]) -> None:
    one, other = hosts
    note = forge.world.comment(ticket, forge.bob, "/incident note it began")
    said = b'{"message": "You have exceeded a secondary rate limit and have been blocked from content creation."}'
    limited = FaultResponse(403, body=said) if forge.name == "github" else FaultResponse(429)
    forge.sandbox.faults.add(limited, times=10, method="POST")
    with pytest.raises(Busy):
        one.apply(forge.ref(ticket), Post(STATUS))
    forge.sandbox.faults.clear()
    forge.sandbox.requests.clear()

    with pytest.raises(Later):
        other.apply(forge.ref(ticket), Post(STATUS))
    assert not forge.sandbox.requests
    other.apply(forge.ref(ticket), React(note.id, Reaction.ACCEPTED))
    other.read(forge.ref(ticket))
