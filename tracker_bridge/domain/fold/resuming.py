"""
A fold that goes on where the one before it was: one comment more does not mean that all are read again.

A thread is folded item by item. Up to the first item that is another one, or that is judged by another receipt,
the next fold would come to the very same; points on that way are kept, close together near its end, where threads
change. What was asked of the rest of the thread must still have the same answer. In doubt, all is folded again.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Self

from tracker_bridge.domain.incident.comms import Word
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.issue.issue import Access, Comment
from tracker_bridge.domain.issue.receipts import Receipt, Verdict
from tracker_bridge.domain.issue.thread_context import Answered, ThreadContext

_LACKED: Final = (Verdict.DENIED, Verdict.IGNORED)

ReceiptsOf = Mapping[int, Sequence[Receipt]]
"""The receipts by comment."""


@dataclass(frozen=True, slots=True)
class Point:
    """
    How far a fold had come after ``count`` items, and what it goes on from: so many ``receipts`` and ``words``.

    ``asked``: how many questions. ``known``, ``once_keys`` and ``late`` are what the proposer, the openings and
    the settings had noted.
    """

    count: int
    incident: Incident
    receipts: int
    words: int
    asked: int
    known: Mapping[str, Access]
    once_keys: frozenset[str]
    late: bool


@dataclass(slots=True)
class Trail:
    """
    One fold: the ``items``, the receipts by which they were judged, and all else that it depends on (``basis``).

    No points are added once it is ``lost``: something was judged anew, or is not decided yet. ``heard`` is what
    those who spoke had, as it is remembered; ``None`` in it: somebody was not allowed something.
    """

    basis: tuple[object, ...]
    items: Sequence[object]
    receipts_of: ReceiptsOf
    points: tuple[Point, ...] = ()
    lost: bool = False
    heard: defaultdict[int, set[Access | None]] = field(default_factory=lambda: defaultdict(set))
    receipts: list[Receipt] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)

    def judged(self, call: Invocation, receipt: Receipt | None, access: Mapping[int, Access]) -> None:
        """Note by what a call is judged: only by its receipt, or by more than that."""
        if receipt is None or receipt.verdict is Verdict.DOUBTFUL:
            self.lost = True
            return
        had = None if receipt.verdict in _LACKED else receipt.access
        self.heard[call.actor.id].add(had)
        self.lost = self.lost or not self._is_as_it_was(call.actor.id, access)

    def _is_as_it_was(self, person: int, access: Mapping[int, Access]) -> bool:
        return person not in access or self.heard[person] == {access[person]}

    def mark(
        self, count: int, incident: Incident, once_keys: frozenset[str], known: Mapping[str, Access], *, late: bool
    ) -> None:
        """Keep a point after so many items."""
        far = len(self.receipts), len(self.words), len(self.answers)
        self.points = (*self.points, Point(count, incident, *far, dict(known), once_keys, late))

    def wants(self, count: int) -> bool:
        """Whether a point is to be kept here: some at its end, and fewer and fewer before."""
        left = len(self.items) - count
        return not self.lost and left & (left - 1) == 0

    def resume(self, trails: Iterable[Self], thread: ThreadContext, access: Mapping[int, Access]) -> Point | None:
        """Go on from the last point of one of the ``trails`` up to which this fold is the same; return it."""
        for trail in trails:
            point = self._common(trail, thread, access)
            if point is not None:
                self.points = _thinned((one for one in trail.points if one.count <= point.count), len(self.items))
                self.heard = defaultdict(set, {who: set(had) for who, had in trail.heard.items()})
                self.receipts = trail.receipts[: point.receipts]
                self.words = trail.words[: point.words]
                self.answers += trail.answers[: point.asked]
                return point
        return None

    def _common(self, trail: Self, thread: ThreadContext, access: Mapping[int, Access]) -> Point | None:
        if not trail.points or trail.basis != self.basis:
            return None
        if not all(trail._is_as_it_was(person, access) for person in trail.heard):
            return None
        same = self._same(trail)
        points = [one for one in trail.points if one.count <= same]
        asked = points[-1].asked if points else 0
        told = next((n for n, one in enumerate(trail.answers[:asked]) if not one.holds(thread)), asked)
        return next((one for one in reversed(points) if one.asked <= told), None)

    def _same(self, trail: Self) -> int:
        """Return how many items at the beginning are the same, and judged by the same receipts."""
        pairs = enumerate(zip(self.items, trail.items, strict=False))
        most = min(trail.points[-1].count, len(self.items))
        return next((n for n, (one, other) in pairs if n == most or not self._is_same(one, other, trail)), most)

    def _is_same(self, one: object, other: object, trail: Self) -> bool:
        """When it was touched matters to nothing that has a receipt; every comment touches the opening post."""
        if not (isinstance(one, Comment) and isinstance(other, Comment)):
            return one == other
        if one is not other and one != other and one != replace(other, updated_at=one.updated_at):
            return False
        return self.receipts_of.get(one.id) == trail.receipts_of.get(one.id)


def _thinned(points: Iterable[Point], end: int) -> tuple[Point, ...]:
    """Leave out points that have others near them, as seen from the end."""
    kept: list[Point] = []
    for one in sorted(points, key=lambda one: -one.count):
        if len(kept) > 1 and end - one.count <= 2 * (end - kept[-2].count) + 1:
            kept.pop()
        kept.append(one)
    return tuple(reversed(kept))
