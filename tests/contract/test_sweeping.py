"""``changed`` finds what a lost webhook would have told."""

from datetime import timedelta

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Gone, Labelled, Listing


def numbers(forge: Forge, *, hours: int | None) -> set[int]:
    since = None if hours is None else forge.clock.now - timedelta(hours=hours)
    found = list(forge.tracker.changed("acme/api", since=since, label="incident"))
    assert {(ref.tracker, ref.project) for ref in found} <= {(forge.tracker.name, "acme/api")}
    return {ref.number for ref in found}


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    """An incident on which nothing happened for a day, among others."""
    other = forge.world.open_ticket(forge.project, forge.alice, "Not an incident")
    forge.world.comment(other, forge.bob, "old")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Incident", labels=["incident"])
    forge.world.comment(ticket, forge.bob, "old")
    forge.clock.forward(24 * 3600)
    return ticket


def test_nothing_changed(forge: Forge, ticket: Ticket) -> None:
    assert numbers(forge, hours=1) == set()


def test_a_new_issue_is_found(forge: Forge, ticket: Ticket) -> None:
    new = forge.world.open_ticket(forge.project, forge.alice, "New")

    assert numbers(forge, hours=1) == {new.number}


def test_a_commented_issue_is_found(forge: Forge, ticket: Ticket) -> None:
    forge.world.comment(ticket, forge.rita, "anybody there?")

    assert numbers(forge, hours=1) == {ticket.number}


def test_an_issue_with_an_edited_comment_is_found(forge: Forge, ticket: Ticket) -> None:
    forge.world.edit_comment(ticket, ticket.comments[0], forge.bob, "edited")

    assert numbers(forge, hours=1) == {ticket.number}


def test_a_labelled_issue_is_found(forge: Forge, ticket: Ticket) -> None:
    forge.world.label(ticket, forge.tess, "sev1")

    assert numbers(forge, hours=1) == {ticket.number}


def test_a_closed_issue_is_found(forge: Forge, ticket: Ticket) -> None:
    forge.world.close(ticket, forge.alice)

    assert numbers(forge, hours=1) == {ticket.number}


def test_what_changed_in_that_very_second_is_found(forge: Forge, ticket: Ticket) -> None:
    forge.world.comment(ticket, forge.rita, "on the stroke")
    forge.clock.forward(3600)

    assert numbers(forge, hours=1) == {ticket.number}


def test_what_becomes_visible_a_little_late_is_found(forge: Forge, ticket: Ticket, needs: Needs) -> None:
    needs("http")
    forge.world.comment(ticket, forge.rita, "written before the last sweep, visible after it")
    forge.clock.forward(3600 + 60)

    assert numbers(forge, hours=1) == {ticket.number}


def test_without_a_time_every_open_incident_is_found(forge: Forge, ticket: Ticket) -> None:
    closed = forge.world.open_ticket(forge.project, forge.alice, "Over", labels=["incident"])
    forge.world.close(closed, forge.alice)
    deleted = forge.world.open_ticket(forge.project, forge.alice, "Mistake", labels=["incident"])
    forge.world.delete_ticket(deleted, forge.alice)

    assert numbers(forge, hours=None) == {ticket.number}


def test_more_than_a_page_is_found(forge: Forge, ticket: Ticket) -> None:
    for _ in range(120):
        forge.world.open_ticket(forge.project, forge.alice, "Again", labels=["incident"])

    assert numbers(forge, hours=None) == set(range(2, 123))
    assert numbers(forge, hours=1) == set(range(3, 123))


def test_a_missing_project_is_gone(forge: Forge) -> None:
    with pytest.raises(Gone):
        list(forge.tracker.changed("acme/nothing", since=None, label="incident"))


def test_of_what_changed_only_the_incidents_are_listed_when_asked_for(forge: Forge, ticket: Ticket) -> None:
    """For the report: open or closed, but with the label (S63)."""
    forge.world.open_ticket(forge.project, forge.alice, "Long ago", labels=["incident"])
    forge.clock.forward(24 * 3600)
    over = forge.world.open_ticket(forge.project, forge.alice, "Over", labels=["sev1", "incident"])
    forge.world.close(over, forge.alice)
    forge.world.open_ticket(forge.project, forge.alice, "New, but no incident", labels=["sev1"])
    forge.world.comment(ticket, forge.rita, "still open")

    since = forge.clock.now - timedelta(hours=1)
    found = forge.tracker.changed("acme/api", since=since, label="incident", labelled=True)

    assert {ref.number for ref in found} == {over.number, ticket.number}


# Several labels at once


def at_once(forge: Forge, *wanted: Labelled) -> dict[str, list[int]]:
    """Return the lists that were told, by label and whether they are of the open ones."""
    tracker = forge.another()
    if not isinstance(tracker, Listing):
        pytest.skip(f"{forge.name} lacks lists at once")
    told = tracker.by_label("acme/api", wanted)
    return {f"{one.label} {one.since is None}": [ref.number for ref in refs] for one, refs in told.items()}


def test_lists_at_once_are_those_that_are_listed_one_by_one(forge: Forge, ticket: Ticket) -> None:
    for number, labels in enumerate([["incident"], ["action-item"], ["incident", "action-item"], [], ["sev1"]]):
        one = forge.world.open_ticket(forge.project, forge.alice, f"Again {number}", labels=labels)
        if number % 2:
            forge.world.close(one, forge.alice)
        forge.clock.forward(3600)
    since = forge.clock.now - timedelta(hours=3)
    wanted = [Labelled(label, at) for at in (None, since) for label in ("incident", "action-item", "never-used")]

    found = at_once(forge, *wanted)

    assert found == {
        f"{one.label} {one.since is None}": [
            ref.number
            for ref in forge.tracker.changed(
                "acme/api", since=one.since, label=one.label, labelled=one.since is not None
            )
        ]
        for one in wanted
    }
    assert found["incident True"]
    assert found["action-item False"]


def test_a_list_of_more_than_a_page_is_left_to_be_listed_by_itself(forge: Forge, ticket: Ticket) -> None:
    for _ in range(100):
        forge.world.open_ticket(forge.project, forge.alice, "Again", labels=["incident"])
    one = forge.world.open_ticket(forge.project, forge.alice, "Do it", labels=["action-item"])

    found = at_once(forge, Labelled("incident", None), Labelled("action-item", None))

    assert found == {"action-item True": [one.number]}


def test_a_label_that_is_spelled_in_another_way_is_left_to_be_listed_by_itself(
    forge: Forge, ticket: Ticket
) -> None:
    found = at_once(forge, Labelled("Incident", None))

    assert found == ({} if forge.name == "github" else {"Incident True": []})


@pytest.mark.parametrize(
    "answer",
    [
        FaultResponse(502),
        FaultResponse(403),
        FaultResponse(403, {"X-RateLimit-Remaining": "0"}, b'{"message": "API rate limit exceeded"}'),
        FaultResponse(429, {"Retry-After": "60"}),
    ],
    ids=["502", "403", "used up", "429"],
)
def test_what_is_not_told_at_once_is_left_to_be_listed_by_itself(
    forge: Forge, ticket: Ticket, answer: FaultResponse, needs: Needs
) -> None:
    """GitHub limits GraphQL by itself: the lists of REST go on."""
    needs("http")
    forge.sandbox.faults.add(answer, path="graphql", times=5)

    assert at_once(forge, Labelled("incident", None)) == {}


def test_what_costs_nothing_when_it_is_asked_again_is_not_asked_at_once_again(
    forge: Forge, ticket: Ticket
) -> None:
    tracker, wanted = forge.another(), [Labelled("incident", None)]
    if not isinstance(tracker, Listing):
        pytest.skip(f"{forge.name} lacks lists at once")
    assert tracker.by_label("acme/api", wanted)

    again = tracker.by_label("acme/api", wanted)

    assert len(again) == {"github": 0, "gitlab": 1}[forge.name]
