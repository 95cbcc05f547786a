"""A process that stands still while it holds an issue: SIGSTOP, as a suspended machine, or a debugger."""

import signal
import threading
from datetime import UTC, datetime
from typing import Any

import psycopg

from tests.postgres import opened
from tests.serving.conftest import SECONDS, Start, eventually
from tests.serving.test_whole import Town, documents
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.sandbox.faults import Fault, Faults
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.switchboard import Request
from tracker_bridge.sandbox.world import World
from tracker_bridge.trackers import IssueChanged


class Gates(Faults):
    """Who asks for somebody's rights waits at a gate of their own: they have read the thread by then."""

    def __init__(self) -> None:
        super().__init__()
        self.gates = [threading.Event(), threading.Event()]
        self.came = 0

    def take(self, method: str, path: str) -> Fault | None:
        if path.endswith("/permission") and self.came < len(self.gates):
            gate = self.gates[self.came]
            self.came += 1
            gate.wait(SECONDS)
        return super().take(method, path)


def rows(database: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return what is held and what is due, by status: number and holder."""
    query = """
        SELECT status::text, id, worker_id FROM procrastinate_jobs
        WHERE status = 'doing' OR scheduled_at <= now()
    """
    with psycopg.connect(database) as connection:
        found = connection.execute(query).fetchall()
    return {status: [row[1:] for row in found if row[0] == status] for status in ("doing", "todo")}


def writes(sandbox: Sandbox) -> list[Request]:
    asked = [one for one in sandbox.requests if one.method != "GET"]
    return [one for one in asked if "graphql" not in one.path or b"mutation" in one.body]


def test_a_process_that_stood_still_writes_nothing_and_takes_nothing_away(database: str, fork: Start) -> None:
    gates = Gates()
    with Sandbox(World(), faults=gates) as sandbox:
        town = Town("github", sandbox)
        environ = town.environ(database, signing_key="k" * 32, lease="5s", workers="1", sweep_every="1h")
        stopped = fork("tracker_bridge", "work", environ=environ)
        eventually(lambda: "swept 1 projects" in stopped.log.read_text(), "the first round of the sweep")
        ticket = town.report()
        with opened(database) as queue:
            queue.add(IssueChanged(IssueRef("github", "acme/api", ticket.number)), datetime.now(UTC))
            eventually(lambda: gates.came == 1, "it is about to write")
            stopped.process.send_signal(signal.SIGSTOP)
            other = fork("tracker_bridge", "work", environ=environ)
            eventually(lambda: gates.came == 2, "the lease ends, and another process is about to write")
            held = rows(database)
            assert [len(held["doing"]), len(held["todo"])] == [1, 0]

            stopped.process.send_signal(signal.SIGCONT)
            gates.gates[0].set()
            eventually(lambda: bool(rows(database)["todo"]), "it gives back what it does not have any more")
            assert rows(database)["doing"] == held["doing"]
            assert not writes(sandbox)

            gates.gates[1].set()
            eventually(lambda: "status" in documents(ticket), "the status comment")
            eventually(lambda: not any(rows(database).values()), "it was looked at once more")

        for program in (stopped, other):
            program.process.send_signal(signal.SIGTERM)
        assert [stopped.ends(), other.ends()] == [0, 0]
        posted = [one for one in writes(sandbox) if one.method == "POST" and one.path.endswith("/comments")]
        assert len(documents(ticket)) == len(posted) == len(set(documents(ticket)))
        assert "Traceback" not in stopped.log.read_text() + other.log.read_text()
