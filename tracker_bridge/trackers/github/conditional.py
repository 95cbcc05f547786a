"""
Asking again for what was read before: while it is the same, GitHub says so with 304, which costs no budget.

An answer is known by its credential, path and query. GitHub's ETags contain the token: with an App's next token
everything is answered in full once.
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import replace

from tracker_bridge.trackers.github.errors import ErrorResponse

ROOM = 16 * 1024 * 1024
"""Characters of answers that are kept, the longest unused forgotten first."""

LARGEST = 1024 * 1024

NOT_MODIFIED = 304


class Answers:
    """What was answered before. Safe to use from several threads; may be emptied at any time."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._used = 0
        self._lock = threading.Lock()
        self._known: OrderedDict[Hashable, ErrorResponse] = OrderedDict()

    def etag(self, key: Hashable) -> str:
        """Return what to send along; empty where nothing is known."""
        with self._lock:
            known = self._known.get(key)
            return known.headers.get("etag", "") if known else ""

    def settle(self, key: Hashable, etag: str, answer: ErrorResponse) -> ErrorResponse | None:
        """
        Return the answer itself: what is known where it is the same as when it had this ``etag``.

        ``None`` where that was forgotten meanwhile.
        """
        with self._lock:
            known = self._known.get(key)
            if answer.status == NOT_MODIFIED:
                if known is None or known.headers.get("etag") != etag:
                    return None
                self._known.move_to_end(key)
                return replace(known, unchanged=True)
            self._forget(key)
            if answer.status == 200 and answer.headers.get("etag") and len(answer.text) <= LARGEST:
                self._known[key] = answer
                self._used += len(answer.text)
            while self._used > self._room:
                self._forget(next(iter(self._known)))
        return answer

    def _forget(self, key: Hashable) -> None:
        if (known := self._known.pop(key, None)) is not None:
            self._used -= len(known.text)
