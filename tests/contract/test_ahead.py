"""What is told of several issues at once is what is told of each; in doubt, each is read by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.contract.forges import Forge
from tests.contract.test_reading import fill
from tracker_bridge.domain.issue.changes import Document, Post, Reaction
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers import Foreseeing, Gone, Tracker
from tracker_bridge.trackers._ahead import IN_TURN, KEPT
from tracker_bridge.trackers.gitlab.first_sights import FRESH

Acts = Callable[[Forge, Ticket], object]


@pytest.fixture
def sockets() -> bool:
    """What is told here is the same without; what connections do, tests/contract/test_trouble.py tells."""
    return False


@pytest.fixture
def tracker(forge: Forge) -> Tracker:
    found = forge.another(forge.clock.seconds)
    if not isinstance(found, Foreseeing):
        pytest.skip(f"{forge.name} lacks reading ahead")
    return found


def edited(forge: Forge, ticket: Ticket, who: str) -> None:
    note = forge.world.comment(ticket, forge.rita, "/incident note x")
    forge.clock.forward()
    forge.world.edit_comment(ticket, note, getattr(forge, who), "/incident note y")


def merged(forge: Forge, ticket: Ticket) -> None:
    pull = forge.world.open_pull(forge.project, forge.bob, "Fix it", ticket)
    pull.merged_at = forge.clock.forward()
    forge.world.open_pull(forge.world.add_project("acme/other", forge.name), forge.bob, "Elsewhere", ticket)


def labelled(forge: Forge, ticket: Ticket) -> None:
    forge.world.label(ticket, forge.alice, "sev1")
    forge.world.unlabel(ticket, forge.bob, "sev1")


def left(forge: Forge, ticket: Ticket) -> None:
    gone = forge.world.add_account("gone")
    forge.world.comment(ticket, gone, "Bye.")
    forge.world.delete_account(gone)


def reopened(forge: Forge, ticket: Ticket) -> None:
    forge.world.close(ticket, forge.alice)
    forge.clock.forward(60)
    forge.world.reopen(ticket, forge.bob)


def moved_here(forge: Forge, ticket: Ticket) -> None:
    """It brings its own events along, and none of a project; GitLab remarks on that."""
    reopened(forge, ticket)
    for deed in ticket.deeds:
        deed.brought = True
    if forge.name == "gitlab":
        forge.world.comment(ticket, forge.alice, "moved from acme/other#3", system=True)


KINDS: dict[str, Acts] = {
    "nothing": lambda _, __: None,
    "comments": lambda forge, ticket: fill(forge, ticket, 3),
    "a full page": lambda forge, ticket: fill(forge, ticket, 100),
    "more than a page": lambda forge, ticket: fill(forge, ticket, 101),
    "edited": lambda forge, ticket: edited(forge, ticket, "rita"),
    "edited by another": lambda forge, ticket: edited(forge, ticket, "alice"),
    "its text edited": lambda forge, ticket: forge.world.edit_ticket(ticket, forge.alice, body="Else."),
    "a bot": lambda forge, ticket: forge.world.comment(ticket, forge.bot, "Beep."),
    "ours": lambda forge, ticket: forge.tracker.apply(forge.ref(ticket), Post(Document("status", "Status"))),
    "a reaction": lambda forge, ticket: forge.world.react(
        forge.world.comment(ticket, forge.bob, "ok"), forge.tess, Reaction.ACCEPTED.value
    ),
    "lines": lambda forge, ticket: forge.world.comment(ticket, forge.bob, "one\r\ntwo\rthree\n\n"),
    "labels": labelled,
    "closed": lambda forge, ticket: forge.world.close(ticket, forge.alice),
    "reopened": reopened,
    "moved here": moved_here,
    "merged": merged,
    "left": left,
    "hidden": lambda forge, ticket: forge.world.hide(forge.world.comment(ticket, forge.bob, "off topic")),
}


EACH = {"github": 2, "gitlab": 2}
"""
Requests for an issue that are not made for several at once. GitHub: of itself, and of what was done to it. GitLab:
its notes, and who labelled it; if it may have been closed before, who closed it; where the project has merge
requests, which of them refer to it.
"""


def opened(forge: Forge, number: int) -> list[Ticket]:
    found = [forge.world.open_ticket(forge.project, forge.rita, f"Down {n}", "Why?") for n in range(number)]
    for ticket in found:
        fill(forge, ticket, 2)
    return found


def begun(forge: Forge, tracker: Tracker, number: int) -> tuple[list[Ticket], list[IssueRef]]:
    """Open issues that will be read one after the other, and read the first."""
    tickets = opened(forge, number)
    refs = [forge.ref(one) for one in tickets]
    tracker.foresee(refs)  # type: ignore[attr-defined]  # the fixture has looked
    tracker.read(refs[0])
    return tickets, refs


@pytest.mark.parametrize("lacking", ["", "versions", "minimized", "events"])
def test_what_is_told_of_several_is_what_is_told_of_each(forge: Forge, tracker: Tracker) -> None:
    tickets = []
    for kind, act in KINDS.items():
        tickets.append(forge.world.open_ticket(forge.project, forge.rita, kind, "/incident declare"))
        forge.clock.forward()
        act(forge, tickets[-1])
    forge.clock.forward(600)
    refs = [forge.ref(one) for one in tickets]
    alone = forge.another(forge.clock.seconds)
    expected = [alone.read(ref) for ref in refs]
    before = len(forge.sandbox.requests)
    tracker.foresee(refs)  # type: ignore[attr-defined]  # the fixture has looked

    assert [tracker.read(ref) for ref in refs] == expected
    assert len(forge.sandbox.requests) < 2 * before
    assert [tracker.read(ref) for ref in refs] == expected


def test_several_issues_take_one_request_more(forge: Forge, tracker: Tracker) -> None:
    _, refs = begun(forge, tracker, 10)
    forge.sandbox.requests.clear()

    for ref in refs[1:]:
        tracker.read(ref)

    assert len(forge.sandbox.requests) == EACH[forge.name] * 9


def test_a_label_of_which_no_event_tells_costs_one_request_more_at_most(forge: Forge, tracker: Tracker) -> None:
    """An issue may have been imported: then nothing ever tells who labelled it."""
    tickets = opened(forge, 5)
    label = forge.world.ensure_label(forge.project, "sev1")
    for ticket in tickets:
        ticket.labels.append(label)
    refs = [forge.ref(one) for one in tickets]
    tracker.foresee(refs)  # type: ignore[attr-defined]
    tracker.read(refs[0])
    forge.sandbox.requests.clear()

    assert all(tracker.read(ref).labels == {"sev1"} for ref in refs[1:])
    assert len(forge.sandbox.requests) == (EACH[forge.name] + (forge.name == "gitlab")) * 4


def test_what_refers_to_an_issue_is_asked_for_where_the_project_has_merge_requests(
    forge: Forge, tracker: Tracker
) -> None:
    """People can relate one to an issue by hand, which no text tells."""
    tickets = opened(forge, 3)
    refs = [forge.ref(one) for one in tickets]
    forge.world.open_pull(forge.project, forge.bob, "Fix it", tickets[2])
    tracker.foresee(refs)  # type: ignore[attr-defined]
    tracker.read(refs[0])
    forge.sandbox.requests.clear()

    assert [[one.title for one in tracker.read(ref).references] for ref in refs[1:]] == [[], ["Fix it"]]
    assert len(forge.sandbox.requests) == {"github": 4, "gitlab": 6}[forge.name]


@pytest.mark.parametrize(
    "act",
    [
        lambda forge, ticket: forge.world.comment(ticket, forge.rita, "new"),
        lambda forge, ticket: forge.world.delete_comment(ticket, ticket.notes[0], forge.rita),
        lambda forge, ticket: forge.world.edit_comment(ticket, ticket.notes[0], forge.rita, "new"),
        lambda forge, ticket: forge.world.edit_ticket(ticket, forge.rita, body="new"),
        lambda forge, ticket: forge.world.edit_ticket(ticket, forge.rita, title="new"),
        lambda forge, ticket: forge.world.assign(ticket, forge.alice, forge.bob),
        lambda forge, ticket: forge.world.set_kind(ticket, forge.alice, "incident"),
        lambda forge, ticket: forge.world.label(ticket, forge.alice, "sev1"),
    ],
)
def test_what_happens_meanwhile_is_seen(forge: Forge, tracker: Tracker, act: Acts) -> None:
    tickets, refs = begun(forge, tracker, 2)
    forge.clock.forward(1)

    act(forge, tickets[1])

    assert tracker.read(refs[1]) == forge.another(forge.clock.seconds).read(refs[1])


@pytest.mark.parametrize("act", [lambda forge, ticket: forge.world.close(ticket, forge.alice), reopened])
def test_a_closing_meanwhile_is_seen_at_the_next_reconcile(forge: Forge, tracker: Tracker, act: Acts) -> None:
    """It leaves no note in GitLab; whoever closed it has led to another reconcile by then."""
    tickets, refs = begun(forge, tracker, 2)
    forge.clock.forward(1)

    act(forge, tickets[1])
    tracker.read(refs[1])

    assert tracker.read(refs[1]) == forge.another(forge.clock.seconds).read(refs[1])


@pytest.mark.parametrize("status", [502, 403])
def test_where_it_is_not_told_what_was_closed_each_is_asked(forge: Forge, tracker: Tracker, status: int) -> None:
    tickets = opened(forge, 3)
    reopened(forge, tickets[2])
    refs = [forge.ref(one) for one in tickets]
    expected = [forge.another(forge.clock.seconds).read(ref) for ref in refs]
    tracker.foresee(refs)  # type: ignore[attr-defined]
    forge.sandbox.faults.add(FaultResponse(status), path="/projects/[^/]*/events$", times=5)

    assert [tracker.read(ref) for ref in refs] == expected


def test_what_was_told_long_ago_is_not_used(forge: Forge, tracker: Tracker) -> None:
    """Whatever else changes has a time, or leaves a note."""
    tickets, refs = begun(forge, tracker, 2)
    forge.world.hide(tickets[1].notes[0])
    tickets[1].confidential = True

    forge.clock.now += timedelta(seconds=KEPT if forge.name == "github" else FRESH)

    found = tracker.read(refs[1])
    assert found.comments[0].hidden if forge.name == "github" else found.confidential


def test_whoever_is_read_out_of_turn_does_not_wait_for_the_others(forge: Forge, tracker: Tracker) -> None:
    refs = [forge.ref(one) for one in opened(forge, IN_TURN + 2)]
    tracker.foresee(refs)  # type: ignore[attr-defined]
    forge.sandbox.requests.clear()

    tracker.read(refs[-1])

    asked = [one.body.decode() for one in forge.sandbox.requests]
    assert not any(": issue(number" in one or "workItems(iids" in one for one in asked)


def test_issues_that_are_gone_keep_nobody_from_being_in_turn(forge: Forge, tracker: Tracker) -> None:
    tickets = opened(forge, IN_TURN + 2)
    refs = [forge.ref(one) for one in tickets]
    tracker.foresee(refs)  # type: ignore[attr-defined]
    for ticket, ref in zip(tickets[:IN_TURN], refs[:IN_TURN], strict=True):
        ticket.deleted = True
        with pytest.raises(Gone):
            tracker.read(ref)
    tracker.read(refs[-2])
    forge.sandbox.requests.clear()

    tracker.read(refs[-1])

    assert len(forge.sandbox.requests) == EACH[forge.name]


@pytest.mark.parametrize("lacking", ["graphql"])
def test_without_graphql_each_is_read_by_itself(forge: Forge, tracker: Tracker) -> None:
    refs = [forge.ref(one) for one in opened(forge, 3)]
    tracker.foresee(refs)  # type: ignore[attr-defined]

    assert [len(tracker.read(ref).comments) for ref in refs] == [2, 2, 2]


@pytest.mark.parametrize("status", [502, 403])
def test_an_answer_that_does_not_come_costs_nobody_a_reconcile(
    forge: Forge, tracker: Tracker, status: int
) -> None:
    refs = [forge.ref(one) for one in opened(forge, 3)]
    tracker.foresee(refs)  # type: ignore[attr-defined]
    tracker.viewer(refs[0].project)  # type: ignore[attr-defined]
    forge.sandbox.faults.add(FaultResponse(status), path="/graphql$", times=1)

    issue = tracker.read(refs[0])

    assert len(issue.comments) == 2


@pytest.mark.parametrize("status", [502, 403])
def test_issues_that_are_not_listed_are_read_one_by_one(forge: Forge, tracker: Tracker, status: int) -> None:
    refs = [forge.ref(one) for one in opened(forge, 3)]
    tracker.foresee(refs)  # type: ignore[attr-defined]
    forge.sandbox.faults.add(FaultResponse(status), path="/issues$", times=1)

    assert [len(tracker.read(ref).comments) for ref in refs] == [2, 2, 2]
