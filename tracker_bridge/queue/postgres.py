"""
The engine that several machines share: procrastinate's tables on PostgreSQL.

``lock`` and ``queueing_lock`` of a job are the ref: one row waits, one is held, and changes of one issue merge
into the row that waits (statements.py). A lease is the heartbeat of a slot, procrastinate's row of a worker:
each issue that is held has a slot of its own, so that what hangs is told from what goes on. The cap of a project
counts over all hosts; for a moment there may be one more held for each host.

The database's clock is the only one. Of the caller's times, only the distance to its own clock is used.

While the database cannot be reached, what is added stays in memory, and the caller is told; it is written as soon
as that is possible. What is lost with the process, the sweep finds again.
"""

import asyncio
import hashlib
import itertools
import logging
import math
import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.ours import MOST_OTHERS
from tracker_bridge.queue import UNCAPPED, Caps, Lease, Priority, QueueError, RequeueReason, Stats, statements
from tracker_bridge.queue.database import Database
from tracker_bridge.trackers import IssueChanged

REMEMBERED = 10_000
"""Changes kept in memory while they cannot be written. Of more, the oldest are left to the sweep."""

_LONGEST_NAME = 128
"""Letters of a queue's name in procrastinate's tables."""

_log = logging.getLogger(__name__)


class PostgresQueue:
    """Speaks :class:`tracker_bridge.queue.Queue`, whose verbs are described there."""

    def __init__(
        self,
        database: Database,
        *,
        lease: timedelta = timedelta(minutes=2),
        caps: Caps = UNCAPPED,
        key: bytes = b"",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """
        ``database`` is closed by whoever opened it, after the queue. ``key`` is kept as the receipts' where there
        is none yet. ``clock`` is the callers'.
        """
        self._lease = lease
        self._caps = caps
        self._clock = clock
        self._changes = 0
        self._changed = threading.Condition()
        self._guard = threading.Lock()
        self._slots: dict[int, int] = {}
        self._free: list[int] = []
        self._turns = itertools.count(1)
        self._served: dict[str, int] = {}
        self._unsaved: deque[tuple[IssueChanged, datetime, Priority]] = deque(maxlen=REMEMBERED)
        self._failure = ""
        self._key = key
        self._closed = False
        self._pruned = time.monotonic()
        self._database = database
        self._database.heard = self.wake
        self._database.start(self._save_again())

    def add(self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON) -> None:
        self.submit(change, due, priority).result()

    def submit(self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON) -> Future[None]:
        self._open()
        with self._guard:
            if self._unsaved:
                self._unsaved.append((change, due, priority))
                raise QueueError(self._failure)
        return self._database.begin(self._added(change, due, priority))

    def take(self, now: datetime) -> Lease | None:  # noqa: ARG002 - the database's clock counts
        self._open()
        self._prune()
        return self._database.run(self._next)

    def renew(self, lease: Lease, now: datetime) -> None:  # noqa: ARG002 - the database's clock counts
        self._open()
        slot = self._slots.get(lease.ticket)
        if slot is not None:
            self._database.run(lambda: self._database.jobs.update_heartbeat(slot))

    def done(self, lease: Lease, next_at: datetime | None) -> None:
        self._give_back(lease, next_at, Priority.TIMER, _args())

    def defer(self, lease: Lease, until: datetime, reason: RequeueReason = RequeueReason.FAILED) -> None:
        attempts = lease.attempt - 1 + (reason is RequeueReason.FAILED)
        waits = lease.waits + (reason is RequeueReason.TOO_EARLY)
        expected_comments = {
            str(comment): _seconds(version) for comment, version in lease.expected_comments.items()
        }
        self._give_back(lease, until, lease.priority, _args(expected_comments, attempts, waits))

    def wait(self, now: datetime, timeout: float) -> None:  # noqa: ARG002 - the database's clock counts
        self._open()
        with self._changed:
            seen = self._changes
        seconds = min(timeout, self._database.run(self._pause))
        with self._changed:
            self._changed.wait_for(lambda: self._changes != seen, seconds)

    def wake(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()

    def stats(self) -> Stats:
        self._open()
        try:
            counts = self._database.one(statements.COUNT)
        except QueueError as error:
            return Stats(len(self._unsaved), 0, None, str(error))
        delay = counts["delay"]
        next_at = None if delay is None else self._clock() + delay
        return Stats(counts["waiting"], counts["held"], next_at, self._failure if self._unsaved else "")

    def key(self) -> bytes:
        self._open()
        self._keep_key(self._key or secrets.token_hex(32).encode())
        return self._key

    def leads(self) -> bool:
        self._open()
        return self._database.leads()

    def settled(self, ref: IssueRef, document: str, seconds: float) -> bool:
        """Speaks :class:`tracker_bridge.reconcile.outbox.Sent`, for all hosts."""
        self._open()
        settling = timedelta(seconds=seconds)
        return bool(self._database.all(statements.SENT, ref=str(ref), document=document, settling=settling))

    def removed(self, ref: IssueRef, document: str) -> None:
        self._open()
        self._database.run(lambda: self._told(statements.UNSENT, ref=str(ref), document=document))

    def close(self) -> None:
        self._closed = True
        self.wake()

    async def _added(self, change: IssueChanged, due: datetime, priority: Priority) -> None:
        row = self._row(change, due, priority)
        try:
            await self._database.patiently(lambda: self._told(statements.ADD, **row))
        except QueueError as error:
            with self._guard:
                self._failure = str(error)
                self._unsaved.append((change, due, priority))
            raise
        self.wake()

    def _open(self) -> None:
        if self._closed:
            raise QueueError(f"The queue at {self._database.place} is closed.")

    def _keep_key(self, key: bytes) -> None:
        """Keep it unless there is one, which counts: also after the database was replaced by an empty one."""
        self._database.run(lambda: self._told(statements.KEEP, name="key", value=key.decode()))
        self._key = str(self._database.one(statements.KEPT, name="key")["value"]).encode()

    async def _told(self, query: str, **arguments: Any) -> None:
        await self._database.jobs.connector.execute_query_async(query, **arguments)

    async def _asked(self, query: str, **arguments: Any) -> list[dict[str, Any]]:
        return await self._database.jobs.connector.execute_query_all_async(query, **arguments)

    def _row(self, change: IssueChanged, due: datetime, priority: Priority) -> dict[str, Any]:
        expected_comments = {} if change.comment is None else {str(change.comment): _seconds(change.version)}
        project = _queue_of(change.ref)
        return {
            "project": project,
            "key": str(change.ref),
            "priority": int(priority),
            "args": _args(expected_comments),
            "delay": due - self._clock(),
        }

    async def _next(self) -> Lease | None:
        """
        Take what is next. All of it happens in the loop: each trip there and back costs as much as the database.

        Where that fails, the slot is left alone: perhaps something was taken, and its lease has to end.
        """
        for project in await self._in_turn():
            with self._guard:
                slot = self._free.pop() if self._free else None
            rows = await self._asked(statements.TAKE, slot=slot, project=project) if slot is not None else []
            if slot is None or not rows:
                slot = await self._database.jobs.register_worker()
                rows = await self._asked(statements.TAKE, slot=slot, project=project)
            if rows and rows[0]["id"] is not None:
                with self._guard:
                    self._served[project] = next(self._turns)
                return self._taken(rows[0], slot)
            with self._guard:
                self._free.append(slot)
        return None

    async def _pause(self) -> float:
        """Return the seconds until something can be taken, as things stand."""
        if await self._in_turn():
            return 0.0
        [found] = await self._asked(statements.NEXT, lease=self._lease)
        return math.inf if found["delay"] is None else max(0.0, found["delay"].total_seconds())

    async def _in_turn(self) -> list[str]:
        """Return the projects with something that may be taken now, the one that is next first."""
        rows = await self._rows()
        if any(row["stalled"] for row in rows):
            await self._told(statements.TAKE_BACK, lease=self._lease)
            rows = await self._rows()
        ready = [row for row in self._below_caps(rows) if row["due"] is not None]
        ready.sort(key=lambda row: (-row["priority"], self._served.get(row["project"], 0), row["due"]))
        return [row["project"] for row in ready]

    async def _rows(self) -> list[dict[str, Any]]:
        return await self._asked(statements.READY, lease=self._lease, slots=self._own_slots())

    def _own_slots(self) -> list[int]:
        with self._guard:
            return list(self._slots.values())

    def _below_caps(self, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """A project's cap counts over all hosts; the others leave something free in this process."""
        mine = Counter[str]()
        for row in rows:
            mine[_tracker_of(row["project"])] += row["mine"]
        background = _reached(mine.total(), self._caps.background)
        for row in rows:
            of_tracker = mine[_tracker_of(row["project"])]
            if _reached(row["running"], self._caps.project) or _reached(of_tracker, self._caps.tracker):
                continue
            if row["priority"] == Priority.PERSON or not background:
                yield row

    def _taken(self, job: dict[str, Any], slot: int) -> Lease:
        args: dict[str, Any] = job["args"]
        expected_comments = {
            int(comment): None if version is None else datetime.fromtimestamp(version, UTC)
            for comment, version in args["awaited"].items()
        }
        ticket = job["id"]
        with self._guard:
            self._slots[ticket] = slot
        ref, attempt, priority = IssueRef.parse(job["lock"]), args["attempts"] + 1, Priority(job["priority"])
        return Lease(ref, expected_comments, attempt, args["waits"], ticket, priority)

    def _give_back(self, lease: Lease, at: datetime | None, priority: Priority, args: dict[str, Any]) -> None:
        """
        Where the lease was lost, ask for another reconcile: what its holder wrote last may be older than what
        others wrote meanwhile, and of a database that was lost nobody else knows when the issue is due.
        """
        self._open()
        now = self._clock()
        delay = None if at is None else at - now
        asked: dict[str, Any] = {"id": lease.ticket, "priority": int(priority), "args": args, "delay": delay}
        if not self._database.all(statements.GIVE_BACK, **asked):
            self._database.all(statements.ADD, **self._row(IssueChanged(lease.ref), now, Priority.SWEEP))
        with self._guard:
            if (slot := self._slots.pop(lease.ticket, None)) is not None:
                self._free.append(slot)
        self.wake()

    def _prune(self) -> None:
        """Forget the slots of processes that are gone, long after their leases ended."""
        long = 5 * self._lease.total_seconds()
        if time.monotonic() - self._pruned < long:
            return
        self._pruned = time.monotonic()
        self._database.run(lambda: self._database.jobs.prune_stalled_workers(long))
        self._database.run(lambda: self._told(statements.SENT_LONG_AGO))
        self._database.run(lambda: self._told(statements.OTHERS_LONG_AGO, most=MOST_OTHERS))

    async def _save_again(self) -> None:
        """Write what could not be written, as soon as that is possible again."""
        while True:
            await asyncio.sleep(1)
            try:
                while self._unsaved:
                    change, due, priority = self._unsaved[0]
                    row = self._row(change, due, priority)
                    await self._database.asked(lambda r=row: self._told(statements.ADD, **r))  # type: ignore[misc]
                    self._unsaved.popleft()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again in a second
                _log.debug("not written yet: %s", error)


def _args(
    expected_comments: dict[str, float | None] | None = None, attempts: int = 0, waits: int = 0
) -> dict[str, Any]:
    return {"awaited": expected_comments or {}, "attempts": attempts, "waits": waits}


def _seconds(version: datetime | None) -> float | None:
    return None if version is None else version.timestamp()


def _queue_of(ref: IssueRef) -> str:
    name = f"{ref.tracker}:{ref.project}"
    return name if len(name) <= _LONGEST_NAME else f"{ref.tracker}:{hashlib.sha256(name.encode()).hexdigest()}"


def _tracker_of(queue: str) -> str:
    return queue.partition(":")[0]


def _reached(held: int, cap: int | None) -> bool:
    return cap is not None and held >= cap
