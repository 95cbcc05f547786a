"""
Who is next of all that is due: the most important first, then projects in turn, and nobody above a cap.

What hangs holds as many workers as its cap allows, and no more. With the order alone, one project that hangs lets
all others wait for as long.
"""

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Caps, Priority


class Turn(NamedTuple):
    """Where a ref stands. A ref gets a new ``stamp`` whenever it is put elsewhere: others are out of date."""

    at: datetime
    stamp: int
    ref: IssueRef


class Turns:
    """
    What is due, by priority and project. ``valid`` tells whether a place is still that of its ref.

    A project that was served goes behind the others of the same priority.
    """

    def __init__(self, caps: Caps, valid: Callable[[Turn], bool]) -> None:
        self._caps = caps
        self._valid = valid
        self._lanes: dict[Priority, dict[tuple[str, str], list[Turn]]] = {
            priority: {} for priority in sorted(Priority, reverse=True)
        }
        self._of_project = Counter[tuple[str, str]]()
        self._of_tracker = Counter[str]()

    @property
    def held(self) -> int:
        return self._of_tracker.total()

    def hold(self, ref: IssueRef) -> None:
        self._of_project[_project(ref)] += 1
        self._of_tracker[ref.tracker] += 1

    def free(self, ref: IssueRef) -> None:
        project = _project(ref)
        self._of_project[project] -= 1
        if not self._of_project[project]:
            del self._of_project[project]
        self._of_tracker[ref.tracker] -= 1

    def put(self, place: Turn, priority: Priority) -> None:
        """Let it wait for its turn."""
        heapq.heappush(self._lanes[priority].setdefault(_project(place.ref), []), place)

    def next(self) -> IssueRef | None:
        """Return who is next, and leave it where it is."""
        found = self._find()
        return found and found[1][0].ref

    def pop(self) -> IssueRef | None:
        """Return who is next. Its project goes behind the others."""
        found = self._find()
        if found is None:
            return None
        lanes, lane = found
        ref = heapq.heappop(lane).ref
        del lanes[_project(ref)]
        if lane:
            lanes[_project(ref)] = lane
        return ref

    def _find(self) -> tuple[dict[tuple[str, str], list[Turn]], list[Turn]] | None:
        for priority, lanes in self._lanes.items():
            if priority < Priority.PERSON and _reached(self.held, self._caps.background):
                return None
            for project, lane in tuple(lanes.items()):
                while lane and not self._valid(lane[0]):
                    heapq.heappop(lane)
                if not lane:
                    del lanes[project]
                elif self._allowed(project):
                    return lanes, lane
        return None

    def _allowed(self, project: tuple[str, str]) -> bool:
        return not (
            _reached(self._of_project[project], self._caps.project)
            or _reached(self._of_tracker[project[0]], self._caps.tracker)
        )


def _reached(held: int, cap: int | None) -> bool:
    return cap is not None and held >= cap


def _project(ref: IssueRef) -> tuple[str, str]:
    return ref.tracker, ref.project
