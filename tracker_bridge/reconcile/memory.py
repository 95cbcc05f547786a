"""
What the last reconcile of an issue came to, and from what: while that is the same, nothing is worked out again.

All of it may be forgotten at any time; nothing but time is lost.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

from tracker_bridge.domain.issue.issue import Issue, IssueRef

ISSUES: Final = 200
COMMENTS: Final = 50_000
"""How much is remembered: issues, and comments in all of them. A comment with a command takes about a kilobyte."""

P = ParamSpec("P")
T = TypeVar("T")


class Results:
    """What was worked out about one issue, each with what it came from: values that do not change."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[object, Any]] = {}

    def find(self, what: str, source: object) -> Any:
        """Return what came of the same ``source``; ``None`` where it came of another, or was never worked out."""
        known_source, result = self._made.get(what, (None, None))
        if known_source != source:
            return None
        self.keep(what, source, result)  # what is the very same object is compared at once the next time
        return result

    def keep(self, what: str, source: object, result: object) -> None:
        self._made[what] = source, result

    def same(self, make: Callable[P, T], *values: P.args, **named: P.kwargs) -> T:
        """Return ``make(*values, **named)``, which must be pure: from memory if it was the same call last time."""
        what, source = make.__qualname__, (make, values, named)
        known = self._made.get(what)
        result: T = known[1] if known is not None and known[0] == source else make(*values, **named)
        self.keep(what, source, result)
        return result


class Memory:
    """Of which issues something is remembered; the one that was looked at longest ago goes first. Thread-safe."""

    def __init__(self, issues: int = ISSUES, comments: int = COMMENTS) -> None:
        self._most = issues, comments
        self._lock = threading.Lock()
        self._known: OrderedDict[IssueRef, tuple[int, Results]] = OrderedDict()
        self._comments = 0

    def of(self, issue: Issue) -> Results:
        """Return what is remembered of an issue; it is the last to be forgotten now."""
        with self._lock:
            length, results = self._known.pop(issue.ref, (0, Results()))
            self._known[issue.ref] = len(issue.comments), results
            self._comments += len(issue.comments) - length
            issues, comments = self._most
            while len(self._known) > 1 and (len(self._known) > issues or self._comments > comments):
                _, (length, _) = self._known.popitem(last=False)
                self._comments -= length
            return results
