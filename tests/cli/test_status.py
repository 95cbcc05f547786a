"""A status page out of a project's issues."""

import json
from pathlib import Path

from tests.cli.conftest import Run
from tests.contract.forges import Forge


def test_a_page_is_built_from_what_everyone_was_told(forge: Forge, run: Run) -> None:
    ticket = forge.world.open_ticket(
        forge.project, forge.alice, "Secret title", labels=["incident", "service:checkout"]
    )
    said = "/incident claim comms external\n/incident update external: Payments fail."
    forge.world.comment(ticket, forge.alice, said)
    assert run("sweep").exit_code == 0
    result = run("status", "build", "public", "--title", "Acme status", "--url", "https://status.example.org")
    assert result.exit_code == 0, result.output
    page = Path("public/index.html").read_text("utf-8")
    assert "<h3>Payments fail</h3>" in page
    assert "Secret title" not in page
    summary = json.loads(Path("public/api/v2/summary.json").read_text("utf-8"))
    assert summary["page"]["name"] == "Acme status"
    assert Path("public/components/checkout.atom").exists()
