"""
Long threads are folded one after the other.

One interpreter runs one thread at a time, so that several at once are not done sooner; but whoever answers a
request meanwhile would have to wait for each of them, again and again. Short threads do not wait.
"""

import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Final

from tracker_bridge.domain.issue.issue import Issue

LONG: Final = 200
"""Comments of a thread that is long. One of as many commands takes some 30 ms."""


class Turns:
    """Whose turn it is, in one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def of(self, issue: Issue) -> AbstractContextManager[object]:
        """Return what to hold while an issue is folded, and nothing is asked of anybody."""
        return self._lock if len(issue.comments) >= LONG else nullcontext()
