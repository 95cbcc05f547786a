"""A server that does not understand a question is not asked it again for a while."""

import threading
from collections.abc import Callable
from typing import Final

ASK_AGAIN: Final = 3600.0
"""Seconds until it is asked again: it may have been upgraded."""

UNCLEAR: Final = 300.0
"""Seconds until it is tried again after an answer that left open what was done."""


class Silence:
    """What a server is known not to tell. ``clock`` is monotonic, in seconds. Safe between threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until = 0.0
        self._in_a_row = 0
        self._lock = threading.Lock()

    def begin(self, seconds: float = ASK_AGAIN) -> None:
        """Note that it did not understand."""
        with self._lock:
            self._until = self._clock() + seconds

    def stumbled(self) -> None:
        """Note that it did not answer: for a while, twice as long each time in a row."""
        with self._lock:
            self._until = self._clock() + min(UNCLEAR * 2**self._in_a_row, ASK_AGAIN)
            self._in_a_row = min(self._in_a_row + 1, 10)

    def answered(self) -> None:
        """Note that it works."""
        with self._lock:
            self._in_a_row = 0

    @property
    def holds(self) -> bool:
        """Whether not to ask it now."""
        with self._lock:
            return self._clock() < self._until
