"""A receiver of HTTP on loopback that does what it is told: answers, drips, hangs, breaks off."""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Turn = Callable[[socket.socket, "Receiver"], None]
"""What becomes of one connection, once its request was read."""


@dataclass
class Receiver:
    """``turns`` are for one connection each; the last one stays. ``before``: it answers without reading."""

    turns: list[Turn]
    port: int = 0
    requests: list[Request] = field(default_factory=list)
    came: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self, count: int = 1) -> None:
        for _ in range(count):
            assert self.came.acquire(timeout=30), "no request came"


def answer(status: int = 200, body: str | Mapping[str, Any] = "ok", **headers: str) -> Turn:
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} x", f"Content-Length: {len(text.encode())}"]
    lines += [f"{name}: {value}" for name, value in named.items()]

    def turn(sock: socket.socket, _: Receiver) -> None:
        sock.sendall("\r\n".join((*lines, "", text)).encode())

    return turn


def raw(data: bytes) -> Turn:
    """Send that, and end."""
    return lambda sock, _: sock.sendall(data)


def hang(_: socket.socket, receiver: Receiver) -> None:
    """Say nothing until the test is over."""
    receiver.over.wait(60)


def drip(data: bytes = b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000) -> Turn:
    """Send a byte now and then, each of them in time for whoever measures between two bytes."""

    def turn(sock: socket.socket, receiver: Receiver) -> None:
        for at in range(len(data)):
            sock.sendall(data[at : at + 1])
            if receiver.over.wait(0.02):
                return

    return turn


def reset(data: bytes = b"") -> Turn:
    """Break the connection off, after some of an answer."""

    def turn(sock: socket.socket, _: Receiver) -> None:
        sock.sendall(data)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

    return turn


@contextmanager
def receiving(*turns: Turn) -> Iterator[Receiver]:
    receiver = Receiver([*turns])
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        receiver.port = listener.getsockname()[1]
        accepting = threading.Thread(target=_accept, args=(listener, receiver), daemon=True)
        accepting.start()
        yield receiver
        receiver.over.set()
        listener.shutdown(socket.SHUT_RDWR)
        accepting.join(10)


def _accept(listener: socket.socket, receiver: Receiver) -> None:
    threads = []
    with suppress(OSError):
        while True:
            sock, _ = listener.accept()
            turn = receiver.turns.pop(0) if len(receiver.turns) > 1 else receiver.turns[0]
            threads.append(threading.Thread(target=_serve, args=(sock, turn, receiver), daemon=True))
            threads[-1].start()
    for thread in threads:
        thread.join(10)


def _serve(sock: socket.socket, turn: Turn, receiver: Receiver) -> None:
    with sock, suppress(OSError):
        sock.settimeout(30)
        if request := _read(sock):
            receiver.requests.append(request)
            receiver.came.release()
            turn(sock, receiver)


def _read(sock: socket.socket) -> Request | None:
    with sock.makefile("rb") as file:
        first = file.readline().decode("latin-1").split()
        if len(first) < 2:
            return None
        headers = {}
        while line := file.readline().decode("latin-1").strip():
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Request(first[0], first[1], headers, file.read(int(headers.get("content-length", 0))))
