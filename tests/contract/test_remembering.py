"""A second look shows what a first one would, and costs the same whatever the length of the thread."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from tests.contract.forges import Forge, Needs
from tests.contract.test_reading import fill
from tracker_bridge.domain.issue.changes import (
    Close,
    Document,
    Edit,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue.issue import EventType
from tracker_bridge.sandbox.faults import Fault, FaultResponse, Lag
from tracker_bridge.trackers import Gone


@pytest.fixture
def sockets() -> bool:
    """What is told here is the same without; what connections do, tests/contract/test_trouble.py tells."""
    return False


def test_a_new_comment_appears(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Grows")
    fill(forge, ticket, 3)
    forge.tracker.read(forge.ref(ticket))

    forge.clock.forward()
    forge.world.comment(ticket, forge.rita, "the newest")

    issue = forge.tracker.read(forge.ref(ticket))
    assert [comment.body for comment in issue.comments] == ["line 0", "line 1", "line 2", "the newest"]


def test_several_comments_of_the_same_second_all_appear(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "At once")
    forge.world.comment(ticket, forge.rita, "first")
    forge.tracker.read(forge.ref(ticket))

    forge.world.comment(ticket, forge.rita, "second")
    forge.world.comment(ticket, forge.rita, "third")

    issue = forge.tracker.read(forge.ref(ticket))
    assert [comment.body for comment in issue.comments] == ["first", "second", "third"]


@pytest.mark.parametrize("place", [0, 7, 149])
def test_a_deleted_comment_disappears(forge: Forge, place: int) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Shrinks")
    fill(forge, ticket, 150)
    gone = forge.tracker.read(forge.ref(ticket)).comments[place]

    forge.world.delete_comment(ticket, ticket.notes[place], forge.alice)

    issue = forge.tracker.read(forge.ref(ticket))
    assert len(issue.comments) == 149
    assert gone.id not in {comment.id for comment in issue.comments}


def test_a_comment_deleted_while_another_is_written_disappears(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Both")
    fill(forge, ticket, 5)
    forge.tracker.read(forge.ref(ticket))

    forge.world.delete_comment(ticket, ticket.notes[0], forge.alice)
    forge.clock.forward()
    forge.world.comment(ticket, forge.rita, "new")

    bodies = [comment.body for comment in forge.tracker.read(forge.ref(ticket)).comments]
    assert bodies == ["line 1", "line 2", "line 3", "line 4", "new"]


def test_a_comment_deleted_while_a_listing_lags_disappears_all_the_same(forge: Forge, needs: Needs) -> None:
    needs("http")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Late")
    fill(forge, ticket, 3)
    forge.tracker.read(forge.ref(ticket))

    forge.clock.forward()
    forge.sandbox.faults.add(Lag(seconds=30), path="/(comments|notes)$", nth=2, times=3)
    forge.world.delete_comment(ticket, ticket.notes[0], forge.alice)
    forge.tracker.read(forge.ref(ticket))
    forge.sandbox.faults.clear()

    forge.clock.forward()
    assert [comment.body for comment in forge.tracker.read(forge.ref(ticket)).comments] == ["line 1", "line 2"]


@pytest.mark.parametrize("deed", [EventType.CLOSED, EventType.LABELED])
@pytest.mark.parametrize("fault", [Lag(seconds=30), FaultResponse(404)], ids=["lag", "404"])
def test_what_was_done_by_hand_is_found_although_its_list_comes_late(
    forge: Forge, needs: Needs, deed: EventType, fault: Fault
) -> None:
    needs("http")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Late", labels=["a"])
    forge.tracker.read(forge.ref(ticket))

    forge.clock.forward()
    forge.sandbox.faults.add(fault, path="events$", times=9)
    if deed is EventType.CLOSED:
        forge.world.close(ticket, forge.alice)
    else:
        forge.world.label(ticket, forge.alice, "b")
    with suppress(Gone):
        forge.tracker.read(forge.ref(ticket))
    forge.sandbox.faults.clear()

    forge.clock.forward(5)
    assert deed in {one.type for one in forge.tracker.read(forge.ref(ticket)).events[1:]}


def test_a_closing_that_was_taken_back_is_found_although_its_list_fails_once(forge: Forge, needs: Needs) -> None:
    needs("http")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Late")
    forge.tracker.read(forge.ref(ticket))
    forge.world.close(ticket, forge.alice)
    forge.world.reopen(ticket, forge.alice)
    forge.world.label(ticket, forge.alice, "b")

    forge.sandbox.faults.add(FaultResponse(404), path="events$")
    forge.sandbox.faults.add(FaultResponse(404), path="state_events$")
    forge.clock.forward()
    with suppress(Gone):
        forge.tracker.read(forge.ref(ticket))
    deeds = [one.type for one in forge.tracker.read(forge.ref(ticket)).events]
    assert {EventType.CLOSED, EventType.REOPENED, EventType.LABELED} <= set(deeds)


@pytest.mark.parametrize("place", [0, 149])
def test_an_edited_comment_is_read_anew_and_keeps_its_place(forge: Forge, place: int) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Changes")
    fill(forge, ticket, 150)
    forge.tracker.read(forge.ref(ticket))

    forge.clock.forward()
    forge.world.edit_comment(ticket, ticket.notes[place], forge.bob, "better said")

    comment = forge.tracker.read(forge.ref(ticket)).comments[place]
    assert (comment.body, comment.edited_by) == ("better said", None)
    assert comment.updated_at == forge.clock.now > comment.created_at


def test_title_body_labels_and_state_are_always_read(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Old", "old", labels=["a"])
    forge.tracker.read(forge.ref(ticket))

    forge.world.edit_ticket(ticket, forge.alice, title="New", body="new")
    forge.world.label(ticket, forge.alice, "b")
    forge.world.close(ticket, forge.alice)

    issue = forge.tracker.read(forge.ref(ticket))
    assert (issue.title, issue.body, issue.open) == ("New", "new", False)
    assert issue.labels == {"a", "b"}


@pytest.mark.parametrize("first_look", ["before", "after"])
def test_a_comment_edited_by_somebody_else_tells_who(forge: Forge, first_look: str) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Meddling")
    note = forge.world.comment(ticket, forge.rita, "what rita said")
    if first_look == "before":
        forge.tracker.read(forge.ref(ticket))

    forge.clock.forward()
    forge.world.edit_comment(ticket, note, forge.alice, "what alice made of it")

    [comment] = forge.tracker.read(forge.ref(ticket)).comments
    assert comment.author.id == forge.rita.id
    assert comment.edited_by is not None
    assert comment.edited_by.id == forge.alice.id

    forge.clock.forward()
    forge.world.edit_comment(ticket, note, forge.rita, "what rita says now")
    assert forge.tracker.read(forge.ref(ticket)).comments[0].edited_by is None


@pytest.mark.parametrize("first_look", ["before", "after"])
def test_an_opening_post_edited_by_somebody_else_tells_who(forge: Forge, first_look: str) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.rita, "Meddling", "what rita said")
    if first_look == "before":
        forge.tracker.read(forge.ref(ticket))

    forge.clock.forward()
    forge.world.edit_ticket(ticket, forge.alice, body="what alice made of it")

    issue = forge.tracker.read(forge.ref(ticket))
    assert issue.body_edited_by is not None
    assert issue.body_edited_by.id == forge.alice.id
    assert issue.opening.edited_by == issue.body_edited_by

    forge.clock.forward()
    forge.world.edit_ticket(ticket, forge.rita, body="what rita says now")
    assert forge.tracker.read(forge.ref(ticket)).body_edited_by is None


def test_an_opening_post_that_only_got_comments_was_not_edited(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.rita, "Untouched", "what rita said")
    forge.clock.forward()
    forge.world.comment(ticket, forge.alice, "a comment")

    assert forge.tracker.read(forge.ref(ticket)).body_edited_by is None


def test_happenings_are_what_people_did_with_the_forges_times(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Busy day")
    labelled_at = forge.clock.forward()
    forge.world.label(ticket, forge.tess, "incident")
    forge.tracker.read(forge.ref(ticket))
    closed_at = forge.clock.forward()
    forge.world.close(ticket, forge.bob)
    reopened_at = forge.clock.forward()
    forge.world.reopen(ticket, forge.alice)
    unlabelled_at = forge.clock.forward()
    forge.world.unlabel(ticket, forge.tess, "incident")

    events = forge.tracker.read(forge.ref(ticket)).events

    assert [(one.at, one.actor.login, one.type, one.label) for one in events] == [
        (labelled_at, "tess", EventType.LABELED, "incident"),
        (closed_at, "bob", EventType.CLOSED, ""),
        (reopened_at, "alice", EventType.REOPENED, ""),
        (unlabelled_at, "tess", EventType.UNLABELED, "incident"),
    ]


def test_happenings_leave_out_what_we_did(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Busy bot")
    ref = forge.ref(ticket)
    forge.world.label(ticket, forge.tess, "incident")
    forge.tracker.apply(ref, Relabel(add=frozenset({"sev1"})))
    forge.tracker.apply(ref, Close())
    forge.tracker.apply(ref, Reopen())

    assert [one.label for one in forge.tracker.read(ref).events] == ["incident"]
    assert [one.label for one in forge.another().read(ref).events] == ["incident"]


def test_a_label_put_on_when_the_issue_was_opened_happened_then(forge: Forge) -> None:
    opened_at = forge.clock.now
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Labelled", labels=["incident"])
    forge.clock.forward()

    events = forge.tracker.read(forge.ref(ticket)).events

    assert [(one.at, one.actor.login, one.label) for one in events] in (
        [(opened_at, "alice", "incident")],
        [],  # then the fold takes the time at which the issue was opened
    )


def test_a_second_reconcile_costs_the_same_at_any_length(forge: Forge, needs: Needs) -> None:
    needs("http")
    costs = {}
    for length in (10, 2_400):
        ticket = forge.world.open_ticket(forge.project, forge.alice, "Long", "text", labels=["incident"])
        fill(forge, ticket, length)
        forge.tracker.read(forge.ref(ticket))
        forge.clock.forward()
        forge.world.comment(ticket, forge.rita, "/incident note something")
        forge.sandbox.requests.clear()

        issue = forge.tracker.read(forge.ref(ticket))

        assert len(issue.comments) == length + 1
        costs[length] = len(forge.sandbox.requests)
    assert costs == {10: 2, 2_400: 2}


def test_what_we_did_ourselves_costs_no_extra_request(forge: Forge, needs: Needs) -> None:
    needs("http")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Ours", "text", labels=["incident"])
    ref = forge.ref(ticket)
    fill(forge, ticket, 300)
    forge.tracker.apply(ref, Post(Document("status", "first")))
    forge.tracker.apply(ref, Post(Document("refusal", "no")))
    issue = forge.tracker.read(ref)
    status, refusal = (comment.id for comment in issue.comments if comment.ours)
    for change in (
        Edit(status, Document("status", "second")),
        Remove(refusal),
        Relabel(add=frozenset({"sev1"}), remove=frozenset({"incident"})),
        React(issue.comments[0].id, Reaction.ACCEPTED),
        Close(),
    ):
        forge.clock.forward()
        forge.tracker.apply(ref, change)
        forge.sandbox.requests.clear()

        forge.tracker.read(ref)

        assert len(forge.sandbox.requests) == 2, change


def test_several_threads_reconcile_at_once(forge: Forge) -> None:
    tickets = [forge.world.open_ticket(forge.project, forge.alice, f"No {number}") for number in range(12)]
    for ticket in tickets:
        forge.world.comment(ticket, forge.rita, f"about {ticket.title}")

    with ThreadPoolExecutor(4) as pool:
        issues = list(pool.map(forge.tracker.read, [forge.ref(ticket) for ticket in tickets] * 3))

    assert [issue.comments[0].body for issue in issues] == [f"about {ticket.title}" for ticket in tickets] * 3
