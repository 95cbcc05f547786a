"""Making a document fit into a comment: its lists are cut, and say so (S69)."""

from collections.abc import Callable
from typing import Final

MARKER_ROOM: Final = 150
"""Characters that the hidden line at the end of a document takes at most."""

LEAST: Final = 8_000
"""Characters that the bot's blocks have at least, however much people wrote around them."""

SHOWN: Final = 20
"""Items of a list that a comment shows at most; fewer where they would not fit."""

SHORTEST_ROW: Final = 40
"""Characters that an event takes in a table at least: a time with its link, and some words."""


def most(count: int, fits: Callable[[int], bool]) -> int:
    """Return the largest number up to ``count`` that fits, 0 at least."""
    if fits(count):
        return count
    low, high = 0, count
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


def fitted(rendered: Callable[[int], str], room: int, count: int = SHOWN) -> str:
    """
    Return what ``rendered`` makes of lists with ``count`` items at most, and fewer where ``room`` is too small.

    ``room`` is in characters. A list shorter than that stays whole: only the long ones pay.
    """
    left = room - MARKER_ROOM
    whole = rendered(count)
    return whole if len(whole) <= left else rendered(most(count, lambda items: len(rendered(items)) <= left))
