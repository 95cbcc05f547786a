"""
Run as a program: the corridor behind the production server, with a forge of the test's own.

Arguments: the port, the path of the queue, and what a look does: ``quick`` ends at once, ``slow`` ends when a
file named like the queue and ``.go`` exists. Says on standard output how far it is.
"""

import logging
import os
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from functools import partial
from multiprocessing.util import Finalize
from pathlib import Path

from flask import Flask

from tests.worker.conftest import API, QuietForge
from tracker_bridge.domain.issue import IssueRef
from tracker_bridge.hints.sqlite import SqliteHints
from tracker_bridge.reconcile import Awaited, Look
from tracker_bridge.serving import Corridor, host, now
from tracker_bridge.sweep import Sweep
from tracker_bridge.trackers import Forged, Hint
from tracker_bridge.worker import Worker


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hinting(headers: Mapping[str, str], body: bytes) -> Hint:
    if headers.get("x-secret") != "right":
        raise Forged("wrong")
    return Hint(API)


def looking(queue: Path, kind: str, ref: IssueRef, at: datetime, awaited: Awaited) -> Look:
    say(f"begun {ref}")
    go, end = queue.with_suffix(".go"), time.monotonic() + 30
    while kind == "slow" and not go.exists() and time.monotonic() < end:
        time.sleep(0.005)
    say(f"ended {ref}")
    return Look()


def load(queue: Path, kind: str) -> Flask:
    say(f"worker {os.getpid()}")
    forges = {"github": QuietForge("github", frozenset({"acme/api"}), hinting)}
    opened = ExitStack()
    hints = opened.enter_context(closing(SqliteHints(queue)))
    corridor = Corridor(
        forges,
        hints,
        Worker(hints, forges, partial(looking, queue, kind), clock=now),
        Sweep(forges, hints, lambda *_: ("incident",), clock=now),
        now,
    )

    def stop() -> None:
        corridor.stop(20)
        opened.close()
        say("finished")

    Finalize(None, stop, exitpriority=100)
    corridor.start()
    return corridor.web()


if __name__ == "__main__":
    logging.basicConfig(level="INFO", stream=sys.stderr)
    port, queue, kind = sys.argv[1:]
    host.run(partial(load, Path(queue), kind), host="127.0.0.1", port=int(port), threads=2, grace=20)
