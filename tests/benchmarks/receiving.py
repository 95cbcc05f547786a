"""
Receiving: what a delivery costs over HTTP, against the same server that does nothing, and against Probot

Processor time of the server's process for each signed comment of about 14 kB, on 16 connections that are kept.
"New" deliveries are answered when they are on disk; Probot stores nothing. It stands beside only where Node.js is
there and Probot was installed:

npm install --prefix .conformance/probot-14.3.2 --ignore-scripts probot@14.3.2
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final

from tests.benchmarks._delivery import SECRET
from tests.benchmarks._senders import CONNECTIONS, HALF, IDLE, Cost, Server, crowd, delivery, server
from tests.benchmarks.goal import Found, Goal
from tests.benchmarks.report import Cell, progress, table
from tests.conformance.packages import CACHE

REQUESTS = 1_000
ROUNDS = 8
"""The rounds of all rows take turns; the cheapest of each counts, which others disturbed least."""

NOTHING, PENDING, IGNORED, FORGED, NEW, HELD = "nothing", "pending", "ignored", "forged", "new", "held"
ROWS: Final = {
    NOTHING: "server that does nothing",
    PENDING: "coalesced: its issue is pending",
    IGNORED: "ignored: another project",
    FORGED: "forged",
    NEW: "new: another issue each time",
    HELD: f"coalesced, beside {IDLE + HALF} bad connections",
}
_COMPARED: Final = {PENDING: PENDING, NEW: NEW, HELD: PENDING}
_PROBOT: Final = CACHE / "probot-14.3.2"


@dataclass
class Measured:
    """By row: ``ours``, and those of ``probot``, empty where it is not there. ``peak``: our memory in MB."""

    ours: dict[str, Cost] = field(default_factory=lambda: {row: Cost() for row in ROWS})
    probot: dict[str, Cost] = field(default_factory=dict)
    peak: float = 0.0

    def times(self, row: str) -> float:
        """Return how many of our deliveries Probot's processor time for one would do."""
        return self.probot[row].each / self.ours[row].each


def main() -> None:
    found = measured()
    first = found.ours[NOTHING].each
    columns = ["delivery", "us of processor time", "x nothing", "p99 ms"]
    rows: list[list[Cell]] = [
        [ROWS[row], cost.each * 1e6, cost.each / first, cost.p99 * 1e3] for row, cost in found.ours.items()
    ]
    table(f"Deliveries over HTTP, {CONNECTIONS} connections", columns, rows)
    if found.probot:
        rows = [
            [ROWS[row], cost.each * 1e6, found.times(row), cost.p99 * 1e3] for row, cost in found.probot.items()
        ]
        table("The same by Probot 14, which stores nothing", [*columns[:2], "x ours", *columns[3:]], rows)


@cache
def measured() -> Measured:
    """Return what a delivery of each kind costs."""
    found, numbers = Measured(), count(2)
    same, other, forged = delivery(1), delivery(1, project="acme/other"), delivery(1, secret="of somebody else")
    requests: dict[str, Callable[[], bytes]] = {row: lambda: same for row in ROWS}
    requests |= {IGNORED: lambda: other, FORGED: lambda: forged, NEW: lambda: delivery(next(numbers))}
    with (
        _ours("nothing") as nothing,
        _ours("receiver") as receiver,
        _ours("receiver") as held,
        ExitStack() as others,
    ):
        crowd(held, others)
        servers = {**dict.fromkeys(ROWS, receiver), NOTHING: nothing, HELD: held}
        turns = [(row, servers[row], found.ours[row]) for row in ROWS]
        if (command := _probots()) is not None:
            probot = others.enter_context(server(command))
            found.probot = {row: Cost() for row in (PENDING, IGNORED, FORGED, NEW)}
            turns += [(row, probot, cost) for row, cost in found.probot.items()]
        for number in range(ROUNDS):
            progress(f"receiving, round {number + 1} of {ROUNDS}")
            for row, one, cost in turns:
                one.measure([requests[row]() for _ in range(REQUESTS)], cost)
        found.peak = max(receiver.peak, held.peak)
    return found


def _beside_probot(rows: Mapping[str, float]) -> Found:
    """``rows`` are to cost so many times less."""
    found = measured()
    if not found.probot:
        return Found("no Probot here to compare with", met=False)
    times = {row: found.times(row) for row in rows}
    says = ", ".join(f"{row} {times[row]:.2f}" for row in rows)
    return Found(f"{says}, timed", all(times[row] >= wanted for row, wanted in rows.items()))


def _in_time() -> Found:
    found = measured()
    if not found.probot:
        return Found("no Probot here to compare with", met=False)
    pairs = [(row, found.ours[row].p99, found.probot[beside].p99) for row, beside in _COMPARED.items()]
    says = ", ".join(f"{row} {ours * 1e3:.1f} of {theirs * 1e3:.1f} ms" for row, ours, theirs in pairs)
    return Found(f"{says}, timed", all(ours <= theirs for _, ours, theirs in pairs))


def _held() -> Found:
    found = measured()
    times = found.ours[HELD].each / found.ours[PENDING].each
    return Found(f"{times:.2f} x a delivery without them, timed", times <= 1.1)


def _small() -> Found:
    peak = measured().peak
    return Found(f"{peak:.0f} MB at most", peak <= 100)


GOALS = (
    Goal(
        "a delivery that is pending, or of another project: x Probot 14",
        "0.84, 0.83",
        "2 each",
        lambda: _beside_probot({PENDING: 2, IGNORED: 2}),
        quick=False,
    ),
    Goal(
        "a delivery that is new and on disk, or forged: x Probot 14, which stores nothing",
        "0.30, 0.56",
        "1 each",
        lambda: _beside_probot({NEW: 1, FORGED: 1}),
        quick=False,
    ),
    Goal(
        f"99 of 100 deliveries, {CONNECTIONS} at once: answered after",
        "8.5 ms",
        "Probot's or less",
        _in_time,
        quick=False,
    ),
    Goal(f"a delivery beside {IDLE} idle and {HALF} half-sent connections", "-", "1.1 x", _held, quick=False),
    Goal("a receiver's memory, those connections included", "67 MB", "100 MB", _small, quick=False),
)


@contextmanager
def _ours(kind: str) -> Iterator[Server]:
    with (
        tempfile.TemporaryDirectory() as folder,
        server([sys.executable, "-m", "tests.benchmarks._receiving", kind, f"{folder}/queue.sqlite3"]) as one,
    ):
        yield one


def _probots() -> list[str] | None:
    """Return how to start Probot; ``None`` where it is not there."""
    node = shutil.which("node")
    if node is None or not (_PROBOT / "node_modules/probot").is_dir():
        return None
    return [node, str(Path(__file__).with_name("_probot.mjs")), str(_PROBOT), SECRET]
