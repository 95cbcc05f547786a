"""``actions`` over the incidents of a forge (S113): whose, due when, in which issue; what is done is left out."""

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.exporting.schemas import valid
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket


@pytest.fixture
def tickets(forge: Forge) -> list[Ticket]:
    """Two incidents with action items, one of them long ago; one item is done."""
    world, project = forge.world, forge.project

    def incident(title: str, *items: str) -> Ticket:
        ticket = world.open_ticket(project, forge.alice, title, "/incident declare", labels=["incident"])
        world.comment(ticket, forge.alice, "/incident resolve")
        world.comment(ticket, forge.alice, "\n".join(f"/incident action {item}" for item in items))
        return ticket

    first = incident(
        "Backups fail",
        "watch the disk @bob due 2035-01-05",
        "read the mails @bob",
        "restore one @tess due 2026-11-05",
    )
    return [first, incident("Cards hang", "limit the retries @bob due 2034-05-01")]


def done(forge: Forge, words: str) -> Ticket:
    [item] = [one for one in forge.project.tickets.values() if words in one.title]
    forge.world.close(item, forge.alice)
    return item


def test_open_items_of_all_incidents_the_earliest_day_first(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    for ticket in tickets:
        assert run("reconcile", f"{forge.name}:acme/api#{ticket.number}").exit_code == 0
    done(forge, "watch the disk")
    asked = len(forge.sandbox.requests)

    value = valid(run("actions", "--json").stdout, "actions")

    assert [(one["text"], one["owner"], one["due"], one["overdue"]) for one in value["actions"]] == [
        ("restore one", "tess", "2026-11-05", True),
        ("limit the retries", "bob", "2034-05-01", False),
        ("read the mails", "bob", None, False),
    ]
    first = value["actions"][0]
    assert first["incident"] == f"{forge.name}:acme/api#{tickets[0].number}"
    [item] = [one for one in forge.project.tickets.values() if "restore one" in one.title]
    assert first["issue"] == f"{forge.name}:acme/api#{item.number}"
    assert all(one.method == "GET" or "graphql" in one.path for one in list(forge.sandbox.requests)[asked:])

    text = run("actions", f"{forge.name}:acme/api").stdout
    assert text.splitlines()[:2] == [
        "overdue 2026-11-05   @tess: restore one",
        f"        {first['issue']}, from {first['incident']} Backups fail",
    ]
    assert text.splitlines()[-1] == "3 open action items, 1 overdue"


def test_items_without_an_issue_yet_are_listed_too(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    value = valid(run("actions", "--json").stdout, "actions")
    assert {one["issue"] for one in value["actions"]} == {None}
    assert len(value["actions"]) == 4
    assert "no due date  @bob: read the mails" in run("actions").stdout


def test_nothing_to_do_is_said(forge: Forge, run: Run) -> None:
    assert run("actions").stdout == "0 open action items\n"


def test_what_can_not_be_read_is_told(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    number = tickets[0].number
    forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="GET", path=rf"/issues/{number}$", times=9)
    result = run("actions", "--json")
    assert result.exit_code == 1
    value = valid(result.stdout, "actions")
    assert value["unread"] == [f"{forge.name}:acme/api#{number}"]
    assert [one["text"] for one in value["actions"]] == ["limit the retries"]


def test_what_is_confidential_stays_where_it_is(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    if forge.name == "github":
        pytest.skip("github lacks confidential issues")
    tickets[1].confidential = True
    [item] = [one for one in valid(run("actions", "--json").stdout, "actions")["actions"] if one["text"] is None]
    assert (item["title"], item["owner"], item["due"]) == (None, "bob", "2034-05-01")
    text = run("actions").stdout
    assert "retries" not in text
    assert "Cards" not in text
    assert "@bob: (confidential)" in text
