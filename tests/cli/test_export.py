"""``export`` from a forge to standard output and to files (S63)."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.exporting.schemas import valid
from tracker_bridge.sandbox.world import Ticket


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    return forge.world.open_ticket(
        forge.project, forge.alice, "Checkout fails", "/incident declare --started 08:50"
    )


def test_an_incident_is_printed_in_each_format(forge: Forge, ticket: Ticket, run: Run) -> None:
    ref = f"{forge.name}:acme/api#1"
    value = valid(run("export", ref).stdout, "incident")
    assert (value["ref"], value["title"]) == (ref, "Checkout fails")
    assert run("show", ref, "--json").stdout == run("export", ref, "--format", "json").stdout
    assert run("export", ref, "--format", "csv").stdout.startswith("incident,occurred_at,")
    assert run("export", ref, "--format", "md").stdout.startswith("# Checkout fails\n")
    assert ticket.comments == []


def test_it_is_written_to_a_file(forge: Forge, ticket: Ticket, run: Run, tmp_path: Path) -> None:
    ref, file = f"{forge.name}:acme/api#1", tmp_path / "incident.json"
    result = run("export", ref, "--out", str(file))
    assert result.stdout == ""
    assert file.read_text(encoding="utf-8") == run("export", ref).stdout
    missing = run("export", ref, "--out", str(tmp_path / "nowhere" / "x"))
    assert missing.exit_code == 1
    assert "cannot be written" in missing.stderr


def test_an_ordinary_issue_is_not_exported(forge: Forge, run: Run) -> None:
    forge.world.open_ticket(forge.project, forge.alice, "A wish")
    result = run("export", f"{forge.name}:acme/api#1")
    assert result.exit_code == 1
    assert "is not an incident" in result.stderr
