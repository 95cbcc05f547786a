"""What one-shot commands ask the shared queue's database. They make no tables there, and open no queue."""

import hashlib
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg
from psycopg.errors import UndefinedTable

from tracker_bridge.queue import QueueError
from tracker_bridge.queue.database import CONNECTING, place, trouble
from tracker_bridge.queue.statements import DECLARES, KEPT


def kept_key(url: str) -> bytes | None:
    """Return the key of the receipts that is kept there, ``None`` for none. Raises :class:`QueueError`."""
    with _connected(url) as connection:
        try:
            row = connection.execute(KEPT, {"name": "key"}).fetchone()
        except UndefinedTable:
            return None
    return str(row[0]).encode() if row else None


def server_version(url: str) -> str:
    """Return which PostgreSQL answers. Raises :class:`QueueError`."""
    with _connected(url) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return str(row[0]).partition(" ")[0] if row else ""


@contextmanager
def alone(url: str, key: str, patience: float) -> Iterator[bool]:
    """Let nobody else with the same queue declare the same meanwhile; yield whether that holds."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], signed=True)
    with ExitStack() as held:
        try:
            connection = held.enter_context(_connected(url))
            end = time.monotonic() + patience
            while not (locked := _locked(connection, number)) and time.monotonic() < end:
                time.sleep(0.05)
        except QueueError:
            locked = False
        yield locked


def _locked(connection: psycopg.Connection, number: int) -> bool:
    row = connection.execute(DECLARES, {"key": number}).fetchone()
    return bool(row and row[0])


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    try:
        with psycopg.connect(url, autocommit=True, **CONNECTING) as connection:  # type: ignore[arg-type]
            yield connection
    except psycopg.Error as error:
        raise QueueError(trouble(place(url), error)) from None
