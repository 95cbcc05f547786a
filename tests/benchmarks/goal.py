"""
A goal: what somebody waits for, or what is spent, as it was, as it should be, and as it is.

A benchmark lists its own in ``GOALS``; ``python -m tests.benchmarks goals`` prints those of all.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """What was measured, in a few words, and whether that is as it should be."""

    says: str
    met: bool


@dataclass(frozen=True, slots=True)
class Goal:
    """``was``: before there were goals. ``quick``: counted in a second or so, so that a test can hold it."""

    what: str
    was: str
    wanted: str
    measure: Callable[[], Found]
    quick: bool = True


def at_most(limit: float, found: dict[str, float], unit: str = " s", digits: int = 1) -> Found:
    """Return what was found by forge, as a value that should be no greater than ``limit``."""
    says = ", ".join(f"{name} {value:,.{digits}f}{unit}" for name, value in found.items())
    return Found(says, max(found.values()) <= limit)
