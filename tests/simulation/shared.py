"""What several processes have in common: a database of PostgreSQL, whose clock is the town's."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Final

import psycopg

from tests.postgres import own_schema
from tests.simulation.place import BEGIN, Clock
from tracker_bridge.queue.database import Database
from tracker_bridge.queue.postgres import PostgresQueue
from tracker_bridge.queue.shared_index import SharedIndex

LEASE: Final = timedelta(minutes=2)

_TABLES: Final = "procrastinate_jobs, procrastinate_workers, tracker_bridge_sent, tracker_bridge_projects"


class Shared:
    """A database for all processes of a town; each begins with nothing else."""

    def __init__(self, database: Database, connection: psycopg.Connection) -> None:
        self.clock = Clock()
        self.database = database
        self._connection = connection
        self._told = BEGIN

    def queue(self) -> PostgresQueue:
        return _Queue(self)

    def index(self) -> SharedIndex:
        return SharedIndex(self.database)

    def empty(self, clock: Clock) -> None:
        """Forget everything, and go by ``clock``."""
        self.clock = clock
        self._connection.execute(f"TRUNCATE {_TABLES}, tracker_bridge_issues, tracker_bridge_quotas CASCADE")
        self.tell_time()

    def tell_time(self) -> None:
        if self._told != self.clock.at:
            self._connection.execute("UPDATE clock SET at = %s", (self.clock.at,))
            self._told = self.clock.at


class _Queue(PostgresQueue):
    """Tells the database the time before each verb."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        super().__init__(shared.database, lease=LEASE, clock=lambda: shared.clock.at)

    def _open(self) -> None:
        self._shared.tell_time()
        super()._open()


@contextmanager
def sharing(server: str) -> Iterator[Shared]:
    """Yield a database of its own on ``server``."""
    with (
        own_schema(server, BEGIN) as url,
        closing(Database(url)) as database,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        yield Shared(database, connection)
