"""A refusal of what is not asked for a second time later: it may pass, so it is asked for twice at once."""

from collections.abc import Callable
from typing import TypeVar

from tracker_bridge.trackers import Busy, TrackerError

T = TypeVar("T")


def asked_twice(ask: Callable[[], T]) -> T:
    """Ask, and again if that is refused: nothing was done then. What is unclear is not asked for again."""
    try:
        return ask()
    except Busy:
        raise
    except TrackerError:
        return ask()
