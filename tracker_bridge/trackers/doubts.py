"""
Refusals that may pass: a proxy, a replica or a server that has just started answers 403 and 404 for seconds.

Such an answer is believed when it comes twice, apart.
"""

import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from tracker_bridge.trackers import Denied, Doubtful, Gone

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
        """Return when this refusal is the second of two. Raises :class:`Doubtful` when it is the first."""
        if not self.settled(key):
            raise Doubtful(f"{said}, for now", APART)

    @contextmanager
    def twice(self, key: Hashable) -> Iterator[None]:
        """Let a refusal, whatever it says, through when it is the second of two; else it is :class:`Doubtful`."""
        try:
            yield
        except (Gone, Denied) as refusal:
            self.believe(key, str(refusal))
            raise
        self.forget(key)

    def again(self, key: Hashable, said: str) -> bool:
        """Tell whether the very same refusal came before, apart."""
        return self.settled(_Denial(key, said))

    def passed(self, key: Hashable) -> None:
        """It was not refused any more, whatever was said."""
        with self._lock:
            self._first = {one: at for one, at in self._first.items() if getattr(one, "about", None) != key}

    @contextmanager
    def about(self, key: Hashable) -> Iterator[None]:
        """Let a :class:`Denied` through when the very same came before; else it is :class:`Doubtful`."""
        try:
            yield
        except Denied as refusal:
            self.believe(_Denial(key, str(refusal)), str(refusal))
            raise
        self.passed(key)

    def forget(self, key: Hashable) -> None:
        """It was answered otherwise."""
        with self._lock:
            self._first.pop(key, None)


@dataclass(frozen=True, slots=True)
class _Denial:
    about: Hashable
    said: str
