"""
Holding up: how long an answer takes while four threads of the same process fold long threads

Each folds a thread of 2,400 commands again and again; another process asks for /healthz meanwhile. "As it was":
all four at once, with Python's default turns of 5 ms.
"""

import gc
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from unittest import mock

from tests.benchmarks.growth import Quiet, quiet
from tests.benchmarks.ingest import now, opened_queue
from tests.benchmarks.report import Cell, progress, table
from tracker_bridge.reconcile import turns
from tracker_bridge.serving import host, ports
from tracker_bridge.serving.runtime import COLLECTED, TURN
from tracker_bridge.web import asynchronous, create_app

LENGTH = 2_400
SECONDS = 8

_ASK = """
import http.client, json, sys, time
port, end, took = int(sys.argv[1]), time.monotonic() + float(sys.argv[2]), []
while time.monotonic() < end:
    begin = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/healthz")
    connection.getresponse().read()
    connection.close()
    took.append(1e3 * (time.perf_counter() - begin))
    time.sleep(0.01)
print(json.dumps(sorted(took)))
"""


def main() -> None:
    gc.set_threshold(COLLECTED)
    progress(f"four threads of {LENGTH:,} commands")
    folding = [quiet(LENGTH, LENGTH) for _ in range(4)]
    for one in folding:
        one.bridge = folding[0].bridge
    rows: list[Sequence[Cell]] = []
    with _answering() as port:
        for name, busy, turn, long in [
            ("nobody folds", [], TURN, turns.LONG),
            ("as it was", folding, 0.005, sys.maxsize),
            ("one after the other", folding, 0.005, turns.LONG),
            ("as it is: shorter turns as well", folding, TURN, turns.LONG),
        ]:
            progress(name)
            with mock.patch.object(turns, "LONG", long), _at_work(busy, turn):
                took = _asked(port)
            rows.append((name, took[len(took) // 2], took[len(took) * 99 // 100]))
    table("Milliseconds until /healthz is answered", ("four workers", "p50", "p99"), rows)


def _asked(port: int) -> list[float]:
    asking = [sys.executable, "-c", _ASK, str(port), str(SECONDS)]
    told: list[float] = json.loads(subprocess.run(asking, capture_output=True, check=True, text=True).stdout)
    return told


@contextmanager
def _answering() -> Iterator[int]:
    """Serve the product's web side, and nothing else of it; yield the port."""
    told = threading.Event()
    with opened_queue() as queue, ports.listening("127.0.0.1", 0) as listener:
        app = asynchronous(create_app({}, queue, clock=now, sweep_soon=lambda: None), threads=4)
        port = listener.getsockname()[1]
        serving = threading.Thread(target=lambda: host.run(app, listener, told))
        serving.start()
        yield port
        told.set()
        serving.join()


@contextmanager
def _at_work(busy: Sequence[Quiet], turn: float) -> Iterator[None]:
    """Let each of ``busy`` hear a note, again and again, all of one bridge."""
    before, told = sys.getswitchinterval(), threading.Event()

    def work(one: Quiet) -> None:
        while not told.is_set():
            one.hear()

    threads = [threading.Thread(target=work, args=(one,)) for one in busy]
    sys.setswitchinterval(turn)
    for thread in threads:
        thread.start()
    yield
    told.set()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
