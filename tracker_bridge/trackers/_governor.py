"""
Who may write next with a credential: what a forge allows is spent on what people wait for.

A credential is a host with an installation or a user: forges count by these, never by token. Nothing waits in
here: whoever may not write now is told for how long, and comes again, so that no thread is held.

What is less urgent may use up only a part of each budget, so that in a storm there is room for what people wait
for. Who was sent away has a place kept for a while, before those who are less urgent. A change is paid for as a
whole, before its first request.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from tracker_bridge.domain.issue.changes import Change
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.urgency import Urgency, urgency_of
from tracker_bridge.trackers import Later
from tracker_bridge.trackers._pace import UNLIMITED, Pace, cost_of
from tracker_bridge.trackers._parking import Scope
from tracker_bridge.trackers._spending import Wish
from tracker_bridge.trackers.haste import someone_waits
from tracker_bridge.trackers.holding import still_held
from tracker_bridge.trackers.quotas import Account, OwnQuotas, Quotas

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

NEW_RECONCILE: Final = 0.9
RECONCILE: Final = 0.65
UNWAITED_RECONCILE: Final = 0.4
"""
The part of the points that may be used up as a reconcile begins: at an issue that was never read, and has no
status comment perhaps; at another one that somebody did something in; and for which nobody waits.
"""

KEPT: Final = 20.0
"""Seconds after its time for which a place is kept: a reconcile that was asked for comes within ten."""


class Governor:
    """Safe to use from several threads. ``clock`` tells seconds; ``quotas`` have their own."""

    def __init__(
        self,
        pace: Pace = UNLIMITED,
        clock: Callable[[], float] = time.monotonic,
        quotas: Quotas | None = None,
    ) -> None:
        self._pace = pace
        self._quotas = quotas or OwnQuotas(clock)

    @contextmanager
    def paying(self, credential: str, ref: IssueRef, change: Change) -> Iterator[None]:
        """
        Pay for a change that is made inside. Raises :class:`Later` before, when it may not be made yet, or no more
        by this process.
        """
        held = still_held.get()
        if held is not None and not held():
            raise Later(f"could not write to {ref}: the lease ended, as when a process was suspended", 0)
        if wait := self.spend(credential, ref, change):
            raise Later(f"could not write to {ref}: the write budget is used up", wait)
        yield
        if cost_of(change, edits=self._pace.edits).content:
            self.passed(credential, Scope.CONTENT)

    def spend(self, credential: str, ref: IssueRef, change: Change) -> float:
        """Pay, and return 0; or return the seconds until that can be done."""
        cost, urgency = cost_of(change, edits=self._pace.edits), urgency_of(change)
        points = cost.writes * self._pace.write_points

        def act(account: Account, now: float) -> float:
            others, share = account.others(ref, now), SHARE[urgency]
            wait = max(
                account.writes.seconds(Wish(cost.writes, urgency, share, others), now),
                account.content.seconds(Wish(cost.content, urgency, share, others), now),
                account.points.seconds(Wish(points, urgency, POINTS[urgency]), now),
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

        return self._quotas.change(credential, self._pace, act)

    def afford(self, credential: str, ref: IssueRef, *, new: bool) -> None:
        """
        Raise :class:`Later` when another reconcile of the worker would cost more requests than there are.

        ``new``: at an issue that was never read.
        """
        waits = someone_waits.get()
        if waits is None:
            return
        share = (NEW_RECONCILE if new else RECONCILE) if waits else UNWAITED_RECONCILE
        wish = Wish(1, Urgency.STATUS, share)
        wait = self._quotas.seen(credential, self._pace, lambda account, now: account.points.seconds(wish, now))
        if wait:
            raise Later(f"could not read {ref}: the request budget is used up", wait)

    def sent(self, credential: str, *, writes: bool) -> None:
        """Count a request."""
        points = self._pace.write_points if writes else 1
        self._quotas.note(credential, self._pace, lambda account, now: account.points.take(points, now))

    def parked(self, credential: str, *scopes: Scope) -> float:
        """Return for how many seconds nothing may be sent; 0: it is sent now, and its answer told."""
        about = (Scope.ALL, *scopes)
        if not self._in_doubt(credential, *about):
            return 0.0
        return self._quotas.change(
            credential, self._pace, lambda account, now: account.parking.seconds(now, *about)
        )

    def limited(self, credential: str, scope: Scope, told: float) -> float:
        """Note that the forge told of a limit of ``told`` seconds; return for how many it is kept."""
        return self._quotas.change(
            credential, self._pace, lambda account, now: account.parking.limited(now, scope, told)
        )

    def passed(self, credential: str, *scopes: Scope) -> None:
        """Note an answer that these limits did not keep from being given."""
        if self._in_doubt(credential, *scopes):
            self._quotas.change(credential, self._pace, lambda account, now: account.parking.passed(now, *scopes))

    def _in_doubt(self, credential: str, *scopes: Scope) -> bool:
        return self._quotas.seen(credential, self._pace, lambda account, _: account.parking.in_doubt(*scopes))
