"""Thirty seeds: what must hold always does, and in the end all is as if nothing had gone wrong."""

from unittest.mock import patch

import pytest

from tests.simulation.kills import Killed, kill_everywhere
from tests.simulation.outcome import Outcome, difference
from tests.simulation.run import forge_of, play
from tests.simulation.shared import sharing
from tests.simulation.weather import AHEAD, BEHIND
from tracker_bridge.domain.issue import changes
from tracker_bridge.reconcile.outbox import Outbox

SEEDS = 30
"""``make soak`` has 20,000."""
AT_ONCE = 10

NEVER = {"github": {"Rate", "Advance", "Mirror"}, "gitlab": {"Pin", "Fill"}}
"""Kinds of changes that a forge does not know."""


@pytest.mark.parametrize("first", range(0, SEEDS, AT_ONCE))
def test_bad_weather_changes_nothing_in_the_end(first: int) -> None:
    tolds = [play(seed, forge_of(seed)) for seed in range(first, first + AT_ONCE)]
    assert not [f"{told.again}: {told.problem}" for told in tolds if told.problem]
    assert sum(told.faults.total() for told in tolds) > AT_ONCE


def test_a_bridge_that_forgets_what_it_has_just_sent_is_found_out() -> None:
    """So that nobody believes in a simulation that finds nothing."""
    kinds = ("read lags up to 30 s", "answer lost after the change", "server says nothing")
    with patch.object(Outbox, "settled", lambda *_: True):
        problems = (play(seed, forge_of(seed), kinds=kinds, rate=0.3).problem for seed in range(30, 90))
        assert any("two comments" in problem for problem in problems)


def test_a_wrong_clock_is_forgiven_what_it_changes_for_good_and_nothing_else() -> None:
    one, other, third = "unassisted.29893530.1.deec95", "update.29893504.2.5d906a", "roles.29893530.1.86a42d"
    wanted = {"#2": {f"comment nudge:{one}+{other}": "together", "reactions to 7": ["+1"], "open": True}}
    nudges = {f"comment nudge:{one}": "x", f"comment nudge:{other.replace('.2.', '.3.')}": "y"}
    early: Outcome = {"#2": {**nudges, "reactions to 7": [], "open": True}}
    assert not difference(wanted, early, {AHEAD, "hint lost"})
    assert difference(wanted, early, {BEHIND}).startswith("#2, reactions to 7")
    assert "comment nudge" in difference(wanted, early)
    for wrong in ({f"comment nudge:{third}": "z"}, {"reactions to 7": ["confused"]}, {"open": False}):
        assert difference(wanted, {"#2": early["#2"] | wrong}, {AHEAD})


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_a_process_that_is_killed_at_any_request_leaves_nothing_that_does_not_heal(forge: str) -> None:
    """One in twenty-five of the requests; ``make soak`` has them all."""
    killed = kill_everywhere(forge, every=25)
    assert not killed.problems
    assert killed.points > 10
    _uses_every_change(forge, killed)


@pytest.mark.parametrize("forge", ["github", "gitlab"])
def test_one_of_three_processes_that_is_killed_leaves_nothing_that_the_others_do_not_heal(
    forge: str, server: str
) -> None:
    """One in sixty of the requests; ``make soak`` has them all."""
    with sharing(server) as shared:
        killed = kill_everywhere(forge, every=60, shared=shared)
    assert not killed.problems
    assert killed.points > 5
    _uses_every_change(forge, killed)


def _uses_every_change(forge: str, killed: Killed) -> None:
    every = {one.__name__ for one in (*changes.Change.__args__,)} | {"Retype", "Rate", "Advance", "Mirror"}
    assert killed.changes.keys() == every - {"NativeChange"} - NEVER[forge]
