"""Forged deliveries in the log: a line a minute for each tracker and reason, however many there are."""

import logging
import threading
from collections.abc import Callable
from typing import Final

EVERY: Final = 60.0
"""Seconds between two lines about the same."""

_log = logging.getLogger(__name__)


class Refusals:
    """Counts what is not logged. ``clock`` is monotonic, in seconds. Safe to use from several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._said: dict[tuple[str, str], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def log(self, name: str, reason: str) -> None:
        """``reason`` is one of a few: nothing of what was sent stands in it."""
        with self._lock:
            now = self._clock()
            at, unsaid = self._said.get((name, reason), (now - EVERY, 0))
            if now - at < EVERY:
                self._said[name, reason] = (at, unsaid + 1)
                return
            self._said[name, reason] = (now, 0)
        more = f" ({unsaid} more since the last such line)" if unsaid else ""
        _log.warning("%s: a delivery was refused: %s%s", name, reason, more)
