"""A lagging replica: the world as it was some requests ago. See :class:`tracker_bridge.sandbox.faults.Lag`."""

import copy
from collections import deque

from tracker_bridge.sandbox.world import Event, World


class Replica:
    """
    Copies of ``world``, made whenever something happens while somebody wants to see the past.

    ``past`` is a world of its own, whose content :meth:`show` puts in place. It costs a copy of everything per
    event: for tests.
    """

    def __init__(self, world: World) -> None:
        self.past = World(world.clock)
        self._world = world
        self._requests = 0
        self._latest: tuple[object, object] | None = None
        self._before: deque[tuple[int, tuple[object, object]]] = deque(maxlen=100)

    @property
    def watching(self) -> bool:
        return self._latest is not None

    def watch(self) -> None:
        """Begin to remember."""
        with self._world.lock:
            self._latest = self._copy()

    def count(self) -> None:
        """A request came in."""
        self._requests += 1

    def heard(self, _: Event) -> None:
        """Listen to the world: keep what was before this event."""
        if self._latest is not None:
            self._before.append((self._requests, self._latest))
            self._latest = self._copy()

    def show(self, requests: int) -> None:
        """Let ``past`` be the world before all that happened during the last ``requests`` requests."""
        young = [state for at, state in self._before if at + requests >= self._requests]
        state = young[0] if young else self._copy()
        self.past.accounts, self.past.projects = copy.deepcopy(state)  # type: ignore[assignment]  # as put in

    def _copy(self) -> tuple[object, object]:
        return copy.deepcopy((self._world.accounts, self._world.projects))
