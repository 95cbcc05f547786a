"""Pull requests and merge requests that refer to an issue: the same on every forge (S101, S107)."""

from collections.abc import Callable

import pytest

from tests.contract.forges import PROJECT, Forge
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.trackers._cache import REFERENCE_SECONDS


def titles(forge: Forge, number: int, *, whole: bool = False) -> list[str]:
    ref = forge.ref(forge.project.tickets[number])
    return [reference.title for reference in forge.tracker.read(ref, whole=whole).references]


def test_what_refers_to_an_issue_is_read_with_its_author_and_state(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    forge.world.open_pull(forge.project, forge.bob, "Try this", ticket)
    merged = forge.world.open_pull(forge.project, forge.tess, "Fix it", ticket)
    closed = forge.world.open_pull(forge.project, forge.rita, "Or that", ticket)
    forge.clock.forward()
    forge.world.end_pull(merged)
    forge.world.end_pull(closed, merged=False)

    found = forge.tracker.read(forge.ref(ticket)).references

    assert [(one.title, one.author.id, one.author.login, one.merged_at, one.open) for one in found] == [
        ("Try this", forge.bob.id, "bob", None, True),
        ("Fix it", forge.tess.id, "tess", forge.clock.now, False),
        ("Or that", forge.rita.id, "rita", None, False),
    ]
    assert all(
        PROJECT in one.url and one.url.endswith(f"/{number}")
        for number, one in zip(sorted(forge.project.pulls), found, strict=True)
    )


def test_other_issues_and_projects_do_not_count(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    other = forge.world.open_ticket(forge.project, forge.alice, "Else")
    elsewhere = forge.world.add_project("acme/web", forge.name)
    forge.world.add_member(elsewhere, forge.bot, Access.WRITE)
    forge.world.open_pull(elsewhere, forge.bob, "Elsewhere", ticket)
    forge.world.open_pull(forge.project, forge.bob, "Other", other)

    assert titles(forge, ticket.number) == []


def test_a_whole_read_shows_what_is_new(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    assert titles(forge, ticket.number) == []
    forge.world.open_pull(forge.project, forge.bob, "Fix it", ticket)

    assert titles(forge, ticket.number, whole=True) == ["Fix it"]


@pytest.mark.parametrize("deed", ["label", "close"])
def test_a_change_of_label_or_state_shows_what_is_new(forge: Forge, deed: str) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    assert titles(forge, ticket.number) == []
    forge.world.open_pull(forge.project, forge.bob, "Fix it", ticket)
    deeds: dict[str, Callable[[], None]] = {
        "label": lambda: forge.world.label(ticket, forge.alice, "sev1"),
        "close": lambda: forge.world.close(ticket, forge.alice),
    }
    deeds[deed]()

    assert titles(forge, ticket.number) == ["Fix it"]


@pytest.mark.parametrize("lacking", ["graphql"])
def test_a_github_without_graphql_shows_none(forge: Forge) -> None:
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    forge.world.open_pull(forge.project, forge.bob, "Fix it", ticket)

    assert titles(forge, ticket.number) == ([] if forge.name == "github" else ["Fix it"])


def test_references_are_asked_for_once_in_ten_minutes(forge: Forge) -> None:
    """The rest of a look goes on being cheap."""
    if forge.sandbox is None:
        pytest.skip("local remembers nothing")
    now = 1_000.0 if forge.name == "github" else forge.clock.now.timestamp()
    moved = [now]
    tracker = forge.another(lambda: moved[0])
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    tracker.read(forge.ref(ticket))
    forge.world.open_pull(forge.project, forge.bob, "Fix it", ticket)
    before = len(forge.sandbox.requests)

    assert tracker.read(forge.ref(ticket)).references == ()
    assert len(forge.sandbox.requests) == before + 2
    moved[0] += REFERENCE_SECONDS
    assert [one.title for one in tracker.read(forge.ref(ticket)).references] == ["Fix it"]
    assert len(forge.sandbox.requests) == before + 5
    assert tracker.read(forge.ref(ticket)).references != ()
    assert len(forge.sandbox.requests) == before + 7


def test_a_project_without_merge_requests_is_no_trouble(forge: Forge) -> None:
    if forge.sandbox is None:
        pytest.skip("local is never in trouble")
    ticket = forge.world.open_ticket(forge.project, forge.alice, "API down")
    path = "graphql" if forge.name == "github" else "related_merge_requests"
    forge.sandbox.faults.add(FaultResponse(403, {}, b'{"message": "403 Forbidden"}'), path=path)

    assert titles(forge, ticket.number) == []
