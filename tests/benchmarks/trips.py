"""How many requests wait for each other, counted, not timed."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from tests.benchmarks.place import Place, incident
from tracker_bridge.reconcile import Bridge
from tracker_bridge.sandbox.world import Event
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

T = TypeVar("T")
U = TypeVar("U")

CALL: Final = 0.1
"""Seconds that one request takes."""


class Depth:
    """Asks one after the other, and counts the requests that would not have been waited for."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.saved = 0

    def __call__(self, one: Callable[[], T], other: Callable[[], U]) -> tuple[T, U]:
        first, long = self._counted(one)
        second, short = self._counted(other)
        self.saved += min(long, short)
        return first, second

    @property
    def trips(self) -> int:
        """How many waited for each other since :meth:`clear`."""
        return len(self.requests) - self.saved

    def clear(self) -> None:
        self.requests.clear()
        self.saved = 0

    def _counted(self, act: Callable[[], T]) -> tuple[T, int]:
        before, saved = len(self.requests), self.saved
        found = act()
        return found, len(self.requests) - before - (self.saved - saved)

    def close(self) -> None:
        """There is nothing to end."""


@contextmanager
def counted(place: Place) -> Iterator[tuple[Tracker, Depth]]:
    """A tracker with nothing remembered but whose credential it has, and what counts its requests."""
    forge, depth = place.forge, Depth()
    options: dict[str, Any] = {"pace": UNLIMITED, "together": depth}
    tracker: Tracker = (
        GitHubTracker(forge.sandbox.github_url, Token(forge.bot.token), ["acme/api"], **options)
        if place.forge.name == "github"
        else GitLabTracker(forge.sandbox.gitlab_url, forge.bot.token, ["acme/api"], **options)
    )
    with closing(tracker):
        depth.requests = forge.sandbox.requests
        tracker.read(forge.ref(place.ticket))
        yield tracker, depth


@dataclass
class Scene:
    """An incident that was looked at, and the bridge that looks again."""

    place: Place
    tracker: Tracker
    bridge: Bridge
    depth: Depth

    def waited(self, *seen: Callable[[Event], bool]) -> list[float]:
        """Look; return after how many seconds each of these things was there."""
        found: dict[int, float] = {}

        def hear(event: Event) -> None:
            for number, sees in enumerate(seen):
                if sees(event):
                    found.setdefault(number, (self.depth.trips + 1) * CALL)

        self.depth.clear()
        self.place.forge.world.listeners.append(hear)
        self.place.look_with(self.bridge)
        self.place.forge.world.listeners.remove(hear)
        return [found[number] for number in range(len(seen))]


@contextmanager
def scene(name: str, comments: int = 10) -> Iterator[Scene]:
    with incident(name, comments) as place, counted(place) as (tracker, depth):
        bridge = place.bridge_of(tracker, depth)
        place.look_with(bridge)
        yield Scene(place, tracker, bridge, depth)
