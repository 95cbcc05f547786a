"""A project that is renamed, or transferred to another owner, is followed: ids stay."""

import logging

import pytest

from tests.contract.forges import Deliveries, Forge, Needs
from tracker_bridge.domain.issue.changes import Document, Link, Open, Post, Relabel
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Gone, TrackerError

LATER = ("acme/renamed", "another-org/api")


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(forge.project, forge.alice, "API down", labels=["incident"])


@pytest.fixture
def ref(forge: Forge, ticket: Ticket) -> IssueRef:
    """The issue by the configured name, whatever comes."""
    return forge.ref(ticket)


@pytest.mark.parametrize("name", LATER)
@pytest.mark.parametrize("restarted", [False, True], ids=["running", "restarted"])
def test_it_is_read_and_written_by_the_configured_name(
    forge: Forge, ticket: Ticket, ref: IssueRef, name: str, restarted: bool
) -> None:
    before = forge.tracker.read(ref)
    forge.world.rename_project(forge.project, name)
    tracker = forge.another() if restarted else forge.tracker

    issue = tracker.read(ref)
    tracker.apply(ref, Post(Document("status", "All checks passed.")))
    tracker.apply(ref, Relabel(frozenset({"sev1"})))

    assert (issue.ref, issue.title) == (ref, "API down")
    assert issue.identity == before.identity
    assert [note.body.partition("\n")[0] for note in ticket.comments] == ["All checks passed."]
    assert {label.name for label in ticket.labels} == {"incident", "sev1"}
    assert tracker.access(ref, issue.author) > 0


def test_a_write_alone_is_followed(forge: Forge, ticket: Ticket, ref: IssueRef) -> None:
    forge.world.rename_project(forge.project, "acme/renamed")

    forge.tracker.apply(ref, Post(Document("status", "All checks passed.")))

    assert len(ticket.comments) == 1


def test_several_names_one_after_the_other(forge: Forge, ref: IssueRef) -> None:
    for name in ("acme/two", "another-org/three", "acme/four"):
        forge.world.rename_project(forge.project, name)
        assert forge.tracker.read(ref).ref == ref
    assert forge.another().read(ref).ref == ref


def test_other_issues_are_opened_and_linked(forge: Forge, ticket: Ticket, ref: IssueRef) -> None:
    other = forge.world.open_ticket(forge.project, forge.alice, "The pool is small")
    forge.world.rename_project(forge.project, "acme/renamed")
    wanted = Open(
        "Review", Document("postmortem:from.1", "x"), frozenset(), confidential=False, since=ticket.created_at
    )

    for tracker in (forge.tracker, forge.another()):
        opened = tracker.apply(ref, wanted).opened
        tracker.apply(ref, Link(other.number, Document("related:1.2", "It has to do with it.")))

    assert opened == IssueRef(ref.tracker, ref.project, 3)
    assert len(forge.project.tickets) == 3
    assert len(other.comments) == 1


def test_a_sweep_goes_on(forge: Forge, ref: IssueRef) -> None:
    forge.world.rename_project(forge.project, "another-org/api")

    for since in (None, forge.clock.now):
        assert list(forge.another().changed(ref.project, since=since, label="incident")) == [ref]


def test_deliveries_under_the_new_name_are_taken(
    forge: Forge, deliveries: Deliveries, ticket: Ticket, ref: IssueRef
) -> None:
    forge.world.comment(ticket, forge.alice, "before")
    forge.world.rename_project(forge.project, "another-org/api")
    forge.world.comment(ticket, forge.alice, "after")

    queue = [forge.tracker.parse_webhook(*one) for one in deliveries()]
    assert {change.ref for change in queue if change} == {ref}
    assert all(queue)


def test_after_a_restart_they_are_taken_once_a_sweep_has_found_it(
    forge: Forge, deliveries: Deliveries, ticket: Ticket, ref: IssueRef
) -> None:
    forge.world.rename_project(forge.project, "another-org/api")
    tracker = forge.another()
    list(tracker.changed(ref.project, since=None, label="incident"))
    forge.world.comment(ticket, forge.alice, "after")

    change = tracker.parse_webhook(*deliveries()[-1])
    assert change is not None
    assert change.ref == ref


def test_whoever_has_the_old_name_now_is_none_of_ours(
    forge: Forge, deliveries: Deliveries, ticket: Ticket, ref: IssueRef
) -> None:
    forge.world.rename_project(forge.project, "acme/renamed")
    assert forge.tracker.read(ref).title == "API down"
    other = forge.world.add_project("acme/api", forge.name)
    forge.world.add_member(other, forge.bot, forge.project.members[forge.bot.id])
    deliveries()
    other.hooks.update(forge.project.hooks)
    stranger = forge.world.open_ticket(other, forge.alice, "Not ours")

    assert [forge.tracker.parse_webhook(*one) for one in deliveries()] == [None]
    forge.tracker.apply(ref, Post(Document("status", "All checks passed.")))
    assert forge.tracker.read(ref).title == "API down"
    assert (len(ticket.comments), stranger.comments) == (1, [])


def test_it_is_said_once_in_the_log(
    forge: Forge, needs: Needs, ref: IssueRef, caplog: pytest.LogCaptureFixture
) -> None:
    needs("http")
    forge.world.rename_project(forge.project, "another-org/api")
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            forge.tracker.read(ref)

    [said] = [record.getMessage() for record in caplog.records if "is now called" in record.getMessage()]
    assert said == (
        f"{forge.name}:acme/api is now called another-org/api, and is followed there; update the setting projects"
    )


def test_an_issue_that_was_transferred_alone_is_gone(forge: Forge, ticket: Ticket, ref: IssueRef) -> None:
    forge.tracker.read(ref)
    ticket.deleted = True

    with pytest.raises(Gone):
        forge.tracker.read(ref)
    with pytest.raises(TrackerError):
        forge.tracker.apply(ref, Post(Document("status", "lost?")))
