"""Each change does what it says; doing it twice is harmless; nothing else is touched."""

from contextlib import suppress

import pytest

from tests.contract.forges import Forge, Needs
from tracker_bridge.domain.issue.changes import (
    Change,
    Close,
    Describe,
    Document,
    Edit,
    Post,
    React,
    Reaction,
    Relabel,
    Remove,
    Reopen,
)
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.sandbox.world import Note, Ticket
from tracker_bridge.trackers import Busy, Denied, Doubtful, Gone, TrackerError

STATUS = Document("status", "All checks passed.")


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, "API down", "text", labels=["bug", "incident"])


@pytest.fixture
def ours(forge: Forge, ticket: Ticket) -> Note:
    forge.tracker.apply(forge.ref(ticket), Post(STATUS))
    return ticket.comments[-1]


def labels(ticket: Ticket) -> set[str]:
    return {label.name for label in ticket.labels}


def reactions(target: Ticket | Note) -> list[tuple[str, str]]:
    return [(one.account.login, one.name) for one in target.reactions]


def test_post_writes_one_new_comment_at_the_end(forge: Forge, ticket: Ticket) -> None:
    forge.world.comment(ticket, forge.rita, "hello")

    forge.tracker.apply(forge.ref(ticket), Post(STATUS))

    assert [(note.author.login, note.body) for note in ticket.comments] == [
        ("rita", "hello"),
        (forge.bot.login, STATUS.text),
    ]


def test_post_pins_if_asked(forge: Forge, ticket: Ticket, needs: Needs) -> None:
    needs("pins")
    forge.tracker.apply(forge.ref(ticket), Post(Document("duty", "not this one")))
    forge.tracker.apply(forge.ref(ticket), Post(STATUS, pin=True))

    assert ticket.pinned is ticket.comments[1]


def test_edit_replaces_the_text_and_keeps_the_place(forge: Forge, ticket: Ticket, ours: Note) -> None:
    forge.world.comment(ticket, forge.rita, "later")
    better = Document("status", "All is better.")

    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), Edit(ours.id, better))

    assert [note.body for note in ticket.comments] == [better.text, "later"]
    assert ticket.comments[0].id == ours.id


def test_edit_of_a_deleted_comment_asks_for_another_reconcile(forge: Forge, ticket: Ticket, ours: Note) -> None:
    forge.tracker.read(forge.ref(ticket))
    forge.world.delete_comment(ticket, ours, forge.alice)

    with pytest.raises(Busy) as busy:
        forge.tracker.apply(forge.ref(ticket), Edit(ours.id, STATUS))

    assert busy.value.retry_after <= 10
    assert ticket.comments == []
    assert forge.tracker.read(forge.ref(ticket)).comments == ()


def test_remove_deletes_our_comment_only(forge: Forge, ticket: Ticket, ours: Note) -> None:
    other = forge.world.comment(ticket, forge.rita, "stays")

    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), Remove(ours.id))

    assert ticket.comments == [other]


@pytest.mark.parametrize("reaction", Reaction)
@pytest.mark.parametrize("where", ["comment", "opening"])
def test_react_gives_and_takes_back_our_reaction_only(
    forge: Forge, ticket: Ticket, where: str, reaction: Reaction
) -> None:
    note = forge.world.comment(ticket, forge.rita, "/incident claim scribe")
    target, comment = (note, note.id) if where == "comment" else (ticket, 0)
    forge.world.react(target, forge.alice, reaction.value)

    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), React(comment, reaction))
    assert reactions(target) == [("alice", reaction.value), (forge.bot.login, reaction.value)]

    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), React(comment, reaction, on=False))
    assert reactions(target) == [("alice", reaction.value)]


def test_react_to_a_deleted_comment_is_harmless_when_the_forge_says_it_twice(forge: Forge, ticket: Ticket) -> None:
    tracker = forge.another(forge.clock.seconds)
    note = forge.world.comment(ticket, forge.rita, "oops")
    forge.world.delete_comment(ticket, note, forge.rita)

    for on in (True, False):
        with suppress(Busy):  # it may be a replica that lags
            tracker.apply(forge.ref(ticket), React(note.id, Reaction.ACCEPTED, on=on))
        forge.clock.forward(10)
        tracker.apply(forge.ref(ticket), React(note.id, Reaction.ACCEPTED, on=on))


def test_relabel_leaves_other_labels_alone(forge: Forge, ticket: Ticket) -> None:
    forge.tracker.read(forge.ref(ticket))
    forge.world.label(ticket, forge.alice, "put on while we were thinking")
    change = Relabel(add=frozenset({"sev1", "needs a look/now?"}), remove=frozenset({"incident", "absent"}))

    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), change)

    assert labels(ticket) == {"bug", "put on while we were thinking", "sev1", "needs a look/now?"}


@pytest.mark.parametrize("change", [Relabel(), Relabel(remove=frozenset({"absent"}))])
def test_relabel_of_nothing_changes_nothing(forge: Forge, ticket: Ticket, change: Change) -> None:
    forge.tracker.apply(forge.ref(ticket), change)

    assert labels(ticket) == {"bug", "incident"}


def test_close_and_reopen(forge: Forge, ticket: Ticket) -> None:
    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), Close())
    assert not ticket.open
    assert not forge.tracker.read(forge.ref(ticket)).open

    for _ in range(2):
        forge.tracker.apply(forge.ref(ticket), Reopen())
    assert ticket.open
    assert forge.tracker.read(forge.ref(ticket)).open

    forge.tracker.apply(forge.ref(ticket), Close(done=False))
    assert not ticket.open
    assert ticket.comments == []


@pytest.mark.parametrize(
    "change",
    [Post(STATUS), Relabel(add=frozenset({"sev1"})), Close(), Reopen()],
    ids=lambda change: type(change).__name__,
)
def test_changing_a_missing_issue_is_gone(forge: Forge, change: Change) -> None:
    with pytest.raises(Gone):
        forge.tracker.apply(IssueRef(forge.tracker.name, "acme/api", 99), change)


@pytest.mark.parametrize(
    "change", [Relabel(add=frozenset({"sev1"})), Close()], ids=lambda change: type(change).__name__
)
def test_changing_without_the_right_is_denied(forge: Forge, ticket: Ticket, change: Change) -> None:
    forge.world.add_member(forge.project, forge.bot, Access.READ)
    tracker = forge.another(forge.clock.seconds)

    with pytest.raises((Denied, Doubtful), match=r"acme/api#1"):
        tracker.apply(forge.ref(ticket), change)
    forge.clock.forward(10)
    with pytest.raises(Denied, match=r"acme/api#1"):
        tracker.apply(forge.ref(ticket), change)

    assert (labels(ticket), ticket.open) == ({"bug", "incident"}, True)


def test_a_text_that_was_not_kept_is_no_success(forge: Forge) -> None:
    """GitHub answers an over-long text of an issue with 200, and keeps the one before."""
    if forge.name != "github":
        pytest.skip(f"{forge.name} refuses it")
    ticket = forge.world.open_ticket(forge.project, forge.bot, "Timeline", "before")

    with pytest.raises(TrackerError, match="stored a different text"):
        forge.tracker.apply(forge.ref(ticket), Describe(Document("timeline:from.1", "x" * 262_144)))
