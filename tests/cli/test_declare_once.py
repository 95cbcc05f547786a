"""One key, one issue: alerts come twice, from two machines at once, and their answers are lost (S23)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tests.serving.conftest import SECONDS
from tests.serving.forked import forking
from tracker_bridge.cli import declare
from tracker_bridge.sandbox.faults import Cut, Fault, FaultResponse, Lag, Lose, Slow
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.serving import alone
from tracker_bridge.settings import Settings

ISSUES = "/issues$"


def project(forge: Forge) -> str:
    return f"{forge.name}:{forge.project.path}"


def tickets(forge: Forge) -> list[Ticket]:
    return list(forge.project.tickets.values())


def labels(ticket: Ticket) -> set[str]:
    return {label.name for label in ticket.labels}


@pytest.mark.parametrize("sockets", [True])
def test_four_machines_at_once_leave_one_open_and_ping_nobody(
    forge: Forge, capsys: pytest.CaptureFixture[str]
) -> None:
    """Threads stand for machines: what keeps processes of one machine apart does not keep them apart."""
    forge.sandbox.faults.add(Slow(1), method="POST", path=ISSUES, times=4)
    args = [project(forge), "Checkout answers 502"]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(declare.command.main, args, standalone_mode=False) for _ in range(4)]:
            done.result()

    first, *others = sorted(tickets(forge), key=lambda one: one.number)
    assert others, "they did not meet"
    assert re.findall(r"\S+$", capsys.readouterr().out, re.MULTILINE) == [f"{project(forge)}#{first.number}"] * 4
    assert (first.open, labels(first)) == (True, {"incident"})
    for other in others:
        assert (other.open, labels(other), other.comments) == (False, set(), [])
        assert f"the incident continues in #{first.number}." in other.body
        assert "@" not in other.body


def impatient(queue: Path, told: Connection) -> None:
    """What another process does: tell whether it is alone with each of two keys."""
    for key in ("one", "another"):
        with patch.object(alone, "PATIENCE", 0), alone.alone(Settings(queue=queue), key) as held:
            told.send(held)


def test_processes_of_one_machine_wait_for_each_other_but_not_for_other_alerts(tmp_path: Path) -> None:
    queue = tmp_path / "queue.sqlite3"
    ours, theirs = forking().Pipe()
    with alone.alone(Settings(queue=queue), "one"):
        forking().Process(target=impatient, args=(queue, theirs), daemon=True).start()
        assert ours.poll(SECONDS)
        assert [ours.recv(), ours.recv()] == [False, True]


FAULTS: dict[str, Fault] = {
    "lost, done": Lose(done=True),
    "lost, not done": Lose(done=False),
    "502, done": FaultResponse(502, done=True),
    "502, not done": FaultResponse(502),
    "cut": Cut(),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("times", [1, 2])
def test_an_unclear_answer_opens_one(forge: Forge, run: Run, fault: str, times: int) -> None:
    forge.sandbox.faults.add(FAULTS[fault], method="POST", path=ISSUES, times=times)

    result = run("declare", project(forge), "Checkout answers 502")

    assert result.exit_code == 0, result.output
    [ticket] = tickets(forge)
    assert f"opened: {project(forge)}#{ticket.number}" in result.output


def test_one_that_is_not_listed_yet_is_not_opened_twice_for_long(forge: Forge, run: Run) -> None:
    """The answer is lost, and the next look does not see what was opened: a second one, which is closed."""
    forge.sandbox.faults.add(Lose(done=True), method="POST", path=ISSUES)
    forge.sandbox.faults.add(Lag(requests=50), path=ISSUES, nth=2, times=3)

    result = run("declare", project(forge), "Checkout answers 502")

    assert result.exit_code == 0, result.output
    assert [one.open for one in tickets(forge)] == [True, False]
    assert f"{project(forge)}#{tickets(forge)[0].number}" in result.output


def test_a_tracker_that_wants_to_be_left_alone_is(forge: Forge, run: Run) -> None:
    forge.sandbox.faults.add(FaultResponse(429, {"Retry-After": "120"}), method="POST", path=ISSUES)

    result = run("declare", project(forge), "Checkout answers 502")

    assert result.exit_code == 1
    assert "try again in" in result.output
    assert tickets(forge) == []


def test_a_key_finds_what_it_opened_whatever_it_is_called_by_now(forge: Forge, run: Run) -> None:
    run("declare", project(forge), "Disk of db1 is 90 % full", "--key", "disk-db1")
    [ticket] = tickets(forge)
    forge.world.edit_ticket(ticket, forge.alice, title="db1 is read-only")
    forge.clock.forward(3600)

    again = run("declare", project(forge), "Disk of db1 is 97 % full", "--key", "disk-db1")
    other = run("declare", project(forge), "db1 is read-only", "--key", "probe-db1")

    assert f"already open: {project(forge)}#{ticket.number}" in again.output
    assert "  opened: " in other.output
    assert len(tickets(forge)) == 2


def test_what_is_over_is_opened_anew(forge: Forge, run: Run) -> None:
    run("declare", project(forge), "Checkout answers 502")
    [ticket] = tickets(forge)
    forge.world.close(ticket, forge.alice)
    ticket.created_at = forge.clock.forward(-86_400)

    assert "  opened: " in run("declare", project(forge), "Checkout answers 502").output


def test_one_that_the_server_took_up_before_it_was_closed_comes_to_rest(forge: Forge, run: Run) -> None:
    title = "Checkout answers 502"
    run("declare", project(forge), title)
    [first] = tickets(forge)
    later = forge.world.open_ticket(forge.project, forge.bot, title, first.body, labels=["incident"])
    ref = f"{project(forge)}#{later.number}"
    assert "post a comment (status)" in run("reconcile", ref).output

    marker = f"<!-- tracker-bridge:repeats:{first.number} -->"
    forge.world.edit_ticket(later, forge.bot, body=f"The incident continues in #{first.number}.\n\n{marker}")
    forge.world.unlabel(later, forge.bot, "incident")
    forge.world.close(later, forge.bot)
    run("reconcile", ref)

    assert later.comments == []
    assert not later.open
    assert "up to date" in run("reconcile", ref).output


def test_one_that_was_closed_a_moment_ago_is_not_open(forge: Forge, run: Run) -> None:
    """The clocks of the forge and of this machine agree here, so that it was opened a moment ago."""
    forge.clock.now = datetime.now(UTC).replace(microsecond=0)
    run("declare", project(forge), "Checkout answers 502")
    [ticket] = tickets(forge)
    assert "already open" in run("declare", project(forge), "Checkout answers 502").output
    forge.world.close(ticket, forge.alice)

    assert "  opened: " in run("declare", project(forge), "Checkout answers 502").output
    assert [one.open for one in tickets(forge)] == [False, True]


@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
def test_a_duplicate_is_closed_although_an_answer_is_lost(forge: Forge, run: Run, method: str) -> None:
    forge.sandbox.faults.add(Lose(done=True), method="POST", path=ISSUES)
    forge.sandbox.faults.add(Lag(requests=50), path=ISSUES, nth=2, times=3)
    forge.sandbox.faults.add(Lose(done=False), method=method, path="/issues/", times=2)

    result = run("declare", project(forge), "Checkout answers 502")

    assert result.exit_code == 0, result.output
    first, later = tickets(forge)
    assert (first.open, later.open, labels(later)) == (True, False, set())
    assert f"the incident continues in #{first.number}." in later.body
