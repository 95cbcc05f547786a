"""What was sent a moment ago: it may not be visible yet, and is not sent again before it would be."""

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, runtime_checkable

from tracker_bridge.domain.issue.changes import Change, Link, Open, Post
from tracker_bridge.domain.issue.documents import REPORTED
from tracker_bridge.domain.issue.issue import IssueRef

SETTLING: Final = 30
"""Seconds in which what was sent may not be visible yet."""

MOST_REPORTS: Final = 10
"""
Comments about reports that a project gets in :data:`SPAN`.

Strangers can open issues as fast as they like, and must not use up what the bot may write.
"""

SPAN: Final = 3600.0
"""Seconds."""


@runtime_checkable
class Sent(Protocol):
    """Remembers for a while which documents were sent to which thread; for all hosts, where they share a queue."""

    def settled(self, ref: IssueRef, document: str, seconds: float) -> bool:
        """Whether it was not sent within so many seconds; it counts as sent from now on."""
        ...

    def removed(self, ref: IssueRef, document: str) -> None:
        """Forget it."""
        ...


class SentHere:
    """Remembers it for this process. Safe to use from several threads. ``monotonic`` tells seconds."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._sent: dict[tuple[IssueRef, str], float] = {}
        self._lock = threading.Lock()

    def settled(self, ref: IssueRef, document: str, seconds: float) -> bool:
        with self._lock:
            now = self._monotonic()
            self._sent = {key: at for key, at in self._sent.items() if now - at < seconds}
            known = (ref, document) in self._sent
            self._sent.setdefault((ref, document), now)
            return not known

    def removed(self, ref: IssueRef, document: str) -> None:
        with self._lock:
            self._sent.pop((ref, document), None)


class Outbox:
    """Knows what makes something new, and holds it back where it was just sent."""

    def __init__(self, sent: Sent) -> None:
        self._sent = sent

    def settled(self, ref: IssueRef, change: Change) -> bool:
        """Whether the change may be made; it counts as made from now on."""
        if not isinstance(change, Post | Open | Link):
            return True
        return self._sent.settled(ref, change.document.key, SETTLING)

    def unsent(self, ref: IssueRef, change: Change) -> None:
        """Forget what was not sent after all."""
        if isinstance(change, Post | Open | Link):
            self.removed(ref, change.document.key)

    def removed(self, ref: IssueRef, key: str) -> None:
        """Forget what was seen, and taken away by us: it may come again at once."""
        self._sent.removed(ref, key)


class Bound:
    """
    Remembers when comments about reports were posted in which project. Safe to use from several threads.
    ``monotonic`` tells seconds.
    """

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._posted: dict[tuple[str, str], list[float]] = {}
        self._lock = threading.Lock()

    def held_until(self, ref: IssueRef, change: Change, now: datetime) -> datetime | None:
        """Return until when the change must wait; ``None`` when it may be made, and it counts as made then."""
        if not isinstance(change, Post) or change.document.key != REPORTED:
            return None
        with self._lock:
            known = self._posted.setdefault((ref.tracker, ref.project), [])
            seconds = self._monotonic()
            known[:] = [at for at in known if seconds - at < SPAN]
            if len(known) >= MOST_REPORTS:
                return now + timedelta(seconds=min(known) + SPAN - seconds)
            known.append(seconds)
            return None

    def unsent(self, ref: IssueRef, change: Change) -> None:
        """Forget what was not sent after all."""
        if isinstance(change, Post) and change.document.key == REPORTED:
            with self._lock:
                self._posted[ref.tracker, ref.project].pop()
