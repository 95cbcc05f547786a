"""
Sharing: what the queue in PostgreSQL costs, beside the one in a file

One process, a server of the test's own on this machine, every commit on disk. "Heard" is from adding an issue in
one process until another one, which waits, has taken it. The battery is that of ``make soak``.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tests.benchmarks.goal import Found, Goal
from tests.benchmarks.report import progress, table
from tests.postgres import opened, own_schema, running_server, temporary_folder
from tests.postgres.battery import run
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Queue
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import IssueChanged

TIMES = 200


def main() -> None:
    with running_server(temporary_folder()) as server, tempfile.TemporaryDirectory() as folder:
        with own_schema(server, durable=True) as url, opened(url) as shared:
            rows = [_verbs("PostgreSQL", shared)]
            with opened(url) as other:
                heard = _heard(shared, other)
        with closing(SqliteQueue(Path(folder) / "queue.sqlite3")) as alone:
            rows.append(_verbs("file", alone))
        table("Milliseconds for one, the median of 200", ["queue", "add", "add again", "take", "done"], rows)
        table("Milliseconds until another process has it", ["", "median", "p95"], [["heard", *heard]])
        progress("2,000 events on 20 issues")
        with own_schema(server, durable=True) as url:
            begun = time.perf_counter()
            outcome = run(url, 2_000)
        row = [outcome.reconciles, outcome.overlaps, outcome.lost, round(time.perf_counter() - begun, 1)]
        table("2,000 events on 20 issues, 8 workers", ["reconciles", "overlaps", "lost", "seconds"], [row])


def _until_heard() -> Found:
    with (
        running_server(temporary_folder()) as server,
        own_schema(server, durable=True) as url,
        opened(url) as shared,
        opened(url) as other,
    ):
        median, late = _heard(shared, other)
    return Found(f"median {median:.1f} ms, p95 {late:.1f} ms, timed", late <= 10)


def _battery() -> Found:
    with running_server(temporary_folder()) as server, own_schema(server, durable=True) as url:
        outcome = run(url, 2_000)
    return Found(f"{outcome.overlaps} overlaps, {outcome.lost} lost", not outcome.overlaps and not outcome.lost)


GOALS = (
    Goal(
        "PostgreSQL: until another process has an issue",
        "-",
        "p95 10 ms",
        _until_heard,
        quick=False,
    ),
    Goal("2,000 events on 20 issues, 8 workers in 3 processes", "-", "0 overlaps, 0 lost", _battery, quick=False),
)


def _verbs(name: str, queue: Queue) -> list[str | int | float]:
    progress(name)
    refs = [IssueRef("github", "acme/api", number) for number in range(1, TIMES + 1)]
    leases = []

    def take() -> None:
        lease = queue.take(_now())
        assert lease is not None
        leases.append(lease)

    again, give_back = iter(refs), iter(leases)
    added = _milliseconds(lambda number: queue.add(IssueChanged(refs[number]), _now()))
    merged = _milliseconds(lambda _: queue.add(IssueChanged(next(again), 7, _now()), _now()))
    taken = _milliseconds(lambda _: take())
    done = _milliseconds(lambda _: queue.done(next(give_back), None))
    return [name, *(statistics.median(one) for one in (added, merged, taken, done))]


def _heard(adds: Queue, takes: Queue) -> list[float]:
    """The second queue has its own connections, and hears of the first by the database only."""
    numbers, times = count(1), []
    taken = threading.Event()

    def look() -> None:
        for _ in range(TIMES):
            while (lease := takes.take(_now())) is None:
                takes.wait(_now(), 10)
            times.append(time.perf_counter())
            takes.done(lease, None)
            taken.set()

    thread = threading.Thread(target=look)
    thread.start()
    waits = []
    for _ in range(TIMES):
        time.sleep(0.02)
        taken.clear()
        begun = time.perf_counter()
        adds.add(IssueChanged(IssueRef("github", "acme/web", next(numbers))), _now())
        taken.wait(10)
        waits.append(1000 * (times[-1] - begun))
    thread.join()
    return [statistics.median(waits), sorted(waits)[int(0.95 * TIMES)]]


def _milliseconds(act: Callable[[int], object]) -> list[float]:
    found = []
    for number in range(TIMES):
        begun = time.perf_counter()
        act(number)
        found.append(1000 * (time.perf_counter() - begun))
    return found


def _now() -> datetime:
    return datetime.now(UTC)
