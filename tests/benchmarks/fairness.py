"""
Fairness: how long people wait while one project is noisy and another one hangs

1,000 projects are swept at once (1,400 issues); in one, 20 commands come in each second; in another, 8 reconciles
hang for 30 seconds; everywhere else, somebody says something 4 times a second. 8 workers, 0.3 s a reconcile. The
times are simulated: no machine changes them.
"""

import heapq
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from tests.benchmarks.report import Cell, table
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import UNCAPPED, Caps, Lease, Priority
from tracker_bridge.queue.agenda import Agenda
from tracker_bridge.trackers import IssueChanged

WORKERS, RECONCILE, HANGS, SECONDS = 8, 0.3, 30.0, 30
_NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Arrival(NamedTuple):
    """``kind`` is whose it is: hanging, noisy, sweep, or others' command."""

    at: float
    ref: IssueRef
    kind: str


class Waits(NamedTuple):
    """Seconds: half of them, and one in a hundred, waited for longer."""

    p50: float
    p99: float


ORDERS: Mapping[str, tuple[bool, Caps]] = {
    "projects in turn": (False, UNCAPPED),
    "priority, then projects in turn": (True, UNCAPPED),
    "the same, 2 of a project at most": (True, Caps(project=2)),
    "the same, a worker left for people": (True, Caps(project=2, background=WORKERS - 1)),
}


def waits(by_priority: bool, caps: Caps) -> dict[str, Waits]:
    """Work it all off; return how long each kind waited."""
    agenda = Agenda(timedelta(hours=1), caps)
    coming, running = sorted(_arrivals()), list[tuple[float, int]]()
    came: dict[IssueRef, Arrival] = {one.ref: one for one in coming}
    leases, waited = dict[int, Lease](), defaultdict[str, list[float]](list)
    position = 0
    while position < len(coming) or running:
        at = min(
            coming[position].at if position < len(coming) else float("inf"),
            running[0][0] if running else float("inf"),
        )
        while position < len(coming) and coming[position].at <= at:
            one = coming[position]
            priority = Priority.SWEEP if by_priority and one.kind == "sweep" else Priority.PERSON
            agenda.add(IssueChanged(one.ref), _moment(one.at), priority)
            position += 1
        while running and running[0][0] <= at:
            agenda.done(leases.pop(heapq.heappop(running)[1]), None)
        while len(running) < WORKERS and (lease := agenda.take(_moment(at))):
            kind = came[lease.ref].kind
            waited[kind].append(at - came[lease.ref].at)
            leases[lease.ticket] = lease
            heapq.heappush(running, (at + (HANGS if kind == "hanging" else RECONCILE), lease.ticket))
    return {kind: _percentiles(found) for kind, found in waited.items()}


def main() -> None:
    rows: list[list[Cell]] = []
    for name, (by_priority, caps) in ORDERS.items():
        found = waits(by_priority, caps)
        rows.append([name, *found["command"], *found["noisy"], found["sweep"].p99])
    columns = ["order", "others' commands p50", "p99", "the noisy project's p50", "p99", "sweep p99"]
    table("Simulated seconds until the issue is reconciled", columns, rows)


def _arrivals() -> Iterator[Arrival]:
    chance = random.Random(7)
    for number in range(1, 1_401):
        yield Arrival(0.0, _issue(number % 1_000, number), "sweep")
    for number in range(1, 9):
        yield Arrival(1.0, _issue("hanging", number), "hanging")
    for number in range(1, 20 * SECONDS + 1):
        yield Arrival(number / 20, _issue("noisy", number), "noisy")
    for number in range(1, 4 * SECONDS + 1):
        yield Arrival(chance.uniform(0, SECONDS), _issue(chance.randrange(1_000), 10_000 + number), "command")


def _issue(project: int | str, number: int) -> IssueRef:
    return IssueRef("github", f"acme/{project}", number)


def _moment(at: float) -> datetime:
    return _NOON + timedelta(seconds=at)


def _percentiles(found: Sequence[float]) -> Waits:
    ordered = sorted(found)
    return Waits(ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100])
