"""
Refusals that may pass: a proxy, a replica or a server that has just started answers 403 and 404 for seconds.

Such an answer is believed when it comes twice, apart.
"""

import threading
from collections.abc import Callable, Hashable
from typing import Final

from tracker_bridge.trackers import Busy

APART: Final = 5.0
"""Seconds that two answers must lie apart."""

TOGETHER: Final = 3600.0
"""Seconds after which the first one says nothing any more."""


class Doubts:
    """The first of two answers, by what they are about. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._first: dict[Hashable, float] = {}
        self._lock = threading.Lock()

    def settled(self, key: Hashable) -> bool:
        """Tell whether this answer is the second of two; if not, it is the first."""
        with self._lock:
            now = self._clock()
            self._first = {one: at for one, at in self._first.items() if now - at < TOGETHER}
            return now - self._first.setdefault(key, now) >= APART

    def believe(self, key: Hashable, said: str) -> None:
        """Return when this refusal is the second of two. Raises :class:`Busy` when it is the first."""
        if not self.settled(key):
            raise Busy(f"{said}, for now", APART)

    def forget(self, key: Hashable) -> None:
        """It was answered otherwise."""
        with self._lock:
            self._first.pop(key, None)
