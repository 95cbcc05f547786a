"""
Issues that are about to be read for the first time, one after the other: a forge may tell of several at once.

What it told is used within seconds, and only once. Whoever is read out of turn, because somebody waits, is not
kept waiting for the others.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import Final, Generic, TypeVar

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import TrackerError
from tracker_bridge.trackers._silence import Silence

T = TypeVar("T")

AT_ONCE: Final = 25

KEPT: Final = 20.0
"""Seconds for which what was told may be used: as late as a read may lag behind, and no later."""

IN_TURN: Final = 16
"""Among so many of those that are next, one is in its turn; there are several workers."""

MOST: Final = 10_000
PATIENCE: Final = 15.0
"""Seconds to wait for what another thread has asked; a request takes ten at most."""

Ask = Callable[[str, Sequence[int]], Mapping[int, T]]
"""Asks about issues of a project; what is not told is not in the answer. Raises as every request."""


class Ahead(Generic[T]):
    """What was asked ahead. ``clock`` is monotonic, in seconds. Safe between threads."""

    def __init__(self, ask: Ask[T], clock: Callable[[], float]) -> None:
        self._ask = ask
        self._clock = clock
        self._silence = Silence(clock)
        self._at_once = AT_ONCE
        self._lock = threading.Lock()
        self._next: dict[str, OrderedDict[int, None]] = {}
        self._told: OrderedDict[IssueRef, tuple[float, Future[Mapping[int, T]]]] = OrderedDict()

    def foresee(self, refs: Sequence[IssueRef]) -> None:
        """Note which issues will be read, in this order."""
        with self._lock:
            for ref in refs:
                if sum(map(len, self._next.values())) < MOST:
                    self._next.setdefault(ref.project, OrderedDict()).setdefault(ref.number)

    def of(self, ref: IssueRef) -> T | None:
        """Return what is told of an issue that is read now; ``None``: nothing, or nothing in time."""
        with self._lock:
            asked, mine = self._found(ref), False
            if asked is None and (batch := self._batch(ref)):
                asked, mine = Future[Mapping[int, T]](), True
                at = self._clock()
                while self._told and at - next(iter(self._told.values()))[0] >= KEPT:
                    self._told.popitem(last=False)
                self._told.update({IssueRef(ref.tracker, ref.project, one): (at, asked) for one in batch})
            self._forget(ref)
        if asked is None:
            return None
        if mine:
            told: Mapping[int, T] = {}
            try:
                told = self._asked(ref.project, batch)
            finally:
                asked.set_result(told)
        try:
            return asked.result(PATIENCE).get(ref.number)
        except TimeoutError:
            return None

    def passed(self, ref: IssueRef) -> None:
        """Note that an issue was read, and is known by now."""
        with self._lock:
            self._forget(ref)

    def _found(self, ref: IssueRef) -> Future[Mapping[int, T]] | None:
        at, asked = self._told.get(ref, (0.0, None))
        return asked if asked is not None and self._clock() - at < KEPT else None

    def _batch(self, ref: IssueRef) -> Sequence[int]:
        """Return which issues to ask about now; none where this one is not in its turn, or alone."""
        coming = self._next.get(ref.project, ())
        if self._silence.holds or ref.number not in islice(coming, IN_TURN):
            return ()
        others = (one for one in coming if one != ref.number and not self._is_told(ref, one))
        batch = [ref.number, *islice(others, self._at_once - 1)]
        return batch if len(batch) > 1 else ()

    def _is_told(self, ref: IssueRef, number: int) -> bool:
        return self._found(IssueRef(ref.tracker, ref.project, number)) is not None

    def _forget(self, ref: IssueRef) -> None:
        self._told.pop(ref, None)
        if coming := self._next.get(ref.project):
            coming.pop(ref.number, None)
            if not coming:
                del self._next[ref.project]

    def _asked(self, project: str, numbers: Sequence[int]) -> Mapping[int, T]:
        """Whatever goes wrong, each is read by itself."""
        try:
            told = self._ask(project, numbers)
        except TrackerError:
            self._at_once = max(self._at_once // 2, 2)
            self._silence.stumbled()
            return {}
        if told:
            self._silence.answered()
        else:
            self._silence.begin()
        return told
