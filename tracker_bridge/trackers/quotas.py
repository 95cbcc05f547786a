"""
What was written with each credential, and which limits are kept: an account for each.

A process has its own, unless several share one (``queue/shared_quotas.py``): the forge counts what all of them do
together.
"""

import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.urgency import Urgency
from tracker_bridge.trackers._pace import UNLIMITED, Pace
from tracker_bridge.trackers._parking import Parking
from tracker_bridge.trackers._spending import Budget

T = TypeVar("T")


class Account:
    """
    Of one credential. All times are seconds of the clock of the quotas.

    ``waiting``: who was sent away, how urgent it was, and until when the place is kept.
    """

    def __init__(self, pace: Pace = UNLIMITED, kept: dict[str, Any] | None = None) -> None:
        """``kept`` is what :meth:`kept` gave, of this process or another."""
        known = kept or {}
        self.pace = pace
        self.writes = Budget(pace.writes, known.get("writes", ()))
        self.content = Budget(pace.content, known.get("content", ()))
        self.points = Budget(pace.points, known.get("points", ()))
        self.waiting = {
            IssueRef.parse(ref): (Urgency(urgency), until)
            for ref, (urgency, until) in known.get("waiting", {}).items()
        }
        self.parking = Parking.of(known.get("parking", {}))

    def others(self, ref: IssueRef, now: float) -> list[Urgency]:
        self.waiting = {one: place for one, place in self.waiting.items() if place[1] > now}
        return [urgency for one, (urgency, _) in self.waiting.items() if one != ref]

    def forget(self, now: float) -> None:
        """Drop what counts no more."""
        for budget in (self.writes, self.content, self.points):
            budget.forget(now)

    def kept(self) -> dict[str, Any]:
        """Return all of it, as JSON takes it."""
        return {
            "writes": self.writes.kept(),
            "content": self.content.kept(),
            "points": self.points.kept(),
            "waiting": {str(ref): [int(urgency), until] for ref, (urgency, until) in self.waiting.items()},
            "parking": self.parking.kept(),
        }


Act = Callable[[Account, float], T]
"""Looks at an account, or changes it, at a moment of their clock. It may be called again, and does no more."""


class Quotas(Protocol):
    """Keeps the accounts, safe to use from several threads. ``pace`` is what an account has that is new."""

    def change(self, credential: str, pace: Pace, act: Act[T]) -> T:
        """Return what ``act`` does; nobody else changes the account meanwhile."""
        ...

    def note(self, credential: str, pace: Pace, act: Act[None]) -> None:
        """The same for what others may hear of a second later."""
        ...

    def seen(self, credential: str, pace: Pace, act: Act[T]) -> T:
        """Return what ``act`` sees, and that may be a second old. It changes nothing."""
        ...


class OwnQuotas:
    """Those of this process. ``clock`` tells seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._accounts: dict[str, Account] = {}

    def change(self, credential: str, pace: Pace, act: Act[T]) -> T:
        with self._lock:
            account = self._accounts.get(credential)
            if account is None:
                account = self._accounts[credential] = Account(pace)
            return act(account, self._clock())

    def note(self, credential: str, pace: Pace, act: Act[None]) -> None:
        self.change(credential, pace, act)

    def seen(self, credential: str, pace: Pace, act: Act[T]) -> T:
        return self.change(credential, pace, act)
