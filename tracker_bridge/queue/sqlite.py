"""
The embedded engine: an agenda in memory, kept in one SQLite file. For one process.

The agenda answers; the file is what a restart begins with. One thread writes: it takes all that has changed
since its last commit into one fsynced transaction, and callers of ``add`` wait for theirs. An ``add`` that
changes nothing on disk, because the issue is pending anyway, does not wait. ``take`` writes nothing, because
a held issue stays in the file. What came of a reconcile is written, but nobody waits for that: if it is lost, one
reconcile is repeated.

The file is locked while it is open, so whoever opens it knows that nobody holds a lease any more. What is
awaited survives a crash only as far as it was known when its ref was last written; the sweep covers the rest.

A file that is damaged is moved aside, at the start as well as later, and a new one takes its place. While none can
be written, the agenda goes on without.
"""

import logging
import os
import secrets
import threading
import time
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import PATIENCE, UNCAPPED, Caps, Lease, Priority, QueueError, RequeueReason, Stats
from tracker_bridge.queue.agenda import Agenda, QueueItem
from tracker_bridge.queue.key_file import kept_key
from tracker_bridge.queue.queue_file import Damaged, QueueFile, Row, move_aside, row
from tracker_bridge.trackers import IssueChanged

_log = logging.getLogger(__name__)

_RETRY = 5.0
"""Seconds until a failed write is tried again, if nobody asks for one before."""

_MOMENT = 0.0005
_MOMENTS = 4
"""If the last commit was of several, the next one waits so many moments, in seconds, while more comes in each."""


class _Usable:
    """The lock, while the queue can be used. Entering it raises :class:`QueueError` when it cannot."""

    def __init__(self, path: Path | str, lock: threading.Lock) -> None:
        self._path = path
        self._lock = lock
        self._process = os.getpid()
        self.closed = False

    def __enter__(self) -> None:
        if os.getpid() != self._process:
            raise QueueError(
                f"The queue {self._path} was opened before the server forked: let one process load the "
                "application itself (gunicorn without --preload, uwsgi with --lazy-apps)."
            )
        self._lock.acquire()
        if self.closed:
            self._lock.release()
            raise QueueError(f"The queue {self._path} is closed.")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class SqliteQueue:
    """Speaks :class:`tracker_bridge.queue.Queue`, whose verbs are described there."""

    def __init__(
        self,
        path: Path | str,
        *,
        lease: timedelta = timedelta(minutes=2),
        caps: Caps = UNCAPPED,
    ) -> None:
        """Open or make the file. Raises :class:`QueueError` when it is in use or foreign."""
        self._path = path
        self._key = b""
        self._agenda = Agenda(lease, caps)
        self._file, found = _opened(path)
        for ref, entry in found.items():
            self._agenda.restore(ref, entry)
        lock = threading.Lock()
        self._ready = threading.Condition(lock)
        self._unsaved = threading.Condition(lock)
        self._usable = _Usable(path, lock)
        self._asked = False
        self._changed: set[IssueRef] = set()
        self._batch: Future[None] = Future()
        self._saving: dict[IssueRef, Future[None]] = {}
        self._failure = ""
        self._writer = threading.Thread(target=self._write_until_closed, name="queue", daemon=True)
        self._writer.start()

    def add(self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON) -> None:
        if (saved := self.submit(change, due, priority)) is not None:
            self._await(saved)

    def submit(
        self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON
    ) -> Future[None] | None:
        with self._usable:
            if self._agenda.add(change, due, priority):
                self._save(change.ref)
                self._saving[change.ref] = self._batch
                self._ready.notify()
            saved = self._saving.get(change.ref) if self._saving else None
            if saved is self._batch:
                self._ask()
        return saved

    def take(self, now: datetime) -> Lease | None:
        with self._usable:
            lease = self._agenda.take(now)
            if lease is not None:
                self._ready.notify()  # this thread is busy now: another one watches the rest
            return lease

    def renew(self, lease: Lease, now: datetime) -> None:
        with self._usable:
            self._agenda.renew(lease, now)

    def done(self, lease: Lease, next_at: datetime | None) -> None:
        with self._usable:
            if self._agenda.done(lease, next_at):
                self._save(lease.ref)
                self._ready.notify()

    def defer(self, lease: Lease, until: datetime, reason: RequeueReason = RequeueReason.FAILED) -> None:
        with self._usable:
            if self._agenda.defer(lease, until, reason):
                self._save(lease.ref)
                self._ready.notify()

    def wait(self, now: datetime, timeout: float) -> None:
        with self._usable:
            next_at = self._agenda.next_at(now)
            seconds = timeout if next_at is None else min(timeout, (next_at - now).total_seconds())
            if seconds > 0:
                self._ready.wait(seconds)

    def wake(self) -> None:
        with self._ready:
            self._ready.notify_all()

    def stats(self) -> Stats:
        with self._usable:
            return replace(self._agenda.stats(), unsaved=self._failure)

    def leads(self) -> bool:
        return True

    def key(self) -> bytes:
        with self._usable:
            if not self._key:
                in_memory = str(self._path) == ":memory:"
                self._key = secrets.token_hex(32).encode() if in_memory else kept_key(self._path)
            return self._key

    def close(self) -> None:
        with self._ready:
            self._usable.closed = True
            self._ready.notify_all()
            self._unsaved.notify()
        self._writer.join()

    def _await(self, saved: Future[None]) -> None:
        try:
            saved.result(PATIENCE)
        except TimeoutError:
            raise QueueError(f"The queue {self._path} was not written in {PATIENCE:g} s.") from None

    def _save(self, ref: IssueRef) -> None:
        self._changed.add(ref)
        self._ask()

    def _ask(self) -> None:
        if not self._asked:
            self._asked = True
            self._unsaved.notify()

    def _write_until_closed(self) -> None:
        closed, rows = False, dict[IssueRef, Row | None]()
        while not closed:
            with self._unsaved:
                while not self._asked and not self._usable.closed:
                    if not self._unsaved.wait(_RETRY if self._changed else None):
                        break
            if len(rows) > 1:
                self._gather()
            with self._unsaved:
                closed, self._asked = self._usable.closed, False
                batch, self._batch = self._batch, Future()
                rows = self._rows()
            self._write(rows, batch)
        self._file.close()

    def _gather(self) -> None:
        """Wait while more comes: many that share a commit cost little more than one."""
        known = 0
        for _ in range(_MOMENTS):
            if len(self._changed) == known:
                return
            known = len(self._changed)
            time.sleep(_MOMENT)

    def _save_rows(self, rows: dict[IssueRef, Row | None]) -> None:
        try:
            self._file.save(rows)
        except Damaged as error:
            self._file.close()
            self._file = _renewed(self._path, error)
            with self._ready:
                self._changed |= self._agenda.refs()
                everything = self._rows()
            self._file.save(everything)

    def _rows(self) -> dict[IssueRef, Row | None]:
        refs, self._changed = self._changed, set()
        entries = ((ref, self._agenda.entry(ref)) for ref in refs)
        return {ref: row(ref, entry) if entry is not None else None for ref, entry in entries}

    def _write(self, rows: dict[IssueRef, Row | None], batch: Future[None]) -> None:
        """Commit, and tell who waits. What fails stays changed, and goes with the next batch."""
        try:
            if rows:
                self._save_rows(rows)
        except QueueError as error:
            _log.error("%s", error)
            with self._ready:
                self._failure = str(error)
                self._changed |= rows.keys()
                for ref in rows.keys() & self._saving.keys():
                    self._saving[ref] = self._batch
            batch.set_exception(error)
        else:
            with self._ready:
                self._failure = ""
                for ref in rows:
                    if self._saving.get(ref) is batch:
                        del self._saving[ref]
            batch.set_result(None)


def _opened(path: Path | str) -> tuple[QueueFile, dict[IssueRef, QueueItem]]:
    """Return the open file, and what it held: nothing if that was damaged."""
    file = None
    try:
        file = QueueFile(path)
        return file, dict(file.entries())
    except Damaged as error:
        if file is not None:
            file.close()
        return _renewed(path, error), {}


def _renewed(path: Path | str, error: Damaged) -> QueueFile:
    aside = move_aside(Path(path))
    _log.error(
        "%s It was renamed to %s; the next sweep finds its contents again. The signing key is in a "
        "separate file and is kept.",
        error,
        aside,
    )
    return QueueFile(path)
