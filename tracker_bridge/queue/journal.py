"""
Alerts that were accepted, until their incident is there: a file of their own, written through before the answer.

The queue may be deleted at any time; what stands here is nowhere else, since no sender sends it again.
"""

import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from pydantic import TypeAdapter, ValidationError

from tracker_bridge.alerts.notice import Notice
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Waiting
from tracker_bridge.queue import QueueError

_APPLICATION: Final = 0x74726261  # "trba": tells our files from other programs'
_VERSION: Final = 1
_SCHEMA: Final = f"""
BEGIN;
CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL, key TEXT NOT NULL, due REAL NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
    at REAL NOT NULL, later INTEGER NOT NULL DEFAULT 0, notice TEXT NOT NULL
);
CREATE INDEX by_key ON notices (key);
CREATE TABLE issues (
    key TEXT PRIMARY KEY, tracker TEXT NOT NULL, project TEXT NOT NULL, number INTEGER NOT NULL,
    at REAL NOT NULL, opened INTEGER NOT NULL
) WITHOUT ROWID;
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
COMMIT;
"""
_NOTICES: Final = TypeAdapter(Notice)
_KEPT: Final = timedelta(days=90)
"""For how long it is remembered which issue is whose; the trackers know it as well."""


@dataclass(frozen=True, slots=True)
class Held:
    """
    News about one key of one source, in their order, each with the time when it came.

    Whoever took it holds it; ``tries`` counts what failed. ``check``: it is time to come back to the key, which
    that notice ended.
    """

    source: str
    key: str
    ids: tuple[int, ...]
    news: tuple[tuple[datetime, Notice], ...]
    tries: int
    check: Notice | None = None


class Journal(Protocol):
    """What was accepted. Safe to use from several threads. Every verb may raise :class:`QueueError`."""

    def keep(self, source: str, news: Sequence[tuple[str, Notice]], now: datetime) -> None:
        """Return when a crash cannot lose the notices any more; each comes with its key."""
        ...

    def take(self, now: datetime) -> Held | None:
        """Return all news that is there of the key that has been due for longest, unless somebody holds it."""
        ...

    def done(self, held: Held) -> None:
        """Forget the news: what they tell is in the tracker."""
        ...

    def put_off(self, held: Held, until: datetime) -> None:
        """Give it back, to be tried later."""
        ...

    def later(self, source: str, key: str, notice: Notice, due: datetime) -> None:
        """Come back to a key at ``due``; of several times that are said, the last one counts."""
        ...

    def remember(self, key: str, ref: IssueRef, now: datetime, *, opened: bool) -> None:
        """Remember which issue is the key's, ``opened`` just now or found: an index, which may be lost."""
        ...

    def known(self, key: str) -> IssueRef | None:
        """Return what is remembered."""
        ...

    def opened_since(self, source: str, since: datetime) -> int:
        """Return how many keys of a source got an issue since then."""
        ...

    def waiting(self) -> Waiting:
        """Return what is there, and since when."""
        ...

    def close(self) -> None:
        """Let go of it. No verb works after it."""
        ...


class FileJournal:
    """A :class:`Journal` in one file, for one process; ``:memory:`` keeps nothing."""

    def __init__(self, path: Path | str) -> None:
        """Open or make the file. Raises :class:`QueueError`."""
        self._path, self._lock, self._held = path, threading.Lock(), set[str]()
        try:
            if isinstance(path, Path):
                path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
        except (sqlite3.Error, OSError) as error:
            raise _unusable(path, error) from None
        try:
            self._prepare()
        except sqlite3.Error as error:
            self._file.close()
            raise _unusable(path, error) from None
        except QueueError:
            self._file.close()
            raise

    def keep(self, source: str, news: Sequence[tuple[str, Notice]], now: datetime) -> None:
        at = now.timestamp()
        rows = [(source, key, at, at, written(notice)) for key, notice in news]
        self._write("INSERT INTO notices (source, key, due, at, notice) VALUES (?, ?, ?, ?, ?)", rows)

    def take(self, now: datetime) -> Held | None:
        with self._lock:
            due = self._rows("SELECT source, key FROM notices WHERE due <= ? ORDER BY due, id", now.timestamp())
            found = next(((source, key) for source, key in due if key not in self._held), None)
            if found is None:
                return None
            wanted = "SELECT id, tries, at, later, notice FROM notices WHERE key = ?"
            wanted += " AND (NOT later OR due <= ?) ORDER BY id"
            rows = self._rows(wanted, found[1], now.timestamp())
            self._held.add(found[1])
        told = [(at, later, notice) for _, _, at, later, text in rows if (notice := unwritten(text)) is not None]
        news = tuple((datetime.fromtimestamp(at, UTC), notice) for at, later, notice in told if not later)
        check = next((notice for _, later, notice in told if later), None)
        return Held(*found, tuple(row[0] for row in rows), news, max(row[1] for row in rows), check)

    def done(self, held: Held) -> None:
        self._write("DELETE FROM notices WHERE id = ?", [(id_,) for id_ in held.ids])
        self._free(held)

    def put_off(self, held: Held, until: datetime) -> None:
        due = until.timestamp()
        self._write("UPDATE notices SET due = ?, tries = tries + 1 WHERE id = ?", [(due, id_) for id_ in held.ids])
        self._free(held)

    def later(self, source: str, key: str, notice: Notice, due: datetime) -> None:
        text, at = written(notice), due.timestamp()
        self._write("DELETE FROM notices WHERE later AND key = ?", [(key,)])
        row = (source, key, at, at, text)
        self._write("INSERT INTO notices (source, key, due, at, later, notice) VALUES (?, ?, ?, ?, 1, ?)", [row])

    def remember(self, key: str, ref: IssueRef, now: datetime, *, opened: bool) -> None:
        row = (key, ref.tracker, ref.project, ref.number, now.timestamp(), opened)
        self._write("INSERT OR REPLACE INTO issues VALUES (?, ?, ?, ?, ?, ?)", [row])
        self._write("DELETE FROM issues WHERE at < ?", [((now - _KEPT).timestamp(),)])

    def known(self, key: str) -> IssueRef | None:
        with self._lock:
            rows = self._rows("SELECT tracker, project, number FROM issues WHERE key = ?", key)
        return IssueRef(*rows[0]) if rows else None

    def opened_since(self, source: str, since: datetime) -> int:
        with self._lock:
            count = "SELECT count(*) FROM issues WHERE opened AND key GLOB ? AND at >= ?"
            rows = self._rows(count, f"{source}.*", since.timestamp())
        return int(rows[0][0])

    def waiting(self) -> Waiting:
        with self._lock:
            [(many, first)] = self._rows("SELECT count(*), min(at) FROM notices WHERE NOT later")
        return Waiting(many, datetime.fromtimestamp(first, UTC) if many else None)

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _free(self, held: Held) -> None:
        with self._lock:
            self._held.discard(held.key)

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        try:
            with self._lock, self._file:
                self._file.execute("BEGIN IMMEDIATE")
                self._file.executemany(statement, rows)
        except sqlite3.Error as error:
            raise QueueError(f"The alerts' journal {self._path} cannot be written ({error}).") from None

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._file.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise QueueError(f"The alerts' journal {self._path} cannot be read ({error}).") from None

    def _prepare(self) -> None:
        execute = self._file.execute
        execute("PRAGMA locking_mode = EXCLUSIVE")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")
        application = execute("PRAGMA application_id").fetchone()[0]
        tables = execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if application != _APPLICATION and (application or tables):
            raise QueueError(f"{self._path} is a database of another program; rename it.")
        if not tables:
            self._file.executescript(_SCHEMA)
        elif execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            raise QueueError(f"{self._path} was written by another version of the bridge.")


def _unusable(path: Path | str, error: Exception) -> QueueError:
    return QueueError(f"The alerts' journal {path} cannot be opened ({error}): check its folder.")


def written(notice: Notice) -> str:
    """Return a notice as it is kept."""
    return _NOTICES.dump_json(notice).decode()


def unwritten(text: object) -> Notice | None:
    """Return what was kept; ``None`` for what another version wrote and this one cannot read."""
    try:
        return _NOTICES.validate_json(str(text))
    except ValidationError:
        return None
