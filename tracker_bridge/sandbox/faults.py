"""
What can go wrong between a client and a forge, on demand.

A plan is a list of rules. A rule says which requests (method, path), which of them (the nth, how many), and
what happens to them. All rules count all requests; the first that applies decides.

>>> faults = Faults()
>>> faults.add(Answer(503, {"Retry-After": "7"}), method="POST", path="/comments$")
>>> faults.add(Lose(done=True), method="PATCH", nth=2)
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class FaultResponse:
    """Answer this in place of the forge; ``done``: the forge has carried the request out all the same."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b'{"message": "Server Error"}'
    done: bool = False


@dataclass(frozen=True, slots=True)
class Lose:
    """Close the connection without an answer, before (``done`` false) or after carrying the request out."""

    done: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """Carry the request out, and hang up in the middle of the answer's body."""


@dataclass(frozen=True, slots=True)
class Hang:
    """Take the request and say nothing until the client gives up or the sandbox closes."""

    done: bool


@dataclass(frozen=True, slots=True)
class Slow:
    """Carry the request out that many seconds after it came."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Lag:
    """
    A lagging replica: this read does not see what was written during the ``requests`` requests before it, nor what
    happened within the last ``seconds``, by the world's clock.
    """

    requests: int = 0
    seconds: float = 0.0


Fault = FaultResponse | Lose | Cut | Hang | Slow | Lag


@dataclass(slots=True)
class Rule:
    """``fault`` for matching requests number ``nth`` to ``nth + times - 1``."""

    fault: Fault
    method: str
    path: re.Pattern[str]
    nth: int
    times: int
    seen: int = 0

    def applies(self, method: str, path: str) -> bool:
        if self.method not in ("", method) or not self.path.search(path):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times


class Faults:
    """A plan. Rules may be added while the sandbox runs; it sets ``before_lag`` to prepare for a :class:`Lag`."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self.before_lag: Callable[[], None] = lambda: None

    def add(self, fault: Fault, *, method: str = "", path: str = "", nth: int = 1, times: int = 1) -> None:
        """
        Let ``fault`` happen to matching requests.

        ``method`` empty is any; ``path`` is a regular expression searched in the path without the query. A
        :class:`Lag` concerns reads (GET) only.
        """
        if isinstance(fault, Lag):
            method = "GET"
            self.before_lag()
        with self._lock:
            self._rules.append(Rule(fault, method, re.compile(path), nth, times))

    def clear(self) -> None:
        """From now on all goes well."""
        with self._lock:
            self._rules.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """Count this request; return what happens to it."""
        with self._lock:
            found = [rule.fault for rule in self._rules if rule.applies(method, path)]
            return found[0] if found else None
