"""
Many events on few issues, and processes that work on them: python -m tests.postgres.battery

First they are left in peace, then some are killed, then all of them lose the database for a minute.

Each reconcile takes a lock of its own session in the database, so that two of one issue at the same time are
counted, and notes the newest event that it saw. In the end, the newest of each issue must have been seen.
"""

import random
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess

import psycopg

from tests.postgres import opened as opened_queue
from tests.postgres import own_schema, running_server, temporary_folder
from tests.postgres.door import Door
from tests.serving.forked import forking
from tests.worker.conftest import QuietForge
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import QueueError
from tracker_bridge.reconcile import Awaited, ReconcileResult
from tracker_bridge.trackers import IssueChanged
from tracker_bridge.worker import Worker

ISSUES = 20
THREADS = (3, 3, 2)
"""Threads of each process that works: eight in three."""

KILLS = 12
PAUSE = 2.0
"""Seconds between two kills."""

AWAY = 60.0
"""Seconds without the database."""

HANGS = 300.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What must be 0, and how many reconciles and kills there were."""

    overlaps: int
    lost: int
    reconciles: int
    kills: int


def run(url: str, events: int, *, kills: int = 0, lease: float = 60.0, away: float = 0.0) -> Outcome:
    """
    Spread the events over the issues, and over the time that the kills take, and wait until nothing is left.

    From a quarter of the events on, the database is ``away`` for so many seconds, in which the next half comes.
    """
    door = Door(url, temporary_folder())
    door.open()
    refs = [IssueRef("github", "acme/api", number) for number in range(1, ISSUES + 1)]
    with ExitStack() as opened:
        database = opened.enter_context(psycopg.connect(url, autocommit=True))
        database.execute("CREATE TABLE truth (ref text PRIMARY KEY, number int DEFAULT 0, seen int DEFAULT 0)")
        database.execute("CREATE TABLE seen (ref text, overlap boolean)")
        for ref in refs:
            database.execute("INSERT INTO truth (ref) VALUES (%s)", (str(ref),))
        opened.callback(door.shut)
        queue = opened.enter_context(opened_queue(door.url, lease=timedelta(seconds=lease)))
        processes = opened.enter_context(_working(url, door.url, lease))
        killed = 0
        for number in range(1, events + 1):
            ref = refs[number % ISSUES]
            database.execute("UPDATE truth SET number = %s WHERE ref = %s", (number, str(ref)))
            if away and number == events // 4:
                door.shut()
                opening = threading.Timer(away, door.open)
                opening.start()
                opened.callback(opening.join)
            with suppress(QueueError):  # it is kept, and written when the database is there again
                queue.add(IssueChanged(ref), datetime.now(UTC))
            if events // 4 <= number < 3 * events // 4:
                time.sleep(2 * away / events)
            if kills and number * kills // events > killed:
                killed += 1
                time.sleep(PAUSE)
                at = random.randrange(len(processes))
                processes[at].kill()
                processes[at] = _process(url, door.url, THREADS[at], lease)
        end = time.monotonic() + HANGS
        while (left := queue.stats()).waiting or left.held or left.unsaved:
            if time.monotonic() > end:
                raise TimeoutError(f"{left.waiting} still wait, {left.held} are held")
            time.sleep(0.05)
        lost = database.execute("SELECT count(*) FROM truth WHERE seen <> number").fetchone()
        seen = database.execute("SELECT count(*), count(*) FILTER (WHERE overlap) FROM seen").fetchone()
    assert lost is not None
    assert seen is not None
    return Outcome(overlaps=seen[1], lost=lost[0], reconciles=seen[0], kills=killed)


@dataclass(frozen=True, slots=True)
class _Process:
    """A process that works; it ends when nobody holds ``ours`` any more."""

    process: ForkServerProcess
    ours: Connection

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.ours.close()


@contextmanager
def _working(url: str, way: str, lease: float) -> Iterator[list[_Process]]:
    processes = [_process(url, way, threads, lease) for threads in THREADS]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()


def _process(url: str, way: str, threads: int, lease: float) -> _Process:
    context = forking()
    theirs, ours = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(url, way, threads, lease, theirs), daemon=True)
    process.start()
    theirs.close()
    return _Process(process, ours)


def _work(url: str, way: str, threads: int, lease: float, theirs: Connection) -> None:
    """
    Work until the other end of the pipe is closed: not longer than whoever started this. ``way`` leads to the
    queue, and may be shut; ``url`` to the same database, where it is noted what was seen.
    """
    own = threading.local()

    def look(ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        if not hasattr(own, "database"):
            own.database = psycopg.connect(url, autocommit=True)
        _look(own.database, str(ref))
        return ReconcileResult()

    forge = QuietForge("github", frozenset({"acme/api"}))
    with opened_queue(way, lease=timedelta(seconds=lease)) as queue:
        worker = Worker(
            queue,
            {"github": forge},
            look,
            clock=lambda: datetime.now(UTC),
            threads=threads,
            renew_every=timedelta(seconds=lease / 3),
        )
        worker.start()
        with suppress(EOFError):
            theirs.recv()
        worker.stop(10)


def _look(database: psycopg.Connection, ref: str) -> None:
    free = database.execute("SELECT pg_try_advisory_lock(hashtext(%s))", (ref,)).fetchone()
    truth = database.execute("SELECT number FROM truth WHERE ref = %s", (ref,)).fetchone()
    assert free is not None
    assert truth is not None
    time.sleep(0.002)
    database.execute("UPDATE truth SET seen = greatest(seen, %s) WHERE ref = %s", (truth[0], ref))
    database.execute("INSERT INTO seen VALUES (%s, %s)", (ref, not free[0]))
    if free[0]:
        database.execute("SELECT pg_advisory_unlock(hashtext(%s))", (ref,))


def main() -> int:
    """Return 1 if anything was lost or done by two at once: undisturbed, with kills, without the database."""
    bad = False
    with running_server(temporary_folder()) as server:
        for kills, lease, away in ((0, 60.0, 0.0), (KILLS, 5.0, 0.0), (0, 60.0, AWAY)):
            begun = time.monotonic()
            with own_schema(server) as url:
                outcome = run(url, 2_000, kills=kills, lease=lease, away=away)
            print(f"{outcome}, {time.monotonic() - begun:.1f} s", flush=True)
            bad |= bool(outcome.overlaps or outcome.lost)
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
