"""Processes of the test, and requests to them."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.serving import forked
from tests.serving.forked import Forked
from tracker_bridge.destinations import apprise
from tracker_bridge.on_call import aside

SECONDS = 60
"""Bound of every wait; nothing takes that long on a machine that is not overloaded."""


def eventually(condition: Callable[[], bool], what: str) -> None:
    """Poll until ``condition`` holds; fail, saying ``what`` did not come, when that takes too long."""
    end = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"within {SECONDS} seconds, not: {what}")
        time.sleep(0.01)


@dataclass
class Program:
    """A server in a process group of its own. What it says and logs goes to files, so that it never blocks."""

    process: subprocess.Popen[bytes] | Forked
    out: Path
    log: Path

    @property
    def said(self) -> list[str]:
        return self.out.read_text().splitlines()

    @property
    def port(self) -> int:
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", self.log.read_text())
        return int(found[1]) if found else 0

    def says(self, line: str) -> None:
        eventually(lambda: line in self.said, f"the program says {line!r}")

    def answers(self) -> None:
        eventually(lambda: self.port > 0 and self.request("GET", "/healthz") == 200, "an answer")

    def request(
        self, method: str, path: str, body: bytes | Iterator[bytes] = b"", headers: Mapping[str, str] = {}
    ) -> int:
        """Return the status; 0 when there was no answer."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        with suppress(OSError, HTTPException):
            connection.request(method, path, body, headers, encode_chunked=not isinstance(body, bytes))
            status = connection.getresponse().status
            connection.close()
            return status
        connection.close()
        return 0

    def deliver(self, secret: str = "right") -> int:
        return self.request("POST", "/hooks/github", b"{}", {"X-Secret": secret})

    def ends(self) -> int:
        return self.process.wait(SECONDS)


Start = Callable[..., Program]


@contextmanager
def starting(folder: Path, *, forks: bool = False) -> Iterator[Start]:
    """
    Start ``python -m MODULE ARGUMENTS``; every process of its group is killed at the end.

    ``forks``: in a fork of a process that has imported everything, which takes a second less.
    """
    programs: list[Program] = []

    def begin(module: str, *arguments: object, environ: Mapping[str, str] | None = None) -> Program:
        begun, name = (_forked, "fork") if forks else (_started, "program")
        out, log = (folder / f"{name}-{len(programs)}.{what}" for what in ("out", "log"))
        process = begun(module, [*map(str, arguments)], {**os.environ, **(environ or {})}, out, log)
        programs.append(Program(process, out, log))
        return programs[-1]

    try:
        yield begin
    finally:
        for program in programs:
            with suppress(ProcessLookupError):
                os.killpg(program.process.pid, signal.SIGKILL)
            program.process.kill()
            program.process.wait(SECONDS)
            sys.stdout.write(f"{program.log}:\n{program.log.read_text()}\n")  # shown when a test fails


def _started(
    module: str, arguments: list[str], environ: Mapping[str, str], out: Path, log: Path
) -> subprocess.Popen[bytes]:
    with out.open("wb") as stdout, log.open("wb") as stderr:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdout=stdout,
            stderr=stderr,
            env=dict(environ),
            start_new_session=True,
        )


def _forked(module: str, arguments: list[str], environ: Mapping[str, str], out: Path, log: Path) -> Forked:
    out.touch()
    log.touch()
    return Forked(module, arguments, environ, out, log)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a program as people do."""
    with starting(tmp_path) as begin:
        yield begin


@pytest.fixture
def fork(tmp_path: Path) -> Iterator[Start]:
    """Start the same in a fork; for what a program does once it runs."""
    with starting(tmp_path, forks=True) as begin:
        yield begin


@pytest.fixture
def in_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let processes of ours that answer one question, for a destination or a calendar, be forks."""
    for asking in (apprise, aside):
        monkeypatch.setattr(asking, "subprocess", SimpleNamespace(**{**vars(subprocess), "run": forked.run}))
