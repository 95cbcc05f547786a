"""
All connections: which of them end, because they keep the server waiting or there are too many.

Where there are too many, the one ends that has waited longest without a whole request: a forge sends its delivery
at once. So nobody keeps others out by holding connections. There is no limit for one address: behind a proxy, all
connections are the proxy's.
"""

import resource
from collections.abc import Callable
from typing import Final, Protocol

MOST: Final = 4096
"""Connections at once, if there may be so many open files."""

ELSEWHERE: Final = 512
"""Open files for everything else: the queue, the forges, and connections that came since the last were counted."""


class Guest(Protocol):
    """A connection."""

    def end(self) -> None:
        """End it now."""


class Crowd:
    """For one thread: that of the loop. ``clock`` is monotonic, in seconds."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = most
        self._clock = clock
        self._awaited: dict[Guest, float] = {}
        self._served: dict[Guest, float] = {}

    def __len__(self) -> int:
        return len(self._awaited) + len(self._served)

    def awaited(self, guest: Guest) -> None:
        """From now on a request is awaited of it, or the rest of one that began now. It may be new."""
        new = self._served.pop(guest, None) is None and self._awaited.pop(guest, None) is None
        self._awaited[guest] = self._clock()
        if new and len(self) > self._most:
            oldest = next(iter(self._awaited))
            del self._awaited[oldest]
            oldest.end()

    def served(self, guest: Guest) -> None:
        """All of a request is there, and is being answered."""
        if self._awaited.pop(guest, None) is not None:
            self._served[guest] = self._clock()

    def left(self, guest: Guest) -> None:
        self._awaited.pop(guest, None)
        self._served.pop(guest, None)

    def end_late(self, patience: float) -> None:
        """End what has been awaited, or served, for longer than so many seconds."""
        by = self._clock() - patience
        for guests in (self._awaited, self._served):
            late = [guest for guest, since in guests.items() if since < by]
            for guest in late:
                del guests[guest]
                guest.end()


def most_connections() -> int:
    """Return how many there may be at once. Lets this process have as many open files as that needs, if it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST + ELSEWHERE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return MOST if soft == resource.RLIM_INFINITY else max(64, min(MOST, soft - ELSEWHERE))
