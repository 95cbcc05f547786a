"""Where no server runs, ``tracker-bridge sweep`` on a schedule reminds."""

import re
from datetime import UTC, datetime, timedelta

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.sandbox.world import Ticket


def reminders(ticket: Ticket) -> list[str]:
    """Return whom the reminders in the thread ask."""
    asking = [note.body for note in ticket.comments if (key_of(note.body) or "").startswith("nudge:")]
    return [who for body in asking for who in re.findall(r"^@\w+", body, re.MULTILINE)]


def begun(forge: Forge, before: timedelta) -> Ticket:
    """Open an incident of alice's that long ago; what is done from now on is done a moment later."""
    forge.clock.now = datetime.now(UTC).replace(microsecond=0) - before
    ticket = forge.world.open_ticket(
        forge.project, forge.alice, "Checkout fails", "/incident declare", labels=["incident"]
    )
    forge.clock.forward(1)
    return ticket


def test_an_open_incident_that_nobody_touched_for_days_is_reconciled_and_reminded_of_once(
    forge: Forge, run: Run
) -> None:
    """S98; F23: after a long time, one reminder."""
    ticket = begun(forge, timedelta(days=3))
    assert run("sweep", "--hours", "1").exit_code == 0
    assert reminders(ticket) == ["@alice"]
    assert ", 0 changed" in run("sweep", "--hours", "1").stdout
    assert reminders(ticket) == ["@alice"]


def test_the_testers_of_an_incident_that_is_over_are_reminded(forge: Forge, run: Run) -> None:
    """S106."""
    ticket = begun(forge, timedelta(days=5))
    forge.world.comment(ticket, forge.alice, "/incident claim lead\n/incident role tester @bob")
    forge.world.comment(ticket, forge.alice, "/incident fixed\n/incident resolve")
    forge.world.close(ticket, forge.alice)
    assert run("sweep", "--hours", "1").exit_code == 0
    assert reminders(ticket) == ["@bob"]  # nobody is asked days later when it was detected
