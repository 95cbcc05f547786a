"""
How much memory bodies may take while they are received, over all connections.

Nobody knows whether a delivery is authentic before all of it is there. When bodies take too much, the largest is
given up: a delivery is small and comes at once, so whoever sends much, or slowly, keeps nobody else out.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self


class Room:
    """So many bytes. For one thread: that of the loop."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.taken = 0
        """Bytes of all bodies that are being received, or judged."""
        self.held: dict[Held, None] = {}


class Held:
    """
    What one body takes while it is entered. When others need the room more, ``given_up`` becomes true, and ``end``
    is called, which must stop what is going on with the body. What is ``pinned`` is given up last.
    """

    def __init__(self, room: Room, end: Callable[[], None]) -> None:
        self._room = room
        self.size = 0
        self.pinned = False
        self.given_up = False
        self.end = end

    def __enter__(self) -> Self:
        self._room.held[self] = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._leave()

    def take(self, size: int) -> None:
        """Count bytes that arrived. Until all fit, the largest is given up; of equals, the one that came first."""
        if self.given_up:
            return
        room = self._room
        self.size += size
        room.taken += size
        while room.taken > room.size:
            most = max(room.held, key=lambda held: (not held.pinned, held.size))
            most.give_up()

    def give_up(self) -> None:
        self._leave()
        self.given_up = True
        self.end()

    def _leave(self) -> None:
        self._room.held.pop(self, None)
        self._room.taken -= self.size
        self.size = 0
