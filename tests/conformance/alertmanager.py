"""Alertmanagers, in processes of their own, and what stands between them and a bridge: a line that fails."""

import json
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

SECONDS: Final = 120
"""Bound of every wait; each takes a few seconds."""

_ROUTES: Final = {
    "receiver": "bridge",
    "group_by": ["alertname"],
    "group_wait": "1s",
    "group_interval": "1s",
    "repeat_interval": "2s",
}


class Missed(Exception):
    """What was waited for did not come."""


def until(condition: Callable[[], bool], what: str) -> None:
    """Poll until ``condition`` holds. Raise :class:`Missed`, which says ``what`` did not come."""
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            raise Missed(f"within {SECONDS} seconds, not: {what}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def answered(
    port: int, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> int:
    """Return the status of an answer from this machine; 0 when there was none."""
    connection = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        with suppress(OSError, HTTPException):
            connection.request(method, path, body, headers or {})
            return connection.getresponse().status
        return 0
    finally:
        connection.close()


@dataclass
class Line:
    """Passes notifications on to a bridge, of which ``target`` is the port, and counts them by their groups."""

    target: Callable[[], int]
    state: str = "open"
    """``open``; ``cut``: answers 500; ``deaf``: passes on, answers 500; ``stuck``: passes on, answers nothing."""
    port: int = 0
    sent: list[str] = field(default_factory=list)
    """The group of each notification, whatever came of it."""
    confirmed: list[str] = field(default_factory=list)
    """The group of each that was answered with 2xx."""
    closing: threading.Event = field(default_factory=threading.Event)

    def tried(self, name: str, times: int) -> None:
        """Wait until the group was told so many times more."""
        before = self.sent.count(name)
        until(lambda: self.sent.count(name) >= before + times, f"{times} more notifications about {name}")

    def mended(self, *names: str) -> None:
        """
        Open it, and wait until each group was told with success.

        Of what ends before it was, Alertmanager tells nothing.
        """
        before = {name: self.confirmed.count(name) for name in names}
        self.state = "open"

        def told() -> bool:
            return all(self.confirmed.count(name) > count for name, count in before.items())

        until(told, f"success about {' and '.join(names)}")

    def passed(self, path: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Return the status to answer with; 0 to answer nothing."""
        name, state = json.loads(body)["groupLabels"]["alertname"], self.state
        self.sent.append(name)
        if state == "cut":
            return 500
        status = answered(self.target(), "POST", path, body, headers) or 502
        if state == "stuck":
            self.closing.wait(SECONDS)
            return 0
        if state == "open" and status < 300:
            self.confirmed.append(name)
        return 500 if state == "deaf" else status


@contextmanager
def a_line(target: Callable[[], int]) -> Iterator[Line]:
    line = Line(target)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            wanted = {name: self.headers[name] for name in ("Authorization", "Content-Type")}
            if status := line.passed(self.path, body, wanted):
                with suppress(OSError):
                    self.send_response(status)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    line.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        line.closing.set()
        server.shutdown()
        server.server_close()


@dataclass
class Alertmanager:
    """One of them; ``settings`` is its file."""

    process: subprocess.Popen[bytes]
    port: int
    cluster: int
    settings: Path

    def fire(self, name: str, *instances: str) -> None:
        """Alerts of one group fire, until they are said to have ended."""
        self._post([_alert(name, one) for one in instances])

    def end(self, name: str, *instances: str) -> None:
        now = datetime.now(UTC).isoformat()
        self._post([{**_alert(name, one), "endsAt": now} for one in instances])

    def reload(self, **root: object) -> None:
        """Read its settings anew, with changes to the root of its routes."""
        written = json.loads(self.settings.read_text())
        written["route"].update(root)
        self.settings.write_text(json.dumps(written))
        if (status := answered(self.port, "POST", "/-/reload")) != 200:
            raise Missed(f"the reload was answered with {status}")

    def _post(self, alerts: Sequence[Mapping[str, Any]]) -> None:
        body, headers = json.dumps(alerts).encode(), {"Content-Type": "application/json"}
        if (status := answered(self.port, "POST", "/api/v2/alerts", body, headers)) != 200:
            raise Missed(f"Alertmanager answered an alert with {status}")


@contextmanager
def an_alertmanager(
    program: Path, folder: Path, line: Line, secret: str, *, peers: Sequence[Alertmanager] = ()
) -> Iterator[Alertmanager]:
    """Start one that notifies the source ``prod`` through a line, as docs/alerts.md says."""
    folder.mkdir()
    (folder / "secret").write_text(secret)
    settings, log = folder / "alertmanager.yml", folder / "log"
    webhook = {
        "url": f"http://127.0.0.1:{line.port}/alerts/prod",
        "send_resolved": True,
        "max_alerts": 100,
        "http_config": {"authorization": {"credentials_file": str(folder / "secret")}},
    }
    settings.write_text(
        json.dumps({"route": _ROUTES, "receivers": [{"name": "bridge", "webhook_configs": [webhook]}]})
    )
    port, cluster = free_port(), free_port()
    command = [
        str(program),
        f"--config.file={settings}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--cluster.listen-address=127.0.0.1:{cluster}",
        "--cluster.gossip-interval=50ms",
        "--cluster.peer-timeout=3s",
        *(f"--cluster.peer=127.0.0.1:{peer.cluster}" for peer in peers),
    ]
    with log.open("wb") as told:
        process = subprocess.Popen(command, stdout=told, stderr=told, cwd=program.parent.parent.parent)
    try:
        until(
            lambda: process.poll() is not None or answered(port, "GET", "/-/ready") == 200, "a ready Alertmanager"
        )
        if process.poll() is not None:
            raise Missed(f"a running Alertmanager: {log.read_text()[-2000:]}")
        yield Alertmanager(process, port, cluster, settings)
    finally:
        process.kill()
        process.wait(SECONDS)


def _alert(name: str, instance: str) -> dict[str, Any]:
    return {
        "labels": {"alertname": name, "instance": instance, "severity": "critical"},
        "annotations": {"summary": f"{name} is firing"},
    }
