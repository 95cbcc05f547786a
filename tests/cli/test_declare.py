"""Opening an incident from the command line: for alerts and scripts (S23, S89)."""

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tracker_bridge.sandbox.world import Ticket


def project(forge: Forge) -> str:
    return f"{forge.name}:{forge.project.path}"


def tickets(forge: Forge) -> list[Ticket]:
    return list(forge.project.tickets.values())


def test_an_incident_is_opened_with_what_is_known_and_taken_up(forge: Forge, run: Run) -> None:
    result = run(
        "declare",
        project(forge),
        "Checkout answers 502",
        *("--started", "~2026-11-02 08:05", "--detected", "2026-11-02 08:12"),
        *("--severity", "sev1", "--label", "service:shop", "--text", "HTTP 502\n/close\n```\n@everyone"),
    )

    assert result.exit_code == 0, result.output
    [ticket] = tickets(forge)
    assert f"opened: {project(forge)}#{ticket.number}" in result.output
    assert ticket.title == "Checkout answers 502"
    assert {label.name for label in ticket.labels} == {"incident", "service:shop"}
    assert ticket.open
    shown = run("show", f"{project(forge)}#{ticket.number}")
    assert "2026-11-02 08:12" in shown.output
    assert "sev1" in shown.output
    assert "alarm" in shown.output


def test_saying_it_a_hundred_times_opens_one(forge: Forge, run: Run) -> None:
    run("declare", project(forge), "Checkout answers 502")
    for title in ("Checkout answers 502", "  checkout ANSWERS 502 "):
        again = run("declare", project(forge), title)
        assert again.exit_code == 0, again.output
        assert "is open already" in again.output
    assert len(tickets(forge)) == 1

    run("declare", project(forge), "Mail is slow")
    assert len(tickets(forge)) == 2


def test_one_that_people_opened_is_found(forge: Forge, run: Run) -> None:
    theirs = forge.world.open_ticket(forge.project, forge.alice, "Checkout answers 502", labels=["incident"])

    result = run("declare", project(forge), "Checkout answers 502")

    assert f"is open already: {project(forge)}#{theirs.number}" in result.output
    assert tickets(forge) == [theirs]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--started", "yesterday"], "--started"),
        (["--severity", "sev9"], "there are sev1, sev2, sev3, sev4"),
        (["--by", "mum"], "--by"),
    ],
)
def test_mistakes_are_told_and_nothing_is_opened(
    forge: Forge, run: Run, options: list[str], complaint: str
) -> None:
    result = run("declare", project(forge), "Checkout answers 502", *options)

    assert result.exit_code == 2
    assert complaint in result.output
    assert tickets(forge) == []
