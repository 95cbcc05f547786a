"""Receivers and workers that share a queue in PostgreSQL, each in a process of its own, as deploy/ starts them."""

import re
import signal
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import psycopg
import pytest
import yaml
from click.testing import CliRunner

from tests.postgres import temporary_folder
from tests.postgres.door import Door
from tests.serving.conftest import SECONDS, Program, Start, eventually
from tests.serving.test_whole import SCOPES, SECRET, Town, documents
from tracker_bridge.cli import main
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import Hook, World

KEY = "k" * 32
ROOT = Path(__file__).parents[2]


@pytest.fixture
def town() -> Iterator[Town]:
    """GitLab here, GitHub below: processes are dear, and the forge makes no difference to them."""
    with Sandbox(World()) as sandbox:
        yield Town("gitlab", sandbox)


def connect(town: Town, *receivers: Program) -> None:
    """Let the project's webhooks call the receivers: each gets all, as after a load balancer that repeats."""
    settings: dict[str, object] = dict.fromkeys(SCOPES, True)
    for number, receiver in enumerate(receivers, 1):
        url = f"http://127.0.0.1:{receiver.port}/hooks/{town.forge}"
        town.project.hooks[number] = Hook(number, url, secret=SECRET, settings=settings)


def services() -> dict[str, list[str]]:
    """Return what the Compose file starts, by service; ports are whatever is free here, on this machine only."""
    shown = yaml.safe_load((ROOT / "deploy/compose.postgres.yaml").read_text())["services"]
    commands = {name: one["command"] for name, one in shown.items() if "command" in one}
    free = {"0.0.0.0": "127.0.0.1", "8080": "0"}
    return {name: [free.get(word, word) for word in command] for name, command in commands.items()}


def empty(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        [name] = connection.execute("SELECT current_schema()").fetchone() or [""]
        connection.execute("SET client_min_messages = warning")
        connection.execute(f"DROP SCHEMA {name} CASCADE; CREATE SCHEMA {name}")


def metrics(port: int) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    connection.request("GET", "/metrics")
    page = connection.getresponse().read().decode()
    connection.request("POST", "/hooks/gitlab", b"{}")
    assert connection.getresponse().status == 404
    connection.close()
    return page


def reconciled(page: str) -> int:
    found = re.findall(
        r'tracker_bridge_reconcile_seconds_count{outcome="(?:un)?changed",tracker="gitlab"} (\d+)', page
    )
    return sum(map(int, found))


def test_what_the_compose_file_starts_is_one_bridge(town: Town, database: str, start: Start, fork: Start) -> None:
    environ = town.environ(database, signing_key=KEY, workers="2", metrics_port="0")
    commands = services()
    workers = start("tracker_bridge", *commands.pop("worker"), environ=environ)
    first, second = commands.values()
    receivers = [begin("tracker_bridge", *one, environ=environ) for begin, one in ((start, first), (fork, second))]
    for receiver in receivers:
        receiver.answers()
    eventually(lambda: workers.log.read_text().count("running: gitlab") == 3, "three workers")
    eventually(lambda: "swept 1 projects" in workers.log.read_text(), "one of them sweeps")
    connect(town, *receivers)
    tickets = [town.report() for _ in range(3)]
    for ticket in tickets:
        eventually(lambda ticket=ticket: "status" in documents(ticket), "the status comment")  # type: ignore[misc]

    ports = re.findall(r"listening on http://127\.0\.0\.1:(\d+)", workers.log.read_text())
    assert len(ports) == 3

    def reported() -> list[str]:
        return [metrics(int(port)) for port in ports]

    eventually(lambda: sum(map(reconciled, reported())) >= 3, "the end of three reconciles")
    figures = reported()
    assert sum(page.count('tracker_bridge_sweeps_total{outcome="done"') for page in figures) == 1

    for program in (*receivers, workers):
        program.process.send_signal(signal.SIGTERM)
    assert [program.ends() for program in (*receivers, workers)] == [0, 0, 0]
    assert [documents(ticket).count("status") for ticket in tickets] == [1, 1, 1]
    logs = "".join(program.log.read_text() for program in (*receivers, workers))
    assert "Traceback" not in logs
    assert workers.log.read_text().count("swept 1 projects") == 1


def test_a_receiver_starts_and_takes_deliveries_while_the_database_is_away(database: str, fork: Start) -> None:
    door = Door(database, temporary_folder())
    with Sandbox(World()) as sandbox:
        town = Town("github", sandbox)
        environ = town.environ(door.url, signing_key=KEY)
        receiver = fork("tracker_bridge", "receive", environ=environ)
        receiver.answers()
        assert receiver.request("GET", "/readyz") == 200
        connect(town, receiver)
        ticket = town.report()
        sandbox.hooks.settle(60)
        assert {one.status for one in sandbox.hooks.log} == {202}

        door.open()
        worker = fork("tracker_bridge", "work", environ={**environ, "TRACKER_BRIDGE_SWEEP_EVERY": "1h"})
        eventually(lambda: "status" in documents(ticket), "the status comment")
        worker.process.send_signal(signal.SIGTERM)
        assert worker.ends() == 0
        assert "Traceback" not in receiver.log.read_text() + worker.log.read_text()
    door.shut()


def test_an_empty_database_takes_the_place_of_one_that_was_lost(database: str, fork: Start) -> None:
    """With it, and with a receiver that is killed, all is lost that was not processed: the sweep finds it."""
    door = Door(database, temporary_folder())
    door.open()
    with Sandbox(World()) as sandbox:
        town = Town("github", sandbox)
        environ = town.environ(door.url, signing_key=KEY, sweep_every="2s", full_sweep_every="1h")
        receiver, worker = (
            fork("tracker_bridge", "receive", environ=environ),
            fork("tracker_bridge", "work", environ=environ),
        )
        receiver.answers()
        connect(town, receiver)
        before = town.report()
        eventually(lambda: "status" in documents(before), "the status comment")

        door.shut()
        lost = town.report()
        sandbox.hooks.settle(60)
        assert {one.status for one in sandbox.hooks.log} == {202}
        receiver.process.kill()
        empty(database)
        door.open()
        eventually(lambda: "status" in documents(lost), "the status comment that nobody was told of")

        receiver = fork("tracker_bridge", "receive", environ=environ)
        receiver.answers()
        connect(town, receiver)
        sandbox.world.comment(before, town.alice, "/incident resolve")
        eventually(lambda: "summary" in documents(before), "the summary")
        worker.process.send_signal(signal.SIGTERM)
        assert worker.ends() == 0
        assert [documents(one).count("status") for one in (before, lost)] == [1, 1]
        assert "Traceback" not in worker.log.read_text()
    door.shut()


@pytest.mark.parametrize("command", [["receive"], ["work", "--processes", "2"]])
def test_what_shares_a_queue_says_that_a_file_is_for_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    with Sandbox(World()) as sandbox:
        for name, value in Town("gitlab", sandbox).environ(tmp_path / "queue").items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        result = CliRunner().invoke(main, command)
    assert result.exit_code == 2
    assert "queue (TRACKER_BRIDGE_QUEUE): is a file, which one process can use" in result.stderr
    assert "needs PostgreSQL" in result.stderr
    assert "Traceback" not in result.stderr
