"""
How far a failure reaches: an issue that fails waits alone; a project in which several do is left alone.

No other project notices, on the same forge or elsewhere. What a forge limits is not a failure: the tracker itself
keeps away until the limit has passed, for as much as it is about.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tracker_bridge.domain.issue.issue import IssueRef

IN_A_ROW = 3
"""Different issues that fail without a success in between: of a single one, the fault may lie with itself."""

FIRST = 5.0
MAX_PAUSE = 60.0
"""Seconds of the first and of the longest pause. People wait at the end of it."""


@dataclass(slots=True)
class _Failing:
    issues: set[int] = field(default_factory=set)
    pauses: int = 0
    until: float = 0.0


class Pauses:
    """The projects that are left alone. Safe to use from several threads."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._failing: dict[tuple[str, str], _Failing] = {}

    def left(self, ref: IssueRef) -> float:
        """Return for how many seconds the issue's project is left alone yet."""
        failing = self._failing.get((ref.tracker, ref.project))
        return max(0.0, failing.until - self._monotonic()) if failing else 0.0

    def failed(self, ref: IssueRef, retry_after: float) -> float:
        """
        Note a failure; return the seconds of the pause that begins with it, 0 for none.

        A pause lasts as long as the server asks at least. What fails after a pause begins the next one, which is
        longer; what was under way when it began does not.
        """
        with self._lock:
            failing = self._failing.setdefault((ref.tracker, ref.project), _Failing())
            failing.issues.add(ref.number)
            now = self._monotonic()
            if now < failing.until or len(failing.issues) < IN_A_ROW:
                return 0.0
            seconds = max(retry_after, min(FIRST * (1 << min(failing.pauses, 8)), MAX_PAUSE))
            failing.pauses += 1
            failing.until = now + seconds
            return seconds

    def answered(self, ref: IssueRef) -> None:
        """Note a success: the project goes on."""
        with self._lock:
            self._failing.pop((ref.tracker, ref.project), None)
