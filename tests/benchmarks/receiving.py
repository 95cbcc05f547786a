"""
Receiving: what a delivery costs over HTTP, against the same server that does nothing

Processor time of the server's process for each signed comment of about 14 kB, on 16 connections that are kept.
"New" deliveries are answered when they are on disk.
"""

import hashlib
import hmac
import json
import selectors
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

from tests.benchmarks.goal import Found, Goal
from tests.benchmarks.ingest import SECRET, SIZE
from tests.benchmarks.report import progress, table

CONNECTIONS = 16
REQUESTS = 1_000
ROUNDS = 5
"""The rounds of all rows take turns; the cheapest of each counts, which others disturbed least."""

IDLE, HALF = 600, 200


def main() -> None:
    costs = measured()
    first = next(iter(costs.values()))
    table(
        f"Deliveries over HTTP, {CONNECTIONS} connections",
        ["delivery", "us of processor time", "x nothing"],
        [[name, cost * 1e6, cost / first] for name, cost in costs.items()],
    )


def measured() -> dict[str, float]:
    """Return the seconds of processor time for each delivery of a kind."""
    numbers = count(2)
    same, other, forged = delivery(1), delivery(1, project="acme/other"), delivery(1, secret="of somebody else")
    with (
        server("nothing") as nothing,
        server("receiver") as receiver,
        server("receiver") as held,
        ExitStack() as bad,
    ):
        crowd(held, bad)
        rows: dict[str, tuple[Server, Callable[[], bytes]]] = {
            "server that does nothing": (nothing, lambda: same),
            "coalesced: its issue is pending": (receiver, lambda: same),
            "ignored: another project": (receiver, lambda: other),
            "forged": (receiver, lambda: forged),
            "new: another issue each time": (receiver, lambda: delivery(next(numbers))),
            f"coalesced, beside {IDLE + HALF} bad connections": (held, lambda: same),
        }
        costs = {name: float("inf") for name in rows}
        for number in range(ROUNDS):
            progress(f"receiving, round {number + 1} of {ROUNDS}")
            for name, (one, request) in rows.items():
                costs[name] = min(costs[name], one.cost([request() for _ in range(REQUESTS)]))
    return costs


def _beside_probot() -> Found:
    """Probot 14 took 318, 202 and 216 us, on the machine of the tables in docs/benchmarks.md."""
    _, pending, ignored, _, new, _ = (1e6 * cost for cost in measured().values())
    met = pending <= 318 / 2 and ignored <= 202 / 2 and new <= 216
    return Found(f"{pending:.0f}, {ignored:.0f}, {new:.0f} us, timed", met)


GOALS = (
    Goal(
        "a delivery that is pending, ignored, new on disk: processor time",
        "427, 470, 979 us",
        "159, 101, 216 us",
        _beside_probot,
        quick=False,
    ),
)


class Server:
    """A process that listens on ``port``."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.port = port
        self._process = process

    def cost(self, requests: list[bytes]) -> float:
        """Send them, and return the seconds of processor time for each."""
        before = self._seconds()
        exchange(self.port, requests)
        return (self._seconds() - before) / len(requests)

    def _seconds(self) -> float:
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text().split()[0]) for one in tasks) / 1e9


@contextmanager
def server(kind: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks._receiving", kind, f"{folder}/queue.sqlite3"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            yield Server(process, int(process.stdout.readline()))
        finally:
            process.kill()
            process.communicate()


def crowd(one: Server, opened: ExitStack) -> None:
    """Open connections that want nothing, and others that send half a delivery."""
    half = delivery(1)[:1000]
    for number in range(IDLE + HALF):
        made = opened.enter_context(socket.create_connection(("127.0.0.1", one.port)))
        if number < HALF:
            made.sendall(half)


def exchange(port: int, requests: list[bytes]) -> None:
    """Send the requests over a few connections, on each one after the other, until all are answered."""
    waiting = iter(requests)
    with ExitStack() as opened, selectors.DefaultSelector() as selector:
        for _, request in zip(range(CONNECTIONS), waiting, strict=False):
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            selector.register(one, selectors.EVENT_READ)
            one.sendall(request)
        left = len(requests)
        while left:
            for key, _ in selector.select():
                answer = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                if not answer.startswith((b"HTTP/1.1 202", b"HTTP/1.1 401")):
                    raise ConnectionError(answer.decode())
                left -= 1
                if (request := next(waiting, b"")) != b"":
                    key.fileobj.sendall(request)  # type: ignore[union-attr]


def delivery(number: int, project: str = "acme/api", secret: str = SECRET) -> bytes:
    """Return a whole request with a signed comment."""
    comment = {"id": number, "body": "x" * SIZE, "updated_at": "2026-11-23T12:00:00Z"}
    told = {
        "action": "created",
        "repository": {"full_name": project},
        "issue": {"number": number},
        "comment": comment,
    }
    body = json.dumps({**told, "sender": {"id": 5}}).encode()
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    head = (
        "POST /hooks/github HTTP/1.1\r\nHost: bridge.example.org\r\nUser-Agent: GitHub-Hookshot/044aadd\r\n"
        "Accept: */*\r\nContent-Type: application/json\r\n"
        "X-GitHub-Delivery: b8d1d5d0-0000-11ee-9a7b-4f0000000000\r\n"
        "X-GitHub-Event: issue_comment\r\nX-GitHub-Hook-ID: 1\r\nX-GitHub-Hook-Installation-Target-ID: 2\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
