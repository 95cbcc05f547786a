"""``report`` over the incidents of a forge, from listing to file (S63)."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.exporting.schemas import valid
from tracker_bridge.cli.report import since_of
from tracker_bridge.sandbox.faults import FaultResponse
from tracker_bridge.sandbox.world import Ticket

SINCE = ("--since", "2026-11-01")


@pytest.fixture
def tickets(forge: Forge) -> list[Ticket]:
    """Two incidents, one of them over, a drill, an old one, and an ordinary issue."""
    world, project = forge.world, forge.project
    now, forge.clock.now = forge.clock.now, datetime(2026, 9, 1, tzinfo=UTC)
    old = world.open_ticket(project, forge.alice, "Old", "/incident declare", labels=["incident"])
    forge.clock.now = now
    body = "/incident declare --started 08:30 --detected 08:40\n/incident severity sev1"
    over = world.open_ticket(project, forge.alice, "Over", body, labels=["incident", "service:shop"])
    world.comment(over, forge.alice, "/incident resolve 08:55")
    world.close(over, forge.alice)
    drill = world.open_ticket(project, forge.alice, "Drill", "/incident declare --drill", labels=["incident"])
    going = world.open_ticket(project, forge.alice, "Going on", labels=["incident"])
    world.comment(old, forge.rita, "this one was bad")
    world.open_ticket(project, forge.alice, "A wish")
    return [over, drill, going]


def test_the_incidents_of_the_time_are_summed_up(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    result = run("report", f"{forge.name}:acme/api", *SINCE, "--format", "json")

    assert result.exit_code == 0, result.output
    value = valid(result.stdout, "report")
    assert value["projects"] == [f"{forge.name}:acme/api"]
    assert [one["title"] for one in value["incidents"]] == ["Over", "Going on"]
    assert value["drills"] == 1
    assert value["all"]["statistics"]["time_to_resolve"]["mean_seconds"] == 15 * 60
    assert [group["name"] for group in value["services"]] == ["shop", None]
    assert f"checking {forge.name}:acme/api" in result.stderr
    assert f"4/4 {forge.name}:acme/api#" in result.stderr
    assert {one.method for one in forge.sandbox.requests} <= {"GET", "POST"}  # GraphQL only asks
    assert all(one.method == "GET" or "graphql" in one.path for one in forge.sandbox.requests)


def test_without_a_project_it_is_all_of_them_and_for_people(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    text = run("report", *SINCE).stdout
    assert text.startswith("# Incidents from 01\u00a0Nov\u00a02026 to ")
    assert "| sev1 | 1 | 10 min | 10 min |" in text


def test_it_is_written_to_a_file(forge: Forge, tickets: list[Ticket], run: Run, tmp_path: Path) -> None:
    file = tmp_path / "report.csv"
    result = run("report", *SINCE, "--format", "csv", "--out", str(file))
    assert result.stdout == ""
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["incidents"] for row in rows if row["by"] == "all"] == ["2"]


def test_charts_are_one_page_without_what_is_confidential(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    """S63. GitHub knows no confidential issues."""
    if forge.name == "gitlab":
        tickets[2].confidential = True
    file = Path("incidents.html")
    result = run("report", *SINCE, "--html", str(file), "--title", "Incidents of acme")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    text = file.read_text(encoding="utf-8")
    assert "<h1>Incidents of acme</h1>" in text
    assert "Over</a>" in text
    assert ("Going on</a>" in text) == (forge.name == "github")
    assert run("report", *SINCE, "--html", "-", "--title", "Incidents of acme").stdout == text
    assert run("report", *SINCE, "--format", "html", "--title", "Incidents of acme").stdout == text
    asked = run("report", *SINCE, "--html", "-", "--confidential").stdout
    assert "<p>2 incidents" in asked
    assert ("Going on</a>" in asked) == (forge.name == "github")


def test_a_report_ends_with_the_day_that_is_named(forge: Forge, tickets: list[Ticket], run: Run) -> None:
    value = valid(run("report", *SINCE, "--until", "2026-11-01", "--format", "json").stdout, "report")
    assert (value["until"], value["incidents"]) == ("2026-11-01T23:59:59Z", [])
    month = run("report", "--since", "30d", "--until", "2026-11-30", "--format", "json").stdout
    assert valid(month, "report")["since"] == "2026-10-31T23:59:59Z"
    assert "as of 30 Nov 2026" in run("report", *SINCE, "--until", "2026-11-30", "--html", "-").stdout
    assert run("report", "--until", "tomorrow").exit_code == 2


def test_services_are_named_by_labels_of_any_beginning(
    forge: Forge, tickets: list[Ticket], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge.world.label(tickets[2], forge.alice, "svc/pay")
    monkeypatch.setenv("TRACKER_BRIDGE_LABELS__SERVICE", "svc/")
    value = valid(run("report", *SINCE, "--format", "json").stdout, "report")
    assert [group["name"] for group in value["services"]] == ["pay", None]


def test_incidents_with_a_label_of_before_count(
    forge: Forge, tickets: list[Ticket], run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    forge.world.open_ticket(forge.project, forge.alice, "Renamed", labels=["outage"])
    monkeypatch.setenv("TRACKER_BRIDGE_LABELS__PREVIOUS_NAMES", '["outage"]')
    value = valid(run("report", *SINCE, "--format", "json").stdout, "report")
    assert [one["title"] for one in value["incidents"]] == ["Over", "Going on", "Renamed"]


def test_what_can_not_be_read_is_told_and_the_rest_is_reported(
    forge: Forge, tickets: list[Ticket], run: Run
) -> None:
    number = tickets[0].number
    forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="GET", path=rf"/issues/{number}$", times=9)

    result = run("report", *SINCE, "--format", "json")

    assert result.exit_code == 1
    value = valid(result.stdout, "report")
    assert value["unread"] == [f"{forge.name}:acme/api#{number}"]
    assert [one["title"] for one in value["incidents"]] == ["Going on"]
    assert "could not be read, and are not counted" in result.stderr


def test_a_project_that_can_not_be_asked_is_a_plain_failure(forge: Forge, run: Run) -> None:
    forge.sandbox.faults.add(FaultResponse(403, body=b"{}"), method="GET", path=r"/issues$", times=9)
    result = run("report", *SINCE)
    assert result.exit_code == 1
    assert "Not allowed" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("text", ["90", "soon", "0d", "90 days ago", "2026-13-01", "-3d", "99999d"])
def test_a_time_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="90d, 12w or 2026-01-31"):
        since_of(text)


@pytest.mark.parametrize(("text", "days"), [("90d", 90), ("1d", 1), ("12w", 84), (" 2 W ", 14)])
def test_how_far_back_is_told_in_days_or_weeks(text: str, days: int) -> None:
    before = datetime.now(UTC)
    found = since_of(text)
    assert before <= found + timedelta(days=days) <= datetime.now(UTC)


def test_such_a_mistake_is_a_usage_error(forge: Forge, run: Run) -> None:
    assert run("report", "--since", "soon").exit_code == 2


def test_or_by_a_day() -> None:
    assert since_of("2026-01-31") == datetime(2026, 1, 31, tzinfo=UTC)
