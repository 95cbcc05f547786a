"""How many requests of a reconcile wait for each other, counted, not timed."""

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
def test_an_issue_of_which_nothing_was_changed_is_read_in_one_round_trip(name: str) -> None:
    with incident(name, 10) as place, counted(place) as (tracker, depth):
        forge = place.forge
        ticket = forge.world.open_ticket(forge.project, forge.rita, "Login is down", "It is.", labels=["incident"])
        assert trips(depth, lambda: tracker.read(forge.ref(ticket))) == 1
        assert tracker.read(forge.ref(ticket)).events


@pytest.mark.parametrize("name", FORGES)
def test_who_may_have_changed_a_text_takes_one_more_and_a_known_issue_takes_one(name: str) -> None:
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
def test_a_new_incident_is_written_to_in_the_second_round_trip(name: str) -> None:
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

        assert seen[0] == 2, [(one.method, one.path) for one in depth.requests]
