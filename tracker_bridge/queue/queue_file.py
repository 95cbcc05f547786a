"""The file of the embedded engine: one row per ref, in SQLite, locked as long as it is open."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Priority, QueueError
from tracker_bridge.queue.agenda import QueueItem

Row = tuple[str, str, int, float, int, int, str]

_APPLICATION = 0x74726862  # "trhb": tells our files from other programs'
_VERSION = 2
_SCHEMA = f"""
BEGIN;
CREATE TABLE queue (
    tracker TEXT, project TEXT, number INTEGER,
    due REAL NOT NULL, priority INTEGER NOT NULL, attempts INTEGER NOT NULL, awaited TEXT NOT NULL,
    PRIMARY KEY (tracker, project, number)
) WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_SAVE = "INSERT OR REPLACE INTO queue VALUES (?, ?, ?, ?, ?, ?, ?)"
_DROP = "DELETE FROM queue WHERE (tracker, project, number) = (?, ?, ?)"


class Damaged(QueueError):
    """What the file holds makes no sense; it may be lost, since the sweep finds again what it held."""


class QueueFile:
    """
    Opened by one thread, then used by one other. ``:memory:`` as path keeps nothing.

    The lock is SQLite's own exclusive mode: the kernel ends it with the process, also after kill -9.
    """

    def __init__(self, path: Path | str) -> None:
        """Open or make the file. Raises :class:`QueueError` when it is in use or foreign, and :class:`Damaged`."""
        self._path = path
        try:
            self._connection = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise QueueError(_unusable(path, error)) from None
        try:
            self._prepare()
        except UnicodeDecodeError as error:  # of a name in the schema
            self._connection.close()
            raise _damaged(path, error) from None
        except sqlite3.Error as error:
            self._connection.close()
            raise _problem(path, error) from None
        except QueueError:
            self._connection.close()
            raise

    def entries(self) -> Iterator[tuple[IssueRef, QueueItem]]:
        """Yield what was saved last. Raises :class:`Damaged` when it makes no sense."""
        try:
            for *ref, due, priority, attempts, awaited in self._connection.execute("SELECT * FROM queue"):
                at, expected_comments = datetime.fromtimestamp(due, UTC), _awaited(awaited)
                item = QueueItem(at, at, Priority(priority), attempts, expected_comments=expected_comments)
                yield IssueRef(*ref), item
        except (sqlite3.Error, ValueError, TypeError, AttributeError, OverflowError) as error:
            raise _damaged(self._path, error) from None

    def save(self, entries: Mapping[IssueRef, Row | None]) -> None:
        """Write rows, or remove them where there is ``None``, in one transaction. Raises as above."""
        gone = [(ref.tracker, ref.project, ref.number) for ref, row in entries.items() if row is None]
        rows = [row for row in entries.values() if row is not None]
        try:
            with self._connection:
                self._connection.execute("BEGIN")
                self._connection.executemany(_SAVE, rows)
                self._connection.executemany(_DROP, gone)
        except (sqlite3.Error, ValueError, OverflowError) as error:
            if isinstance(error, sqlite3.Error) and _of_the_content(error):
                raise _damaged(self._path, error) from None
            raise QueueError(
                f"The queue {self._path} cannot be written ({error}): free some disk space, or check the disk. "
                "Until then, only what is in memory is processed."
            ) from None

    def close(self) -> None:
        self._connection.close()

    def _prepare(self) -> None:
        execute = self._connection.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("BEGIN EXCLUSIVE")
        application = execute("PRAGMA application_id").fetchone()[0]
        version = execute("PRAGMA user_version").fetchone()[0]
        tables = execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        execute("COMMIT")
        if application != _APPLICATION and (application or version or tables):
            raise QueueError(f"{self._path} is a database of another program: choose another file for the queue.")
        if application == _APPLICATION and version != _VERSION:
            raise Damaged(
                f"The queue {self._path} was written by another version of the bridge (form {version}, this "
                f"one knows {_VERSION})."
            )
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        if not tables:
            self._connection.executescript(_SCHEMA)


def row(ref: IssueRef, entry: QueueItem) -> Row:
    """Return what is saved of an entry: a crash ends every lease, so these are left out."""
    expected_comments = {
        comment: version and version.timestamp() for comment, version in entry.expected_comments.items()
    }
    saved = json.dumps(expected_comments) if expected_comments else "{}"
    due, priority = entry.due.timestamp(), int(entry.greatest_priority)
    return ref.tracker, ref.project, ref.number, due, priority, entry.attempts, saved


def _awaited(text: str) -> dict[int, datetime | None]:
    return {
        int(comment): None if version is None else datetime.fromtimestamp(version, UTC)
        for comment, version in json.loads(text).items()
    }


def _problem(path: Path | str, error: sqlite3.Error) -> QueueError:
    if _of_the_content(error):
        return _damaged(path, error)
    if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
        return QueueError(
            f"The queue {path} is in use by another process: stop that process first, or use another file."
        )
    return QueueError(_unusable(path, error))


def _of_the_content(error: sqlite3.Error) -> bool:
    """Tell what the file holds from what its disk or its folder does. Tables that are missing are content."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def _unusable(path: Path | str, error: sqlite3.Error) -> str:
    return f"The queue {path} cannot be opened ({error}): its folder must exist and be writable."


def _damaged(path: Path | str, error: Exception) -> Damaged:
    return Damaged(f"The queue {path} is damaged ({error}).")


def move_aside(path: Path) -> Path:
    """
    Rename a file that cannot be used, with what belongs to it, and return its new name; one before it is replaced.

    Raises :class:`QueueError` when the folder does not let it.
    """
    aside = path.with_name(f"{path.name}.damaged")
    try:
        for part in ("-wal", "-shm", ""):
            if (found := path.with_name(path.name + part)).exists():
                found.replace(aside.with_name(aside.name + part))
    except OSError as error:
        raise QueueError(f"The queue {path} is damaged, and cannot be renamed: {error.strerror}.") from None
    return aside
