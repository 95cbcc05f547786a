"""Who was pinged before: nobody is pinged by a comment that comes back."""

import threading
from typing import Final

from tracker_bridge.domain.issue.issue import IssueRef

MOST: Final = 2000
"""Issues; the ones that were looked at longest ago are forgotten."""


class Notified:
    """
    Remembers which documents were in which thread. Safe to use from several threads.

    What the bridge took away itself is forgotten: when it comes again, it is news.
    """

    def __init__(self) -> None:
        self._keys: dict[IssueRef, set[str]] = {}
        self._lock = threading.Lock()

    def seen(self, ref: IssueRef, keys: set[str]) -> None:
        with self._lock:
            self._keys[ref] = self._keys.pop(ref, set()) | keys
            while len(self._keys) > MOST:
                del self._keys[next(iter(self._keys))]

    def removed(self, ref: IssueRef, key: str) -> None:
        with self._lock:
            self._keys.get(ref, set()).discard(key)

    def of(self, ref: IssueRef) -> frozenset[str]:
        with self._lock:
            return frozenset(self._keys.get(ref, ()))
