"""A month's report is an issue of its project: opened once, kept right, without what is confidential (S63)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tracker_bridge.cli import opening
from tracker_bridge.cli.posting import Posting
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Open, key_of, marker
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket

OCTOBER = ("report", "--post", "--since", "2026-10-01", "--until", "2026-10-31")
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def tickets(forge: Forge) -> list[Ticket]:
    """Two incidents of October, one of them confidential where the forge has that; one of September."""
    world, project = forge.world, forge.project
    forge.clock.now = datetime(2026, 9, 7, 9, tzinfo=UTC)
    old = world.open_ticket(project, forge.alice, "Of September", labels=["incident"])
    forge.clock.now = datetime(2026, 10, 12, 9, tzinfo=UTC)
    body = "/incident declare --started 08:30 --detected 08:40\n/incident severity sev1"
    over = world.open_ticket(project, forge.alice, "Checkout | is @all down", body, labels=["incident"])
    world.comment(over, forge.alice, "/incident resolve 08:55")
    secret = world.open_ticket(project, forge.alice, "The canary leaked", labels=["incident"])
    secret.confidential = forge.name == "gitlab"
    world.comment(old, forge.alice, "seen")
    forge.clock.now = NOW
    return [over, secret, old]


def posted(forge: Forge) -> list[Ticket]:
    return [one for one in forge.project.tickets.values() if (key_of(one.body) or "").startswith("report:")]


def test_a_dry_run_shows_it_and_writes_nothing(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    result = run(*OCTOBER, "--dry-run")
    assert result.exit_code == 0, result.output
    assert f"{forge.name}:acme/api: would open 'Incidents in October 2026'" in result.stdout
    assert "+ | Severity | Incidents |" in result.stdout
    assert posted(forge) == []
    assert all(one.method == "GET" or "graphql" in one.path for one in forge.sandbox.requests)


def test_it_is_opened_once_and_corrected_with_its_incidents(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    result = run(*OCTOBER)
    assert result.exit_code == 0, result.output
    [issue] = posted(forge)
    assert result.stdout == f"{forge.name}:acme/api#{issue.number}: opened, Incidents in October 2026\n"
    assert (issue.title, issue.author) == ("Incidents in October 2026", forge.bot)
    assert [label.name for label in issue.labels] == ["incident-record"]
    assert "| sev1 | 1 | 10 min | 10 min |" in issue.body
    assert "September" not in issue.body
    assert "is @all" not in issue.body
    assert ("canary" in issue.body) == (forge.name == "github")

    assert run("sweep").exit_code == 0
    assert (issue.comments, issue.reactions) == ([], [])  # it is no incident
    forge.sandbox.requests.clear()
    assert run(*OCTOBER).stdout == f"{forge.name}:acme/api#{issue.number}: up to date\n"
    assert all(one.method == "GET" or "graphql" in one.path for one in forge.sandbox.requests)

    forge.world.comment(tickets[0], forge.alice, "/incident detected 2026-10-12 08:35")
    assert run(*OCTOBER, "--dry-run").stdout.startswith(
        f"{forge.name}:acme/api#{issue.number}: would be corrected"
    )
    assert "| sev1 | 1 | 10 min |" in issue.body
    assert run(*OCTOBER).stdout == f"{forge.name}:acme/api#{issue.number}: corrected\n"
    assert "| sev1 | 1 | 5 min | 5 min |" in issue.body
    assert posted(forge) == [issue]


def test_it_is_found_again_whatever_people_did_to_it(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    run(*OCTOBER)
    [issue] = posted(forge)
    forge.world.close(issue, forge.alice)
    forge.world.edit_ticket(issue, forge.alice, body=f"We met about it on Monday.\n\n{issue.body}")
    issue.title = "October"
    forge.world.comment(tickets[0], forge.alice, "/incident detected 2026-10-12 08:35")
    assert run(*OCTOBER).exit_code == 0
    assert posted(forge) == [issue]
    assert (issue.title, issue.open) == ("October", False)
    assert issue.body.startswith("We met about it on Monday.")
    assert "| sev1 | 1 | 5 min | 5 min |" in issue.body
    assert run(*OCTOBER).stdout.endswith("up to date\n")


def test_two_machines_at_once_leave_one_open(
    forge: Forge, tickets: list[Ticket], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other's is older, and is not found before ours is there."""
    title, labels = "Incidents in October 2026", ["incident-record"]
    first = forge.world.open_ticket(forge.project, forge.bot, title, "not listed yet", labels=labels)

    def listed(_: float) -> None:
        if mine := [one for one in posted(forge) if one is not first]:
            forge.world.edit_ticket(first, forge.bot, body=mine[0].body)

    monkeypatch.setattr(opening, "sleep", listed)
    place = f"{forge.name}:acme/api"
    told = run(*OCTOBER).stdout.splitlines()
    [later] = [one for one in forge.project.tickets.values() if one.title == title and one is not first]
    closed = f"{place}#{later.number}: closed, since {place}#{first.number} was opened at the same time"
    assert told == [f"{place}#{later.number}: opened, {title}", closed]
    assert posted(forge) == [first]
    assert (first.open, [label.name for label in first.labels]) == (True, labels)
    assert (later.open, later.labels, later.comments) == (False, [], [])
    assert f"it is kept in #{first.number}." in later.body
    assert "Checkout" not in later.body

    forge.world.comment(tickets[0], forge.alice, "/incident detected 2026-10-12 08:35")
    assert run(*OCTOBER).stdout == f"{place}#{first.number}: corrected\n"


def test_one_that_another_machine_opened_a_moment_ago_is_kept(
    forge: Forge, tickets: list[Ticket], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, begin = f"{forge.name}:acme/api", Posting._open

    def meanwhile(posting: Posting, ref: IssueRef, wish: Open, rules: Rules) -> Iterator[str]:
        text = f"From another machine.\n\n{marker(wish.document.key)}"
        forge.world.open_ticket(forge.project, forge.bot, wish.title, text, labels=["incident-record"])
        return begin(posting, ref, wish, rules)

    monkeypatch.setattr(Posting, "_open", meanwhile)
    told = run(*OCTOBER).stdout
    [issue] = posted(forge)
    assert told == f"{place}#{issue.number}: corrected\n"
    assert "| sev1 | 1 | 10 min | 10 min |" in issue.body


def test_what_becomes_confidential_is_taken_out(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    if forge.name == "github":
        pytest.skip("GitHub has no confidential issues")
    run(*OCTOBER)
    [issue] = posted(forge)
    tickets[0].confidential = True
    run(*OCTOBER)
    assert "Checkout" not in issue.body
    assert "No incidents were declared" in issue.body


def test_only_the_last_month_is_opened(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    run("report", "--post", "--since", "2026-09-15", "--until", "2026-10-31")
    assert [one.title for one in posted(forge)] == ["Incidents in October 2026"]
    run("report", "--post", "--since", "2026-09-15", "--until", "2026-09-30")
    assert len(posted(forge)) == 2
    forge.world.comment(tickets[2], forge.alice, "/incident severity sev2")
    told = run("report", "--post", "--since", "2026-09-15", "--until", "2026-10-31").stdout
    assert [line.rpartition(": ")[2] for line in told.splitlines()] == ["corrected", "up to date"]


def test_nothing_is_written_while_not_all_can_be_read(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    number = tickets[0].number
    forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="GET", path=rf"/issues/{number}$", times=9)
    result = run(*OCTOBER)
    assert result.exit_code == 1
    assert "left as it is, since not all of it could be read" in result.stdout
    assert posted(forge) == []


def test_a_month_without_incidents_gets_no_issue(forge: Forge, run: Run) -> None:
    nothing = f"{forge.name}:acme/api: nothing to post (no incidents in October 2026 that are not confidential)\n"
    assert run(*OCTOBER, "--dry-run").stdout == nothing
    assert run(*OCTOBER).stdout == nothing
    assert posted(forge) == []
    assert run("report", "--post", "--since", "2026-10-10", "--until", "2026-10-20").exit_code == 2


@pytest.mark.parametrize("more", [("--html", "x.html"), ("--confidential",), ("--out", "x.md")])
def test_it_goes_nowhere_else(forge: Forge, run: Run, more: tuple[str, ...]) -> None:
    assert run(*OCTOBER, *more).exit_code == 2
    assert run("report", "--dry-run").exit_code == 2
