"""
How much memory bodies may take while they are received, over all connections.

Nobody knows whether a delivery is authentic before all of it is there. When bodies take too much, the largest is
given up: a delivery is small and comes at once, so whoever sends much, or slowly, keeps nobody else out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Held:
    """
    What one body takes. When others need the room more, ``given_up`` becomes true, and ``end`` is called. While it
    is ``pinned``, others are given up before it.
    """

    def __init__(self, end: Callable[[], None]) -> None:
        self.size = 0
        self.pinned = False
        self.given_up = False
        self.end = end


class Room:
    """So many bytes. For one thread: that of the loop."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._taken = 0
        self._held: dict[Held, None] = {}

    @property
    def taken(self) -> int:
        """Bytes of all bodies that are being received, or judged."""
        return self._taken

    @contextmanager
    def held(self, end: Callable[[], None]) -> Iterator[Held]:
        """``end`` must stop what is going on with the body."""
        one = Held(end)
        self._held[one] = None
        try:
            yield one
        finally:
            self._held.pop(one, None)
            self._taken -= one.size

    def take(self, one: Held, size: int) -> None:
        """Count bytes that arrived. Until all fit, the largest is given up; of equals, the one that came first."""
        if one.given_up:
            return
        one.size += size
        self._taken += size
        while self._taken > self._size:
            most = max(self._held, key=lambda held: (not held.pinned, held.size))
            del self._held[most]
            self._taken -= most.size
            most.size = 0
            most.given_up = True
            most.end()
