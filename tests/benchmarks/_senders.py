"""Who sends deliveries over HTTP, and measures what that costs a server of another process."""

import selectors
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.benchmarks._delivery import PROJECT, SECRET, signed

CONNECTIONS: Final = 16
IDLE: Final = 600
HALF: Final = 200
_ANSWERS: Final = tuple(f"HTTP/1.1 {status}".encode() for status in (200, 202, 400, 401))


@dataclass
class Cost:
    """The least processor time for each delivery of a round, and the least of the 99th percentiles; in seconds."""

    each: float = float("inf")
    p99: float = float("inf")


class Server:
    """A process that listens on ``port``."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.port = port
        self._process = process

    def measure(self, requests: list[bytes], cost: Cost) -> None:
        """Send them, and note in ``cost`` what is less than before."""
        before = self._seconds()
        waits = sorted(exchange(self.port, requests))
        cost.each = min(cost.each, (self._seconds() - before) / len(requests))
        cost.p99 = min(cost.p99, waits[len(waits) * 99 // 100])

    @property
    def peak(self) -> float:
        """The most memory that the process had, in MB."""
        told = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(told.partition("VmHWM:")[2].split()[0]) / 1000

    def _seconds(self) -> float:
        tasks = Path(f"/proc/{self._process.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text().split()[0]) for one in tasks) / 1e9


@contextmanager
def server(command: list[str]) -> Iterator[Server]:
    """Start a program that prints its port; end it afterwards."""
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


def exchange(port: int, requests: list[bytes]) -> list[float]:
    """
    Send the requests over a few connections, on each one after the other, until all are answered.

    Return how many seconds each answer took.
    """
    waiting, sent, took = iter(requests), dict[object, float](), list[float]()

    def send(one: socket.socket, request: bytes) -> None:
        sent[one] = time.perf_counter()
        one.sendall(request)

    with ExitStack() as opened, selectors.DefaultSelector() as selector:
        for _, request in zip(range(CONNECTIONS), waiting, strict=False):
            one = opened.enter_context(socket.create_connection(("127.0.0.1", port)))
            selector.register(one, selectors.EVENT_READ)
            send(one, request)
        while len(took) < len(requests):
            for key, _ in selector.select():
                one: socket.socket = key.fileobj  # type: ignore[no-redef] # they are sockets
                answer = one.recv(65_536)
                if not answer.startswith(_ANSWERS):
                    raise ConnectionError(answer.decode())
                took.append(time.perf_counter() - sent[one])
                if (request := next(waiting, b"")) != b"":
                    send(one, request)
    return took


def delivery(number: int, project: str = PROJECT, secret: str = SECRET) -> bytes:
    """Return a whole request with a signed comment."""
    body, signature = signed(number, project, secret)
    head = (
        "POST /hooks/github HTTP/1.1\r\nHost: bridge.example.org\r\nUser-Agent: GitHub-Hookshot/044aadd\r\n"
        "Accept: */*\r\nContent-Type: application/json\r\n"
        "X-GitHub-Delivery: b8d1d5d0-0000-11ee-9a7b-4f0000000000\r\n"
        "X-GitHub-Event: issue_comment\r\nX-GitHub-Hook-ID: 1\r\nX-GitHub-Hook-Installation-Target-ID: 2\r\n"
        f"X-Hub-Signature-256: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
