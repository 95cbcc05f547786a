"""
Run as a program: the corridor behind the production server, with a forge of the test's own.

Arguments: the port, the path of the queue, what a look does, how many seconds a request may take to arrive, and
perhaps how many connections there may be. WITHOUT_HTTPTOOLS in the environment: as if that was not installed.
A look is ``quick`` and ends at once, or ``slow`` and ends when a file named like the queue and ``.go`` exists.
Says on standard output how far it is.
"""

import logging
import os
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

if "WITHOUT_HTTPTOOLS" in os.environ:
    for known in [*sys.modules]:  # in a fork, others were imported with it, and are imported again
        if known.startswith(("httptools", "uvicorn", "tracker_bridge.serving")):
            del sys.modules[known]
    sys.modules["httptools"] = None  # type: ignore[assignment] # what makes an import fail

from tests.worker.conftest import API, QuietForge
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Awaited, ReconcileResult
from tracker_bridge.serving import host, ports
from tracker_bridge.serving.bridge import now
from tracker_bridge.serving.running import told_to_end
from tracker_bridge.serving.runtime import Runtime
from tracker_bridge.sweep import Sweep
from tracker_bridge.trackers import Forged, IssueChanged
from tracker_bridge.web import asynchronous
from tracker_bridge.web.operator import Window
from tracker_bridge.worker import Worker


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hinting(headers: Mapping[str, str], body: bytes) -> IssueChanged:
    if headers.get("x-secret") != "right":
        raise Forged("wrong")
    if headers.get("x-length", str(len(body))) != str(len(body)):
        raise Forged("cut off")
    return IssueChanged(API)


def screening(headers: Mapping[str, str]) -> None:
    if "x-secret" not in headers:
        raise Forged("missing")


def looking(
    queue_file: Path, kind: str, ref: IssueRef, at: datetime, expected_comments: Awaited
) -> ReconcileResult:
    say(f"begun {ref}")
    go, end = queue_file.with_suffix(".go"), time.monotonic() + 30
    while kind == "slow" and not go.exists() and time.monotonic() < end:
        time.sleep(0.005)
    say(f"ended {ref}")
    return ReconcileResult()


def serve(port: int, queue_file: Path, kind: str, patience: float, most: int | None) -> None:
    forges = {"github": QuietForge("github", frozenset({"acme/api"}), hinting, screening)}
    with closing(SqliteQueue(queue_file)) as queue, ports.listening("127.0.0.1", port) as listener:
        told = told_to_end()
        runtime = Runtime(
            forges,
            queue,
            Worker(queue, forges, partial(looking, queue_file, kind), clock=now),
            Sweep(forges, queue, lambda *_: ("incident",), clock=now),
            now,
            window=Window(metrics=lambda: (b"x" * 1_000_000, "text/plain")),  # to see who does not read it
        )
        runtime.start()
        logging.getLogger("served").info("listening on %s", ports.address_of(listener))
        host.run(asynchronous(runtime.web(), threads=2), listener, told, patience=patience, most=most)
        runtime.stop(20)
    say("finished")


if __name__ == "__main__":
    logging.basicConfig(level="INFO", stream=sys.stderr)
    port, queue_file, kind, patience, *most = sys.argv[1:]
    serve(int(port), Path(queue_file), kind, float(patience), int(most[0]) if most else None)
