"""
Refused deliveries in the log, of trackers and of sources of alerts: a line a minute about all of them, however
many there are, and of which kinds.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

EVERY: Final = 60.0
"""Seconds between two lines."""

_log = logging.getLogger(__name__)


class Refusals:
    """
    Counts what is not logged: the first is told at once, those of the next minute with the first one after it.

    ``clock`` is monotonic, in seconds. Safe to use from several threads.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._said_at = clock() - EVERY
        self._unsaid = Counter[tuple[str, str]]()
        self._lock = threading.Lock()

    def log(self, name: str, reason: str) -> None:
        """``reason`` is one of a few: nothing of what was sent stands in it."""
        with self._lock:
            now = self._clock()
            self._unsaid[name, reason] += 1
            if now - self._said_at < EVERY:
                return
            self._said_at, counts, self._unsaid = now, self._unsaid, Counter()
        if counts.total() == 1:
            _log.warning("%s: a delivery was refused: %s", name, reason)
            return
        kinds = "; ".join(f"{which}: {what} ({count:,})" for (which, what), count in counts.most_common())
        _log.warning("%d deliveries were refused: %s", counts.total(), kinds)
