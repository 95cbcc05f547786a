"""How many requests of a look wait for each other, counted, not timed."""

from collections.abc import Callable

import pytest

from tests.benchmarks.place import incident
from tests.benchmarks.trips import Depth, counted


def trips(depth: Depth, act: Callable[[], object]) -> int:
    """Return how many requests of ``act`` waited for each other."""
    depth.clear()
    act()
    return depth.trips


FORGES = ["github", "gitlab"]


@pytest.mark.parametrize("name", FORGES)
def test_an_issue_is_read_in_two_round_trips_and_a_known_one_in_one(name: str) -> None:
    with incident(name, 10) as place, counted(place) as (tracker, depth):
        ref = place.forge.ref(place.ticket)
        assert trips(depth, lambda: tracker.read(ref, whole=True)) == 2
        place.say(place.forge.alice, "/incident note step 1")
        assert trips(depth, lambda: tracker.read(ref)) == 1


@pytest.mark.parametrize("name", FORGES)
def test_a_long_thread_takes_one_round_trip_more(name: str) -> None:
    with incident(name, 950) as place, counted(place) as (tracker, depth):
        ref = place.forge.ref(place.ticket)
        assert trips(depth, lambda: tracker.read(ref, whole=True)) == 3
        assert len(depth.requests) >= 10
        assert len(tracker.read(ref, whole=True).comments) == 950


@pytest.mark.parametrize("name", FORGES)
def test_a_note_of_somebody_new_takes_two_round_trips_and_a_write(name: str) -> None:
    with incident(name, 10) as place, counted(place) as (tracker, depth):
        bridge = place.bridge_of(tracker, depth)
        place.look_with(bridge)
        place.forge.clock.forward(600)  # the team's settings are due
        for who in (place.forge.alice, place.forge.bob, place.forge.tess):
            place.forge.world.comment(place.ticket, who, "/incident note step 1")

        assert trips(depth, lambda: place.look_with(bridge)) == 3
        place.forge.world.comment(place.ticket, place.forge.bob, "/incident note step 2")
        assert trips(depth, lambda: place.look_with(bridge)) == 2


@pytest.mark.parametrize("name", FORGES)
def test_a_new_incident_has_its_status_comment_after_three_round_trips(name: str) -> None:
    with incident(name, 1) as place, counted(place) as (tracker, depth):
        bridge = place.bridge_of(tracker, depth)
        forge = place.forge
        place.look_with(bridge)
        place.ticket = forge.world.open_ticket(
            forge.project, forge.alice, "Login is down", "It is.", labels=["incident"]
        )
        forge.clock.forward(600)
        depth.clear()
        seen: list[int] = []
        forge.world.listeners.append(lambda event: seen.append(depth.trips))
        place.look_with(bridge)

        assert seen[0] <= 3, [(one.method, one.path) for one in depth.requests]
