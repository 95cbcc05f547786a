"""Making a document fit into a comment: its lists are cut, and say so (S69)."""

from collections.abc import Callable
from typing import Final

MARKER_ROOM: Final = 150
"""Characters that the hidden line at the end of a document takes at most."""

LEAST: Final = 8_000
"""Characters that the bot's blocks have at least, however much people wrote around them."""

SHOWN: Final = 20
"""Items of a list that a comment shows at most; fewer where they would not fit."""

SOME: Final = 50
"""Items that are tried first: all of most lists."""

GUESSES: Final = 6
"""How often it is guessed how many items fit, before what is left is halved."""

SHORTEST_ROW: Final = 40
"""Characters that an event takes in a table at least: a time with its link, and some words."""


def most(count: int, length: Callable[[int], int], room: int) -> int:
    """
    Return the largest number of items up to ``count`` whose text is not longer than ``room``, 0 at least.

    ``length`` renders them to find out, which is what costs. So some are tried, and then as many as would fill the
    room if the others were as long. Where they are not, what is left is halved.
    """
    fit, used, over = 0, 0, count + 1
    tried, guesses = min(SOME, count), GUESSES
    while over - fit > 1:
        found = length(tried)
        each = max((found - used) / (tried - fit), 1)
        if found <= room:
            fit, used = tried, found
        else:
            over = tried
        guesses -= 1
        guess = fit + int((room - used) / each) if guesses > 0 else (fit + over) // 2
        tried = min(max(guess, fit + 1), over - 1)
    return fit


def fitted(rendered: Callable[[int], str], room: int, count: int = SHOWN) -> str:
    """
    Return what ``rendered`` makes of lists with ``count`` items at most, and fewer where ``room`` is too small.

    ``room`` is in characters. A list shorter than that stays whole: only the long ones pay.
    """
    left = room - MARKER_ROOM
    whole = rendered(count)
    return whole if len(whole) <= left else rendered(most(count - 1, lambda items: len(rendered(items)), left))
