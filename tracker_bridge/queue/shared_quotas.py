"""
What all hosts wrote with each credential, and which limits they keep: one row each in the queue's database.

An account is read, changed and written back if nobody else did so meanwhile; otherwise that is repeated. A write
to a forge costs one round trip here, a request that reads none: what it cost is told with the next exchange, and
a copy that is a second old will do to see whether a limit is kept.

The database's clock counts: at each exchange, a process learns by how much its own differs. While the database is
away, each process goes on with what it knows, and tells the others later.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import uuid4

from tracker_bridge.queue import QueueError, statements
from tracker_bridge.queue.database import Database
from tracker_bridge.trackers._pace import Pace
from tracker_bridge.trackers.quotas import Account, Act

T = TypeVar("T")

FRESH = 1.0
"""Seconds for which a copy will do to look at."""

MOST_NOTES = 50
"""Noted changes after which they are told, however fresh the copy is."""

AWAY = 5.0
"""Seconds for which a database that did not answer is not asked again."""

_TRIES = 100


@dataclass(slots=True)
class _Copy:
    """
    The row as it was at ``read_at``, by this process's clock, with what this process changed since.

    ``stamp`` names that state of the row. ``ahead``: seconds that the database's clock is ahead of ours. ``notes``
    are what the row does not have yet.
    """

    account: Account
    ahead: float
    lock: threading.Lock = field(default_factory=threading.Lock)
    stamp: str = ""
    read_at: float = float("-inf")
    notes: deque[tuple[Act[Any], float]] = field(default_factory=lambda: deque(maxlen=1000))


class SharedQuotas:
    """Speaks :class:`tracker_bridge.trackers.quotas.Quotas`. ``monotonic`` tells seconds."""

    def __init__(self, database: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._copies: dict[str, _Copy] = {}
        self._away_until = float("-inf")

    def change(self, credential: str, pace: Pace, act: Act[T]) -> T:
        copy = self._copy(credential, pace)
        with copy.lock:
            self._freshen(credential, copy)
            for _ in range(_TRIES):
                now, account = self._now(copy), Account(copy.account.pace, copy.account.kept())
                account.forget(now)
                result = act(account, now)
                written = self._write(credential, copy, account)
                if written:
                    return result
                if written is None:
                    break
            copy.notes.append((act, self._now(copy)))
            return act(copy.account, self._now(copy))

    def note(self, credential: str, pace: Pace, act: Act[None]) -> None:
        copy = self._copy(credential, pace)
        with copy.lock:
            now = self._now(copy)
            act(copy.account, now)
            copy.notes.append((act, now))
            if len(copy.notes) >= MOST_NOTES:
                self._refresh(credential, copy)

    def seen(self, credential: str, pace: Pace, act: Act[T]) -> T:
        copy = self._copy(credential, pace)
        with copy.lock:
            self._freshen(credential, copy)
            return act(copy.account, self._now(copy))

    def _copy(self, credential: str, pace: Pace) -> _Copy:
        with self._lock:
            if credential not in self._copies:
                self._copies[credential] = _Copy(Account(pace), ahead=time.time() - self._monotonic())
            return self._copies[credential]

    def _now(self, copy: _Copy) -> float:
        return self._monotonic() + copy.ahead

    def _freshen(self, credential: str, copy: _Copy) -> None:
        if self._monotonic() - copy.read_at >= FRESH:
            self._refresh(credential, copy)

    def _refresh(self, credential: str, copy: _Copy) -> None:
        """Read what others changed, and tell them what is noted."""
        if copy.notes:
            for _ in range(_TRIES):
                if self._write(credential, copy, copy.account) is not False:
                    return
        else:
            self._ask(copy, statements.ACCOUNT, credential=credential)

    def _write(self, credential: str, copy: _Copy, account: Account) -> bool | None:
        """
        Write the account, and return whether that was possible: otherwise the copy is what somebody else wrote
        meanwhile, or it is ``None``, and the database is away.
        """
        stamp, kept = uuid4().hex, json.dumps(account.kept(), separators=(",", ":"))
        asked = {"credential": credential, "known": copy.stamp, "stamp": stamp, "account": kept}
        row = self._ask(copy, statements.PUT_ACCOUNT, **asked)
        if row is None or row["stamp"] != stamp:
            return None if row is None else False
        copy.account = account
        copy.notes.clear()
        return True

    def _ask(self, copy: _Copy, query: str, **arguments: Any) -> dict[str, Any] | None:
        """Run a statement that gives the row, and take in what it is now; ``None`` while the database is away."""
        if self._monotonic() < self._away_until:
            return None
        begun = self._monotonic()
        try:
            row = self._database.one(query, **arguments)
        except QueueError:
            self._away_until = self._monotonic() + AWAY
            return None
        copy.read_at = self._monotonic()
        copy.ahead = float(row["now"]) - (begun + copy.read_at) / 2
        if row["account"] is not None and row["stamp"] not in (copy.stamp, arguments.get("stamp")):
            copy.account = Account(copy.account.pace, json.loads(row["account"]))
            for act, at in copy.notes:
                act(copy.account, at)
        copy.stamp = row["stamp"] or ""
        return row
