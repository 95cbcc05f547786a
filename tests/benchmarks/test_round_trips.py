"""How many requests of a look wait for each other, counted, not timed."""

from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

import pytest

from tests.benchmarks.place import incident
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

T = TypeVar("T")
U = TypeVar("U")


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

    def _counted(self, act: Callable[[], T]) -> tuple[T, int]:
        before, saved = len(self.requests), self.saved
        found = act()
        return found, len(self.requests) - before - (self.saved - saved)

    def close(self) -> None:
        """There is nothing to end."""


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_an_issue_is_read_in_two_round_trips_and_a_known_one_in_one(name: str) -> None:
    with incident(name, 10) as place:
        forge, depth = place.forge, Depth()
        options: dict[str, Any] = {"pace": UNLIMITED, "together": depth}
        tracker: Tracker = (
            GitHubTracker(forge.sandbox.github_url, Token(forge.bot.token), ["acme/api"], **options)
            if name == "github"
            else GitLabTracker(forge.sandbox.gitlab_url, forge.bot.token, ["acme/api"], **options)
        )
        with closing(tracker):
            ref = forge.ref(place.ticket)
            tracker.read(ref)  # whose credential it is, is asked once
            depth.requests = forge.sandbox.requests

            def trips(*, whole: bool) -> int:
                depth.requests.clear()
                depth.saved = 0
                tracker.read(ref, whole=whole)
                return len(depth.requests) - depth.saved

            assert trips(whole=True) == 2
            place.say(forge.alice, "/incident note step 1")
            assert trips(whole=False) == 1
