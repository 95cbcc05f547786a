"""
How much of what could be tried is tried: how many examples of a property, and which combinations of a table.

``SOAK=20`` asks for twenty times as many examples, and for all combinations.
"""

import os
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Final, TypeVar

from hypothesis import HealthCheck, settings

S = TypeVar("S")
T = TypeVar("T")

MORE: Final = int(os.environ.get("SOAK", "1"))


def examples(count: int) -> settings:
    """Return the settings of a property that is tried ``count`` times in ``make test``."""
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=count * MORE, suppress_health_check=slow if MORE > 1 else [])


def one_in(count: int, combinations: Iterable[T], turn: int) -> Iterable[T]:
    """
    Return one in ``count`` of the ``combinations``, others at each ``turn``; all of them in ``make soak``.

    Whoever takes ``count`` turns has tried each of them once.
    """
    return combinations if MORE > 1 else islice(combinations, turn % count, None, count)


def in_turn(few: Sequence[S], many: Iterable[T]) -> list[tuple[S, T]]:
    """Return each of the ``many`` with one of the ``few``, the next with the next; in ``make soak``, with all."""
    return [(other, one) for turn, one in enumerate(many) for other in one_in(len(few), few, turn)]
