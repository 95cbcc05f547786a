"""What must hold in a storm, in simulated time; ``python -m tests.benchmarks storm`` prints the large one."""

from collections import Counter
from datetime import timedelta

import pytest

from tests.benchmarks.storm import Night, night, storm, tracker_of
from tracker_bridge.domain.issue.changes import React, key_of
from tracker_bridge.sandbox.world import Event, Ticket
from tracker_bridge.trackers._pace import UNLIMITED, Pace, windows


@pytest.mark.slow
@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_every_incident_has_its_status_comment_soon_and_nothing_is_refused_or_lost(name: str) -> None:
    told = storm(name, 30, 2, minutes=4)

    assert not told.refused
    assert len(told.waited) == 30
    assert max(told.waited) <= 150
    assert told.shown == told.notes == 60


TIGHT = {"github": Pace(windows(20), windows(5)), "gitlab": Pace(windows(8), windows(5), edits=False)}
"""Writes and texts a minute: a third of what four incidents ask for."""


@pytest.mark.parametrize("name", ["github", "gitlab"])
def test_under_pressure_edits_of_a_comment_are_gathered_and_nothing_else_is_lost(name: str) -> None:
    with night(name, TIGHT[name]) as one:
        forge, edits = one.forge, Counter[int]()
        forge.world.listeners.append(lambda event: edits.update(_edited(event)))
        tickets = [one.open(number) for number in range(4)]
        for step in range(12):
            for ticket in tickets:
                one.say(ticket, forge.alice, f"/incident note step {step}")
                if step == 5:
                    one.say(ticket, forge.tess, "/incident claim scribe")
                    one.say(ticket, forge.alice, "/incident severity sev1")
                    one.say(ticket, forge.bob, "/incident severity sev9")
            one.work(timedelta(seconds=15))
        for ticket in tickets[:2]:
            one.say(ticket, forge.alice, "/incident resolve")
        one.work(timedelta(minutes=30))

        said = sum(note.author is not forge.bot for ticket in tickets for note in ticket.comments)
        assert edits.total() < said / 2
        for ticket in tickets:
            kinds = {kind.partition(":")[0] for kind in _keys(one, ticket)}
            assert {"status", "duty", "refusal"} <= kinds, (ticket.number, kinds)
            assert ("summary" in kinds) is (ticket in tickets[:2]) is not ticket.open
            assert any("sev1" in label.name for label in ticket.labels)
            assert _rests(one, ticket)


def _edited(event: Event) -> list[int]:
    """Return the issue whose status comment was edited by the bridge."""
    edited = event.note if (event.kind, event.action) == ("comment", "edited") else None
    return [event.ticket.number] if edited and key_of(edited.body) == "status" else []


def _keys(one: Night, ticket: Ticket) -> list[str]:
    return [key_of(note.body) or "" for note in ticket.comments if note.author is one.forge.bot]


def _rests(one: Night, ticket: Ticket) -> bool:
    """Whether one who remembers nothing would give reactions at most."""
    tracker = tracker_of(one.forge, UNLIMITED)
    decision = one.bridge_of(tracker).decide(tracker.read(one.forge.ref(ticket)), one.forge.clock.now)
    tracker.close()
    return not [change for change in decision.changes if not isinstance(change, React)]
