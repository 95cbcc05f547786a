"""``board``: what is open now, as text and as data."""

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.exporting.schemas import valid


def test_it_lists_what_is_open_by_severity(forge: Forge, run: Run) -> None:
    for title, severity in (("Search is slow", "sev3"), ("Payments fail", "sev1")):
        ticket = forge.world.open_ticket(forge.project, forge.alice, title, labels=["incident", "service:shop"])
        forge.world.comment(ticket, forge.alice, f"/incident severity {severity}\n/incident claim lead")
    ended = forge.world.open_ticket(forge.project, forge.alice, "All is well", labels=["incident"])
    forge.world.comment(ended, forge.alice, "/incident resolve")
    assert run("sweep").exit_code == 0

    text = run("board").stdout
    assert text.index("sev1  Payments fail") < text.index("sev3  Search is slow")
    assert "All is well" not in text
    assert "  Incident Lead: alice\n" in text
    assert "  Needed: One main channel for updates\n    /incident channel main <where>\n" in text
    assert text.endswith("2 incidents open\n")

    data = valid(run("board", "--json").stdout, "board")
    assert [(one["severity"], one["services"]) for one in data["incidents"]] == [
        ("sev1", ["shop"]),
        ("sev3", ["shop"]),
    ]


def test_of_what_is_confidential_only_the_number_is_shown(forge: Forge, run: Run) -> None:
    forge.world.open_ticket(
        forge.project, forge.alice, "Customer data", labels=["incident"], confidential=forge.name == "gitlab"
    )
    assert run("sweep").exit_code == 0
    text = run("board").stdout
    assert ("Customer data" in text) == (forge.name == "github")
    assert ("1 incident open, 1 confidential" in text) == (forge.name == "gitlab")
