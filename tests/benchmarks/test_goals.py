"""The goals that are counted quickly are met; ``python -m tests.benchmarks goals`` prints all."""

import pytest

from tests.benchmarks import waiting
from tests.benchmarks.goal import Goal
from tests.benchmarks.goals import goals
from tests.benchmarks.traffic import cold, start

QUICK = [one for one in goals() if one.quick]


@pytest.mark.parametrize("goal", QUICK, ids=lambda goal: goal.what)
def test_it_is_met(goal: Goal) -> None:
    found = goal.measure()

    assert found.met, f"{found.says}; wanted: {goal.wanted}"


@pytest.mark.parametrize("name", waiting.FORGES)
def test_the_large_ones_in_small(name: str) -> None:
    assert start(name, 100) <= 0.15, "with the lists that are asked for in any case"
    assert waiting.after_a_restart(name, 20) <= 3
    assert cold(name, 20) <= {"github": 2.3, "gitlab": 2.4}[name]
