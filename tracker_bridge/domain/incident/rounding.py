"""
Numbers that people read, rounded the way people round: a half goes up (S62-S66).

Python's own rounding takes a half to the even side, so that 62.5 minutes were 62 and 63.5 were 64. What is
exactly a half is decided on whole numbers, for few decimal fractions are what a float says they are.
"""

from datetime import timedelta


def half_up(part: int, of: int) -> int:
    """Return the whole number nearest to ``part / of``; a half goes away from zero."""
    nearest = (2 * abs(part) + of) // (2 * of)
    return -nearest if part < 0 else nearest


def whole(length: timedelta, unit: timedelta) -> int:
    """Return how many of ``unit`` a length of time has, rounded."""
    return half_up(length // timedelta.resolution, unit // timedelta.resolution)


def whole_seconds(length: timedelta | float) -> int:
    """Return them rounded; a number is one of seconds."""
    given = length if isinstance(length, timedelta) else timedelta(seconds=length)
    return whole(given, timedelta(seconds=1))


def percent(part: int, of: int) -> int:
    """Return a share in whole hundredths; ``of`` is not 0."""
    return half_up(100 * part, of)
