"""
The titles of the open incidents, remembered for a minute: when a hundred begin at once, they are listed once.

What is remembered only tells which issue to ask about; whether that is open under this title is asked anew.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

LISTED_SECONDS = 60.0
"""How old a list may be. What began since then is known from having been asked about itself."""

_TRIES = 3
"""Issues that are asked about for one title."""


def plain(title: str) -> str:
    """Return what two titles have in common that people take for the same."""
    return title.strip().casefold()


@dataclass(slots=True)
class _Listed:
    at: float = float("-inf")
    numbers: dict[str, set[int]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


class OpenTitles:
    """Finds issues by title, safe to use from several threads. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._listed: dict[tuple[str, str], _Listed] = {}

    def oldest(
        self,
        where: tuple[str, str],
        number: int,
        title: str,
        *,
        listed: Callable[[], Iterable[tuple[int, str]]],
        is_still: Callable[[int], bool],
    ) -> int | None:
        """
        Return the oldest issue of that title but ``number``, which is open under it from now on.

        ``where`` is a project and a label. ``listed`` lists the numbers and titles of the open issues there;
        ``is_still`` asks whether one that was listed before is open under that title now.
        """
        with self._lock:
            known = self._listed.setdefault(where, _Listed())
        with known.lock:  # whoever else wants the list waits for it
            fresh = self._clock() - known.at >= LISTED_SECONDS
            if fresh:
                at, found = self._clock(), dict[str, set[int]]()
                for one, its in listed():
                    found.setdefault(plain(its), set()).add(one)
                known.at, known.numbers = at, found
            alike = sorted(known.numbers.setdefault(plain(title), set()) - {number})
            known.numbers[plain(title)].add(number)
        if fresh:
            return next(iter(alike), None)
        return next((one for one in alike[:_TRIES] if is_still(one)), None)
