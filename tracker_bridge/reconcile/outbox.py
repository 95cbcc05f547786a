"""What was sent a moment ago: it may not be visible yet, and is not sent again before it would be."""

import threading
from datetime import datetime
from typing import Final

from tracker_bridge.domain.changes import Change, Link, Open, Post
from tracker_bridge.domain.issue import IssueRef

SETTLING: Final = 30.0
"""Seconds in which what was sent may not be visible yet."""


class Outbox:
    """Remembers what makes something new. Safe to use from several threads."""

    def __init__(self) -> None:
        self._sent: dict[tuple[IssueRef, str], datetime] = {}
        self._lock = threading.Lock()

    def settled(self, ref: IssueRef, change: Change, now: datetime) -> bool:
        """Whether the change may be made; it counts as made from now on."""
        if not isinstance(change, Post | Open | Link):
            return True
        with self._lock:
            self._sent = {key: at for key, at in self._sent.items() if (now - at).total_seconds() < SETTLING}
            return self._sent.setdefault((ref, change.document.key), now) == now
