"""What was spent of a budget lately, and when something else fits into it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tracker_bridge.domain.issue.urgency import Urgency
from tracker_bridge.trackers._pace import Window

GRAINS: Final = 120
"""Parts of a window: what is spent in one part counts until the last of it has left the window."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``need`` of something, as long as no more than ``share`` is used up; ``others`` wait as well."""

    need: int
    urgency: Urgency
    share: float
    others: Sequence[Urgency] = ()


@dataclass(slots=True)
class _Spent:
    """``number`` between two moments."""

    first: float
    last: float
    number: int


@dataclass(slots=True)
class _Tally:
    """What was spent in one window, the oldest first."""

    window: Window
    spent: list[_Spent] = field(default_factory=list)

    def take(self, need: int, now: float) -> None:
        self.forget(now)
        if self.spent and now - self.spent[-1].first < self.window.seconds / GRAINS:
            latest = self.spent[-1]
            latest.last, latest.number = max(latest.last, now), latest.number + need
        else:
            self.spent.append(_Spent(now, now, need))

    def seconds(self, wish: Wish, now: float) -> float:
        """Of those who wait, who is more urgent has a place already, and who is as urgent was here before."""
        self.forget(now)
        allowed = max(1, int(self.window.most * wish.share))
        need = min(wish.need, allowed)
        used, ahead = sum(one.number for one in self.spent), sum(one < wish.urgency for one in wish.others)
        if used + need <= allowed and (not used or used + need + ahead <= self.window.most):
            return 0.0
        over = max(used + need - allowed, 1) + ahead + sum(one == wish.urgency for one in wish.others)
        for one in self.spent:
            over -= one.number
            if over <= 0:
                return one.last + self.window.seconds - now
        return self.window.seconds

    def forget(self, now: float) -> None:
        """Drop what has left the window. A clock that was set back must not keep for ever what was spent by it."""
        self.spent = [one for one in self.spent if one.last > now - self.window.seconds]
        for one in self.spent:
            one.first, one.last = min(one.first, now), min(one.last, now)


class Budget:
    """One kind of thing that is spent, in all its windows."""

    def __init__(self, windows: Sequence[Window], spent: Sequence[Sequence[Sequence[Any]]] = ()) -> None:
        """``spent`` is what :meth:`kept` gave; of other windows than these it is forgotten."""
        known = [[_Spent(*one) for one in of_one] for of_one in spent] if len(spent) == len(windows) else []
        self._tallies = [_Tally(window, known[at] if known else []) for at, window in enumerate(windows)]

    def take(self, need: int, now: float) -> None:
        if need:
            for tally in self._tallies:
                tally.take(need, now)

    def seconds(self, wish: Wish, now: float) -> float:
        """Return the seconds until what is wished for fits; 0 when it does."""
        return max((tally.seconds(wish, now) for tally in self._tallies if wish.need), default=0.0)

    def forget(self, now: float) -> None:
        for tally in self._tallies:
            tally.forget(now)

    def kept(self) -> list[list[list[Any]]]:
        """Return what was spent, as JSON takes it."""
        return [
            [[round(one.first, 3), round(one.last, 3), one.number] for one in tally.spent]
            for tally in self._tallies
        ]
