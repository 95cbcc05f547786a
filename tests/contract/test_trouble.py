"""When the forge does not answer as wished: which error, how long to wait, and nothing written twice."""

from contextlib import suppress

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.issue.changes import Change, Close, Document, Edit, Post, React, Reaction, Relabel
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse, Lose
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Busy, Denied

STATUS = Document("status", "All checks passed.")
COMMENTS = r"/issues/1/(comments|notes)$"
FAILURES = [
    FaultResponse(500),
    FaultResponse(502),
    FaultResponse(503),
    FaultResponse(504, body=b"<html>gateway timeout</html>"),
    Lose(done=False),
    Cut(),
]


@pytest.fixture
def ticket(forge: Forge, needs: Needs) -> Ticket:
    needs("http")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down", labels=["incident"])
    forge.world.comment(ticket, forge.rita, "first")
    forge.tracker.read(forge.ref(ticket))
    return ticket


def test_a_limit_is_busy_for_as_long_as_the_forge_says(forge: Forge, ticket: Ticket) -> None:
    forge.sandbox.faults.add(FaultResponse(429, {"Retry-After": "37"}), times=10)

    with pytest.raises(Busy, match=r"acme/api#1") as busy:
        forge.tracker.read(forge.ref(ticket))

    assert busy.value.retry_after == 37


def test_a_limit_without_a_time_is_busy_for_a_while(forge: Forge, ticket: Ticket) -> None:
    forge.sandbox.faults.add(FaultResponse(429), times=10)

    with pytest.raises(Busy) as busy:
        forge.tracker.read(forge.ref(ticket))

    assert 10 <= busy.value.retry_after <= 600


def test_an_outage_is_busy_for_as_long_as_the_forge_says(forge: Forge, ticket: Ticket) -> None:
    forge.sandbox.faults.add(FaultResponse(503, {"Retry-After": "41"}), times=10)

    with pytest.raises(Busy) as busy:
        forge.tracker.read(forge.ref(ticket))

    assert busy.value.retry_after == 41


@pytest.mark.parametrize("fault", FAILURES, ids=repr)
def test_an_outage_is_busy(forge: Forge, ticket: Ticket, fault: Fault) -> None:
    forge.sandbox.faults.add(fault, times=20)

    with pytest.raises(Busy) as busy:
        forge.tracker.read(forge.ref(ticket))

    assert busy.value.retry_after > 0


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"null", b'{"id": ', b"<html>Log in</html>", b"\xff\xfe"])
def test_an_answer_that_makes_no_sense_is_busy(forge: Forge, ticket: Ticket, body: bytes) -> None:
    forge.sandbox.faults.add(FaultResponse(200, body=body), method="GET", path=r"/issues/1$", times=20)

    with pytest.raises(Busy):
        forge.tracker.read(forge.ref(ticket))


@pytest.mark.parametrize(
    "fault",
    [
        FaultResponse(502, done=True),
        FaultResponse(504, done=True),
        Lose(done=True),
        Cut(),
    ],
    ids=repr,
)
def test_an_unclear_post_is_sent_once(forge: Forge, ticket: Ticket, fault: Fault) -> None:
    forge.sandbox.faults.add(fault, method="POST", path=COMMENTS, times=20)

    with pytest.raises(Busy) as busy:
        forge.tracker.apply(forge.ref(ticket), Post(STATUS))

    assert busy.value.retry_after >= 10
    assert [note.body for note in ticket.comments] == ["first", STATUS.text]
    posted = [one for one in forge.sandbox.requests if one.method == "POST" and "graphql" not in one.path]
    assert len(posted) == 1


@pytest.mark.parametrize("fault", [FaultResponse(500), FaultResponse(502), Lose(done=False)], ids=repr)
def test_a_failed_post_is_sent_once_and_is_not_taken_for_done(forge: Forge, ticket: Ticket, fault: Fault) -> None:
    forge.sandbox.faults.add(fault, method="POST", path=COMMENTS)

    with pytest.raises(Busy) as busy:
        forge.tracker.apply(forge.ref(ticket), Post(STATUS))

    assert busy.value.retry_after >= 10
    assert [note.body for note in ticket.comments] == ["first"]


@pytest.mark.parametrize(
    "change",
    [
        Post(STATUS),
        Edit(0, STATUS),
        Relabel(add=frozenset({"sev1"})),
        Relabel(remove=frozenset({"incident"})),
        React(0, Reaction.ACCEPTED),
        Close(),
    ],
    ids=lambda change: type(change).__name__,
)
def test_a_limited_change_is_sent_once(forge: Forge, ticket: Ticket, change: Change) -> None:
    if isinstance(change, Edit):
        forge.tracker.apply(forge.ref(ticket), Post(STATUS))
        change = Edit(ticket.comments[-1].id, STATUS)
    forge.sandbox.requests.clear()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        forge.sandbox.faults.add(FaultResponse(429, {"Retry-After": "9"}), method=method, times=10)

    with pytest.raises(Busy) as busy:
        forge.tracker.apply(forge.ref(ticket), change)

    assert 0 < busy.value.retry_after <= 9
    assert sum(one.method != "GET" for one in forge.sandbox.requests) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_denied_and_names_the_issue_and_no_secret(forge: Forge, ticket: Ticket, status: int) -> None:
    forge.sandbox.faults.add(FaultResponse(status, body=b'{"message": "the forge says so"}'), times=20)

    with pytest.raises(Denied, match=r"acme/api#1") as denied:
        forge.tracker.apply(forge.ref(ticket), Post(STATUS))

    said = str(denied.value)
    assert forge.bot.token not in said
    assert "All checks passed" not in said


def test_an_unknown_right_is_not_guessed(forge: Forge, ticket: Ticket) -> None:
    person = forge.tracker.read(forge.ref(ticket)).author
    forge.sandbox.faults.add(FaultResponse(500), times=20)

    with pytest.raises(Busy):
        forge.tracker.access(forge.ref(ticket), person)

    forge.sandbox.faults.clear()
    assert forge.tracker.access(forge.ref(ticket), person) > 0


def test_a_failed_reconcile_is_not_remembered(forge: Forge, ticket: Ticket) -> None:
    forge.clock.forward()
    forge.world.comment(ticket, forge.rita, "second")
    forge.sandbox.faults.add(FaultResponse(500), method="GET", path=r"/issues/1$", times=20)
    with pytest.raises(Busy):
        forge.tracker.read(forge.ref(ticket))

    forge.sandbox.faults.clear()
    assert [one.body for one in forge.tracker.read(forge.ref(ticket)).comments] == ["first", "second"]


@pytest.mark.parametrize("lacking", ["reactions"])
def test_without_reactions_the_rest_works(forge: Forge, ticket: Ticket) -> None:
    tracker = forge.another(forge.clock.seconds)
    for on in (True, False):
        with suppress(Busy):  # a refusal is believed when it comes twice
            tracker.apply(forge.ref(ticket), React(0, Reaction.ACCEPTED, on=on))
        forge.clock.forward(10)
        tracker.apply(forge.ref(ticket), React(0, Reaction.ACCEPTED, on=on))
        tracker.apply(forge.ref(ticket), React(ticket.comments[0].id, Reaction.ACCEPTED, on=on))

    assert forge.tracker.read(forge.ref(ticket)).comments[0].body == "first"


@pytest.mark.parametrize("lacking", ["pins"])
def test_without_pins_the_comment_is_posted_all_the_same(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.apply(forge.ref(ticket), Post(STATUS, pin=True))

    assert [note.body for note in ticket.comments] == ["first", STATUS.text]


@pytest.mark.parametrize("lacking", ["since"])
def test_without_since_changes_are_seen(forge: Forge, ticket: Ticket) -> None:
    forge.clock.forward(3600)
    forge.world.comment(ticket, forge.rita, "second")
    forge.world.edit_comment(ticket, ticket.comments[0], forge.rita, "first, edited")

    bodies = [one.body for one in forge.tracker.read(forge.ref(ticket)).comments]
    assert bodies == ["first, edited", "second"]


@pytest.mark.parametrize("lacking", ["graphql"])
def test_without_graphql_edits_are_seen(forge: Forge, ticket: Ticket) -> None:
    forge.clock.forward()
    forge.world.edit_comment(ticket, ticket.comments[0], forge.alice, "changed")

    [comment] = forge.tracker.read(forge.ref(ticket)).comments
    assert comment.body == "changed"
    if forge.name == "github":  # where only a change of the text moves updated_at
        assert comment.edited_by is not None
        assert comment.edited_by.id == 0


@pytest.mark.parametrize("lacking", ["events"])
def test_without_events_labels_and_state_are_seen(forge: Forge, ticket: Ticket) -> None:
    forge.world.unlabel(ticket, forge.alice, "incident")
    forge.world.close(ticket, forge.alice)

    issue = forge.tracker.read(forge.ref(ticket))
    assert (issue.labels, issue.open) == (frozenset(), False)
