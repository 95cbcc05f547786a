"""One database of PostgreSQL, spoken to through procrastinate by one thread with a loop, for all threads."""

import asyncio
import logging
import select
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotInTime
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from procrastinate.schema import SchemaManager
from psycopg.conninfo import conninfo_to_dict
from psycopg.errors import InvalidSchemaName, UndefinedTable
from psycopg_pool import AsyncConnectionPool

from tracker_bridge.queue import PATIENCE, QueueError, statements

T = TypeVar("T")

LIBRARY = "3.10.0"
"""The version of procrastinate that the tables are made by, and that is pinned: the statements know its schema."""

CONNECTING = {
    "connect_timeout": 3,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 5000,
    "application_name": "tracker-bridge",
}
_ABSENT = (UndefinedTable, InvalidSchemaName)

_log = logging.getLogger(__name__)


def _pool(**options: Any) -> AsyncConnectionPool:
    return AsyncConnectionPool(**{**options, "check": _is_there})


async def _alone(connection: psycopg.AsyncConnection[Any]) -> None:
    """
    Each statement is a transaction of its own: to begin and to end one would cost two trips more. The few that
    there are get prepared, which halves what they cost; so a pooler must pool sessions, as it must for what the
    leader holds.
    """
    await connection.set_autocommit(True)


async def _is_there(connection: psycopg.AsyncConnection[Any]) -> None:
    """
    Find out whether an idle connection was closed, which costs a trip only where there is something to be read:
    a server that goes away says so, or ends the stream. The library asks each time.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        await AsyncConnectionPool.check_connection(connection)


def place(url: str) -> str:
    """Return where a queue is, for people to read: without the user and the password."""
    try:
        parts = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        raise QueueError(
            "The queue's address is not one of PostgreSQL: postgresql://user@host:5432/name."
        ) from None
    return f"{parts.get('host', 'localhost')}:{parts.get('port', 5432)}/{parts.get('dbname', '')}"


def trouble(where: str, error: Exception) -> str:
    """Return what is wrong with a queue, for people to read."""
    reason = str(error.__cause__ or error).strip().splitlines() or [type(error).__name__]
    return f"The queue at {where} cannot be used: {reason[0].rstrip('.')}."


class Unreachable(QueueError):
    """The database does not answer, or not as it should; it may later."""


class Database:
    """
    Runs statements. Raises :class:`QueueError`, which never tells the password.

    Whoever runs one opens what is not open yet: processes start, and go on, while the database is away.
    """

    def __init__(self, url: str, connections: int = 4) -> None:
        """
        Connect, and make the tables where there are none; later where it cannot be reached. Raises
        :class:`QueueError` where the address, or what is in the database, is wrong.
        """
        self.place = place(url)
        self._url = url
        self._connector = PsycopgConnector(
            conninfo=url,
            min_size=1,
            max_size=connections,
            timeout=3,
            reconnect_timeout=3,
            pool_factory=_pool,
            configure=_alone,
            kwargs={**CONNECTING},
        )
        self.jobs = JobManager(self._connector)
        self.heard: Callable[[], None] = lambda: None
        """Called at each notification."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="queue", daemon=True)
        self._thread.start()
        self._tasks = list[asyncio.Task[None]]()
        self._opening = asyncio.Lock()
        self._opened = False
        self._leader: psycopg.AsyncConnection[Any] | None = None
        try:
            self.run(self._open, 15.0)
        except Unreachable as error:
            _log.error("%s It is tried again.", error)
        except QueueError:
            self.close()
            raise

    def one(self, query: str, **arguments: Any) -> dict[str, Any]:
        """Return the only row of a statement."""
        return self.all(query, **arguments)[0]

    def all(self, query: str, patience: float = PATIENCE, **arguments: Any) -> list[dict[str, Any]]:
        """Return every row of a statement."""
        return self.run(lambda: self._connector.execute_query_all_async(query, **arguments), patience)

    def run(self, ask: Callable[[], Awaitable[T]], patience: float = PATIENCE) -> T:
        """Return what ``ask`` gives in the loop. It is asked again where the tables had to be made first."""
        future = asyncio.run_coroutine_threadsafe(self.asked(ask), self._loop)
        try:
            return future.result(patience)
        except NotInTime:
            future.cancel()
            raise Unreachable(f"The queue at {self.place} did not answer within {patience:g} s.") from None
        except (ConnectorException, psycopg.Error, OSError) as error:
            raise Unreachable(trouble(self.place, error)) from None

    def begin(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run ``work`` in the loop, and return what becomes of it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """The same as :meth:`run`, in the loop."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self.asked(ask)
        except TimeoutError:
            raise Unreachable(f"The queue at {self.place} did not answer within {PATIENCE:g} s.") from None
        except (ConnectorException, psycopg.Error, OSError) as error:
            raise Unreachable(trouble(self.place, error)) from None

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Run ``work`` in the loop until it ends, or the database is closed."""
        self._loop.call_soon_threadsafe(lambda: self._tasks.append(self._loop.create_task(work)))

    def close(self) -> None:
        """Let go. May be called once."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(2 * PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def leads(self) -> bool:
        """
        Whether this process is the one that does what only one has to do. It stays that until it ends, or its
        connection does, after which another one becomes it.
        """
        return self.run(self._leads)

    async def asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Return what ``ask`` gives. It is asked again where the tables had to be made first."""
        await self._open()
        try:
            return await ask()
        except ConnectorException as error:
            if not isinstance(error.__cause__, _ABSENT):
                raise
        _log.warning("the queue at %s has no tables any more; they are made, and swept for", self.place)
        await self._prepare()
        return await ask()

    async def _open(self) -> None:
        if self._opened:
            return
        async with self._opening:
            if self._opened:
                return
            await self._prepare()
            await self._connector.open_async()
            self._tasks.append(asyncio.create_task(self._listen()))
            self._opened = True

    async def _leads(self) -> bool:
        try:
            if self._leader is None:
                self._leader = await psycopg.AsyncConnection.connect(self._url, autocommit=True, **CONNECTING)  # type: ignore[arg-type]
            row = await (await self._leader.execute(statements.LEAD)).fetchone()
        except BaseException:
            await self._let_go()
            raise
        if not (leads := bool(row and row[0])):
            await self._let_go()
        return leads

    async def _let_go(self) -> None:
        leader, self._leader = self._leader, None
        if leader is not None:
            await leader.close()

    async def _prepare(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, **CONNECTING) as connection:  # type: ignore[arg-type]
            await connection.execute(statements.ALONE)
            there = await (await connection.execute(statements.THERE)).fetchone()
            jobs, ours = there or (False, False)
            if jobs and not ours:
                raise QueueError(
                    f"The database {self.place} has another program's jobs in it: give the queue its own "
                    "database, or its own schema (?options=-csearch_path%3Dname)."
                )
            if not jobs:
                await connection.execute(SchemaManager.get_schema())
            for table in statements.TABLES:
                await connection.execute(table)
            await connection.execute(statements.KEEP, {"name": "procrastinate", "value": LIBRARY})
            kept = await (await connection.execute(statements.KEPT, {"name": "procrastinate"})).fetchone()
        if kept is not None and kept[0] != LIBRARY:
            raise QueueError(
                f"The tables of the queue at {self.place} are of procrastinate {kept[0]}, and this bridge needs "
                f"{LIBRARY}: stop every process, and drop them. The next sweep finds again what they held."
            )

    async def _listen(self) -> None:
        async def told(**_: Any) -> None:
            self.heard()

        while True:
            try:
                await self.jobs.listen_for_jobs(on_notification=told)
            except (ConnectorException, psycopg.Error, OSError) as error:
                _log.debug("not listening: %s", error)
            await asyncio.sleep(1)

    async def _close(self) -> None:
        """While the database is away, what is being connected is given up."""
        for task in self._tasks:
            task.cancel()
        await asyncio.wait([asyncio.create_task(self._let_all_go())], timeout=PATIENCE)
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in left:
                task.cancel()
            await asyncio.wait(left, timeout=1)

    async def _let_all_go(self) -> None:
        await self._let_go()
        with suppress(ConnectorException, psycopg.Error, OSError):
            await self._connector.close_async()
