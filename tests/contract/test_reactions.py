"""How we answered a comment, where that is not remembered: our own reaction, and nobody else's."""

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.issue.changes import React, Reaction
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Busy, Reactions


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, "API down")


def answer(forge: Forge, ticket: Ticket, comment: int) -> Reaction | None:
    tracker = forge.another(forge.clock.seconds)
    assert isinstance(tracker, Reactions)
    return asked(forge, tracker, ticket, comment)


def asked(forge: Forge, tracker: Reactions, ticket: Ticket, comment: int) -> Reaction | None:
    """Ask, and once more where the tracker wants to be asked again."""
    try:
        return tracker.reactions(forge.ref(ticket), [comment])[comment]
    except Busy as busy:
        forge.clock.forward(int(busy.retry_after))
        return tracker.reactions(forge.ref(ticket), [comment])[comment]


@pytest.mark.parametrize("given", Reaction)
def test_our_reaction_is_told(forge: Forge, ticket: Ticket, given: Reaction) -> None:
    note = forge.world.comment(ticket, forge.alice, "/incident declare")
    for comment in (note.id, 0):
        assert answer(forge, ticket, comment) is None
        forge.tracker.apply(forge.ref(ticket), React(comment, given))
        assert answer(forge, ticket, comment) is given


def test_somebody_elses_reaction_is_none_of_ours(forge: Forge, ticket: Ticket) -> None:
    note = forge.world.comment(ticket, forge.alice, "/incident declare")
    forge.world.react(note, forge.alice, {"gitlab": "thumbsup"}.get(forge.name, "+1"))
    assert answer(forge, ticket, note.id) is None


def test_of_two_the_doubt_counts(forge: Forge, ticket: Ticket) -> None:
    note = forge.world.comment(ticket, forge.alice, "/incident declare")
    for given in (Reaction.REFUSED, Reaction.ACCEPTED):
        forge.tracker.apply(forge.ref(ticket), React(note.id, given))
    assert answer(forge, ticket, note.id) is Reaction.REFUSED


def test_a_comment_that_is_gone_was_not_answered(forge: Forge, ticket: Ticket) -> None:
    assert answer(forge, ticket, 999_999) is None


@pytest.mark.parametrize("lacking", ["reactions"])
def test_a_forge_without_reactions_tells_nothing(forge: Forge, ticket: Ticket) -> None:
    note = forge.world.comment(ticket, forge.alice, "/incident declare")
    assert answer(forge, ticket, note.id) is None


@pytest.mark.parametrize("status", [403, 404])
def test_a_refusal_that_passes_is_not_believed(forge: Forge, ticket: Ticket, needs: Needs, status: int) -> None:
    needs("http")
    note = forge.world.comment(ticket, forge.alice, "/incident declare")
    forge.tracker.apply(forge.ref(ticket), React(note.id, Reaction.ACCEPTED))
    forge.sandbox.faults.add(
        FaultResponse(status, body=b'{"message": "no"}'), method="GET", path="(reactions|award_emoji)$"
    )
    assert answer(forge, ticket, note.id) is Reaction.ACCEPTED


@pytest.mark.parametrize("status", [403, 404])
def test_one_that_may_not_be_removed_for_a_moment_is_removed_later(
    forge: Forge, ticket: Ticket, needs: Needs, status: int
) -> None:
    """Although giving one was refused before: that says nothing of removing it."""
    needs("http")
    note = forge.world.comment(ticket, forge.alice, "/incident declare")
    forge.tracker.apply(forge.ref(ticket), React(note.id, Reaction.ACCEPTED))
    refusal, path = FaultResponse(status, body=b'{"message": "no"}'), r"(reactions|award_emoji)(/\d+)?$"
    for method, on in (("POST", True), ("DELETE", False)):
        forge.sandbox.faults.add(refusal, method=method, path=path)
        with pytest.raises(Busy):
            forge.tracker.apply(forge.ref(ticket), React(note.id, Reaction.ACCEPTED, on=on))
        forge.clock.forward(60)
    forge.tracker.apply(forge.ref(ticket), React(note.id, Reaction.ACCEPTED, on=False))
    assert answer(forge, ticket, note.id) is None
