"""
Goals: what a bad night must not cost, what it cost once, and what it costs now

Seconds are round trips of 100 ms each that wait for each other, or simulated; requests are counted. No machine
changes them, but where a row says that it was timed.
"""

import importlib
import pkgutil
from collections.abc import Iterator

from tests import benchmarks
from tests.benchmarks.goal import Goal
from tests.benchmarks.report import Cell, progress, table


def main() -> None:
    rows: list[tuple[Cell, ...]] = []
    for goal in goals():
        progress(goal.what)
        found = goal.measure()
        rows.append((goal.what, goal.was, goal.wanted, found.says, "yes" if found.met else "no"))
    table("Goals", ("what", "was", "goal", "is", "met"), rows)


def goals() -> Iterator[Goal]:
    """Yield those of every benchmark that has some."""
    for one in pkgutil.iter_modules(benchmarks.__path__):
        if not one.name.startswith(("_", "test_")):
            yield from getattr(importlib.import_module(f"tests.benchmarks.{one.name}"), "GOALS", ())
