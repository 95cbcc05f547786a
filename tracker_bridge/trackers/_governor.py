"""
Who may write next with a credential: what a forge allows is spent on what people wait for.

A credential is a host with an installation or a user: forges count by these, never by token. Nothing waits in
here: whoever may not write now is told for how long, and comes again, so that no thread is held.

What is less urgent may use up only a part of each budget, so that in a storm there is room for what people wait
for. Who was sent away has a place kept for a while, before those who are less urgent. A change is paid for as a
whole, before its first request.
"""

import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from tracker_bridge.domain.issue.changes import Change
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.urgency import Urgency, urgency_of
from tracker_bridge.trackers import Later
from tracker_bridge.trackers._pace import UNLIMITED, Pace, Window, cost_of
from tracker_bridge.trackers._parking import Parking, Scope
from tracker_bridge.trackers.haste import someone_waits

SHARE: Final[Mapping[Urgency, float]] = {
    Urgency.NEWS: 1.0,
    Urgency.STATUS: 0.9,
    Urgency.STATE: 0.8,
    Urgency.CARD: 0.7,
    Urgency.REMINDER: 0.5,
    Urgency.REACTION: 0.5,
}
"""The part of a budget that may be used up when something so urgent is still written."""

POINTS: Final[Mapping[Urgency, float]] = {
    Urgency.NEWS: 1.0,
    Urgency.STATUS: 0.9,
    Urgency.STATE: 0.5,
    Urgency.CARD: 0.5,
    Urgency.REMINDER: 0.35,
    Urgency.REACTION: 0.35,
}
"""The same for the points that requests of any kind cost: reading what people said must be possible beside."""

NEW_LOOK: Final = 0.9
LOOK: Final = 0.65
UNWAITED_LOOK: Final = 0.4
"""
The part of the points that may be used up when a look begins: at an issue that was never read, and has no status
comment perhaps; at another one that somebody did something in; and for which nobody waits.
"""

KEPT: Final = 20.0
"""Seconds after its time for which a place is kept: a look that was asked for comes within ten."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """``need`` of something, as long as no more than ``share`` is used up; ``others`` wait as well."""

    need: int
    urgency: Urgency
    share: float
    others: Sequence[Urgency] = ()


@dataclass(slots=True)
class _Budget:
    """When what was written, the oldest first, and how much that may be."""

    windows: Sequence[Window]
    times: list[float] = field(default_factory=list)

    def seconds(self, wish: _Wish, now: float) -> float:
        """Return the seconds until what is wished for fits; 0 when it does."""
        return max((self._seconds(window, wish, now) for window in self.windows if wish.need), default=0.0)

    def take(self, need: int, now: float) -> None:
        longest = max((one.seconds for one in self.windows), default=0.0)
        del self.times[: bisect_right(self.times, now - longest)]
        self.times += [now] * need

    def _seconds(self, window: Window, wish: _Wish, now: float) -> float:
        """Of those who wait, who is more urgent has a place already, and who is as urgent was here before."""
        allowed = max(1, int(window.most * wish.share))
        need = min(wish.need, allowed)
        begin = bisect_right(self.times, now - window.seconds)
        used, ahead = len(self.times) - begin, sum(one < wish.urgency for one in wish.others)
        if used + need <= allowed and (not used or used + need + ahead <= window.most):
            return 0.0
        over = max(used + need - allowed, 1) + ahead + sum(one == wish.urgency for one in wish.others)
        index = begin + over - 1
        return self.times[index] + window.seconds - now if index < len(self.times) else window.seconds


class _Account:
    """
    What was written with a credential, and which limits are kept.

    ``waiting``: who was sent away, how urgent it was, and until when the place is kept.
    """

    def __init__(self, pace: Pace) -> None:
        self.writes, self.content, self.points = map(_Budget, (pace.writes, pace.content, pace.points))
        self.waiting: dict[IssueRef, tuple[Urgency, float]] = {}
        self.parking = Parking()

    def others(self, ref: IssueRef, now: float) -> list[Urgency]:
        self.waiting = {one: place for one, place in self.waiting.items() if place[1] > now}
        return [urgency for one, (urgency, _) in self.waiting.items() if one != ref]


class Governor:
    """Safe to use from several threads. ``clock`` tells seconds."""

    def __init__(self, pace: Pace = UNLIMITED, clock: Callable[[], float] = time.monotonic) -> None:
        self._pace = pace
        self._clock = clock
        self._lock = threading.Lock()
        self._accounts: dict[Hashable, _Account] = {}

    @contextmanager
    def paying(self, credential: Hashable, ref: IssueRef, change: Change) -> Iterator[None]:
        """Pay for a change that is made inside. Raises :class:`Later` before, when it may not be made yet."""
        if wait := self.spend(credential, ref, change):
            raise Later(f"could not write to {ref}: the write budget is used up", wait)
        yield
        if cost_of(change, edits=self._pace.edits).content:
            self.passed(credential, Scope.CONTENT)

    def spend(self, credential: Hashable, ref: IssueRef, change: Change) -> float:
        """Pay, and return 0; or return the seconds until that can be done."""
        cost, urgency = cost_of(change, edits=self._pace.edits), urgency_of(change)
        with self._lock:
            now, account = self._clock(), self._account(credential)
            others, share = account.others(ref, now), SHARE[urgency]
            points = cost.writes * self._pace.write_points
            wait = max(
                account.writes.seconds(_Wish(cost.writes, urgency, share, others), now),
                account.content.seconds(_Wish(cost.content, urgency, share, others), now),
                account.points.seconds(_Wish(points, urgency, POINTS[urgency]), now),
            )
            if not wait and cost.content:
                wait = account.parking.seconds(now, Scope.CONTENT)
            if wait:
                account.waiting[ref] = (urgency, now + wait + KEPT)
                return wait
            account.waiting.pop(ref, None)
            account.writes.take(cost.writes, now)
            account.content.take(cost.content, now)
            return 0.0

    def look(self, credential: Hashable, ref: IssueRef, *, new: bool) -> None:
        """
        Raise :class:`Later` when another look of the worker would cost more requests than there are.

        ``new``: at an issue that was never read.
        """
        waits = someone_waits.get()
        if waits is None:
            return
        share = (NEW_LOOK if new else LOOK) if waits else UNWAITED_LOOK
        with self._lock:
            wish = _Wish(1, Urgency.STATUS, share)
            wait = self._account(credential).points.seconds(wish, self._clock())
        if wait:
            raise Later(f"could not read {ref}: the request budget is used up", wait)

    def sent(self, credential: Hashable, *, writes: bool) -> None:
        """Count a request."""
        with self._lock:
            self._account(credential).points.take(self._pace.write_points if writes else 1, self._clock())

    def parked(self, credential: Hashable, *scopes: Scope) -> float:
        """Return for how many seconds nothing may be sent; 0: it is sent now, and its answer told."""
        with self._lock:
            return self._account(credential).parking.seconds(self._clock(), Scope.ALL, *scopes)

    def limited(self, credential: Hashable, scope: Scope, told: float) -> float:
        """Note that the forge told of a limit of ``told`` seconds; return for how many it is kept."""
        with self._lock:
            return self._account(credential).parking.limited(self._clock(), scope, told)

    def passed(self, credential: Hashable, *scopes: Scope) -> None:
        """Note an answer that these limits did not keep from being given."""
        with self._lock:
            self._account(credential).parking.passed(self._clock(), *scopes)

    def _account(self, credential: Hashable) -> _Account:
        return self._accounts.setdefault(credential, _Account(self._pace))
