"""Deliveries that the forge really signed, and those that it did not."""

import pytest

from tests.contract.forges import Deliveries, Forge
from tracker_bridge.domain.issue.changes import Close, Document, Post, Relabel
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Forged, IssueChanged


@pytest.fixture
def ticket(forge: Forge, deliveries: Deliveries) -> Ticket:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    forge.tracker.read(forge.ref(ticket))
    deliveries()
    return ticket


def test_a_new_issue(forge: Forge, deliveries: Deliveries) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")

    [delivery] = deliveries()
    assert forge.tracker.parse_webhook(*delivery) == IssueChanged(forge.ref(ticket))


def test_a_new_comment_must_be_visible_before_a_reconcile_counts(
    forge: Forge, deliveries: Deliveries, ticket: Ticket
) -> None:
    note = forge.world.comment(ticket, forge.rita, "/incident declare")

    [delivery] = deliveries()
    assert forge.tracker.parse_webhook(*delivery) == IssueChanged(forge.ref(ticket), note.id, note.updated_at)


def test_an_edited_comment_must_be_visible_as_new_as_that(
    forge: Forge, deliveries: Deliveries, ticket: Ticket
) -> None:
    note = forge.world.comment(ticket, forge.rita, "/incident declare")
    forge.clock.forward()
    forge.world.edit_comment(ticket, note, forge.rita, "/incident cancel")

    delivery = deliveries()[-1]
    assert forge.tracker.parse_webhook(*delivery) == IssueChanged(forge.ref(ticket), note.id, forge.clock.now)


def test_a_deleted_comment_must_be_gone_before_a_reconcile_counts(
    forge: Forge, deliveries: Deliveries, ticket: Ticket
) -> None:
    if forge.name == "gitlab":
        pytest.skip("gitlab lacks deliveries for deleted comments")
    note = forge.world.comment(ticket, forge.rita, "/incident declare")
    forge.world.delete_comment(ticket, note, forge.rita)

    delivery = deliveries()[-1]
    assert forge.tracker.parse_webhook(*delivery) == IssueChanged(forge.ref(ticket), note.id)


@pytest.mark.parametrize("deed", ["label", "unlabel", "close", "reopen", "edit"])
def test_what_people_do_to_the_issue(forge: Forge, deliveries: Deliveries, ticket: Ticket, deed: str) -> None:
    if deed == "unlabel":
        forge.world.label(ticket, forge.alice, "incident")
    if deed == "reopen":
        forge.world.close(ticket, forge.alice)
    deliveries()
    match deed:
        case "label":
            forge.world.label(ticket, forge.alice, "incident")
        case "unlabel":
            forge.world.unlabel(ticket, forge.alice, "incident")
        case "close":
            forge.world.close(ticket, forge.alice)
        case "reopen":
            forge.world.reopen(ticket, forge.alice)
        case "edit":
            forge.world.edit_ticket(ticket, forge.alice, body="edited")

    [delivery] = deliveries()
    assert forge.tracker.parse_webhook(*delivery) == IssueChanged(forge.ref(ticket))


def test_what_we_do_wakes_nobody(forge: Forge, deliveries: Deliveries, ticket: Ticket) -> None:
    for change in (Post(Document("status", "ours")), Relabel(add=frozenset({"sev1"})), Close()):
        forge.tracker.apply(forge.ref(ticket), change)

    sent = deliveries()
    assert len(sent) == 3
    assert [forge.tracker.parse_webhook(*delivery) for delivery in sent] == [None, None, None]


def test_other_projects_are_ignored(forge: Forge, deliveries: Deliveries) -> None:
    other = forge.world.add_project("acme/other", forge.name)
    other.hooks = forge.project.hooks
    forge.world.open_ticket(other, forge.alice, "Not ours")

    [delivery] = deliveries()
    assert forge.tracker.parse_webhook(*delivery) is None


def test_the_network_is_not_touched(forge: Forge, deliveries: Deliveries) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    forge.world.comment(ticket, forge.rita, "/incident declare")
    forge.sandbox.requests.clear()

    for delivery in deliveries():
        forge.another().parse_webhook(*delivery)

    assert not forge.sandbox.requests


def test_another_secret_is_forged(forge: Forge, deliveries: Deliveries, ticket: Ticket) -> None:
    for hook in forge.project.hooks.values():
        hook.secret = hook.secret and "another secret altogether"
        hook.signing_token = hook.signing_token and "whsec_YW5vdGhlciBzZWNyZXQgYWx0b2dldGhlciwgMzIgYnl0ZXM="
    forge.world.comment(ticket, forge.rita, "/incident declare")

    [delivery] = deliveries()
    with pytest.raises(Forged):
        forge.tracker.parse_webhook(*delivery)


def test_no_secret_is_forged(forge: Forge, deliveries: Deliveries, ticket: Ticket) -> None:
    for hook in forge.project.hooks.values():
        hook.secret = hook.signing_token = ""
    forge.world.comment(ticket, forge.rita, "/incident declare")

    [delivery] = deliveries()
    with pytest.raises(Forged):
        forge.tracker.parse_webhook(*delivery)


def test_one_changed_byte_is_forged(forge: Forge, deliveries: Deliveries, ticket: Ticket) -> None:
    forge.world.comment(ticket, forge.rita, "/incident declare")
    [(headers, body)] = deliveries()

    for place in range(0, len(body), max(1, len(body) // 200)):
        changed = bytearray(body)
        changed[place] ^= 1
        with pytest.raises(Forged):
            forge.tracker.parse_webhook(headers, bytes(changed))
    for cut in (body[:-1], body + b" ", b""):
        with pytest.raises(Forged):
            forge.tracker.parse_webhook(headers, cut)


def test_nothing_at_all_is_forged(forge: Forge) -> None:
    for body in (b"", b"{}", b"\xff" * 100, b"[" * 100_000):
        with pytest.raises(Forged):
            forge.tracker.parse_webhook({}, body)


def test_until_the_own_account_is_known_what_looks_like_ours_is_nothing_that_anybody_waits_for(
    forge: Forge, deliveries: Deliveries, ticket: Ticket
) -> None:
    forge.tracker.apply(forge.ref(ticket), Post(Document("status", "All is well.")))
    [ours] = deliveries()
    forge.world.comment(ticket, forge.rita, "/incident declare")
    [other] = deliveries()
    [status] = [one for one in ticket.comments if one.author is forge.bot]
    forge.world.edit_comment(ticket, status, forge.alice, f"Mine.\n\n{status.body}")
    [touched] = deliveries()

    stranger = forge.another()
    found = stranger.parse_webhook(*ours)
    assert found
    assert found.echo
    found = stranger.parse_webhook(*other)
    assert found
    assert not found.echo
    assert forge.tracker.parse_webhook(*ours) is None
    found = forge.tracker.parse_webhook(*touched)
    assert found
    assert not found.echo, "somebody else changed it"
