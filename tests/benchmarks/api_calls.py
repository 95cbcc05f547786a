"""
API calls: what a handled command asks of the forge

The real trackers speak to the sandbox over HTTP, and the sandbox's record of requests is counted. A write is a
POST, PUT, PATCH or DELETE of the REST API; everything else reads, GraphQL queries as well.
"""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from functools import cache

from tests.benchmarks.place import Cost, incident
from tests.benchmarks.report import Cell, progress, table
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import IssueChanged
from tracker_bridge.worker import Worker

FORGES = ("github", "gitlab")
LENGTHS = (10, 100, 1_000, 2_400)
BURST = 20

KINDS = {
    "note": ("tess", "/incident note error rate is 48 % | 5m ago"),
    "claim": ("tess", "/incident claim scribe"),
    "severity": ("alice", "/incident severity sev1 nobody can pay"),
    "resolve": ("alice", "/incident resolve"),
    "a mistake": ("alice", "/incident severity sev9"),
    "not allowed": ("tess", "/incident resolve"),
    "a stranger's": ("rita", "/incident resolve"),
    "no command": ("tess", "The graph looks better now."),
}
"""What is said, and by whom: somebody whose rights have not been looked up lately."""


@dataclass(frozen=True)
class Handled:
    """
    What the reconciles of one thread cost.

    ``first`` finds the thread as people wrote it, ``restarted`` finds it answered and remembers nothing. Then a
    command is said: ``command`` handles it, ``second`` finds nothing new.
    """

    first: Cost
    restarted: Cost
    command: Cost
    second: Cost


@cache
def handled(name: str, comments: int, kind: str = "note") -> Handled:
    """Say one command in a thread that this worker has looked at once; worked out once."""
    login, text = KINDS[kind]
    with incident(name, comments) as place:
        first = place.look()
        place.restart()
        restarted = place.look()
        place.say(getattr(place.forge, login), text)
        return Handled(first, restarted, place.look(), place.look())


def familiar(name: str) -> Cost:
    """A note by somebody who noted something a moment ago: the rights are still known."""
    with incident(name, 10) as place:
        place.say(place.forge.tess, KINDS["note"][1])
        place.look()
        place.say(place.forge.tess, KINDS["note"][1])
        return place.look()


def burst(name: str) -> tuple[Cost, Cost]:
    """Return what many notes cost that are hinted at one by one before a reconcile, and the one after that."""
    with incident(name, 100) as place, closing(SqliteQueue(":memory:")) as queue:
        forge, ref = place.forge, place.forge.ref(place.ticket)
        worker = Worker(
            queue, place.bridge.trackers, place.reconcile, clock=forge.clock, monotonic=forge.clock.seconds
        )
        place.look()
        for number in range(BURST):
            note = place.say(forge.alice, f"/incident note step {number}")
            queue.add(IssueChanged(ref, note.id, note.updated_at), forge.clock.now)

        def work() -> None:
            while worker.reconcile_once():
                pass

        return place.cost(work), place.look()


def main() -> None:
    """Print the tables of both forges."""
    for name in FORGES:
        _lengths(name)
        _kinds(name)
        _bursts(name)


def _lengths(name: str) -> None:
    rows: list[tuple[Cell, ...]] = []
    for length in LENGTHS:
        progress(f"{name}: a note in a thread of {length:,} comments")
        one = handled(name, length)
        reconciles = (one.command, one.second, one.restarted, one.first)
        rows.append(
            (length, *(count for each in reconciles for count in (each.reads.total(), each.writes.total())))
        )
    after = ("reconciled again: reads", "restarted: reads", "never answered: reads")
    columns = ("comments", "reads", "writes", *(column for name in after for column in (name, "writes")))
    table(f"{name}: one note, by thread length", columns, rows)
    _requests(f"{name}: the requests of that note", one.command)
    _requests(f"{name}: the requests of a restarted worker's reconcile of {length:,} comments", one.restarted)


def _requests(title: str, cost: Cost) -> None:
    rows = [(what, count, "read") for what, count in cost.reads.items()]
    rows += [(what, count, "write") for what, count in cost.writes.items()]
    table(title, ("request", "times", ""), rows)


def _kinds(name: str) -> None:
    progress(f"{name}: kinds of commands")
    costs = {kind: handled(name, 10, kind).command for kind in KINDS}
    costs["note, rights known"] = familiar(name)
    costs["resolve, 2,400 comments"] = handled(name, 2_400, "resolve").command
    rows = [
        (kind, one.reads.total(), one.writes.total(), one.comments_written, _listed(one.changes))
        for kind, one in costs.items()
    ]
    columns = ("command", "reads", "writes", "of comments", "what for")
    table(f"{name}: one command in a thread of 10 comments", columns, rows)


def _bursts(name: str) -> None:
    progress(f"{name}: a burst")
    cost, second = burst(name)
    columns = ("reconciles", "reads", "writes", "reconciled again: reads", "writes", "what for")
    counts = (count for one in (cost, second) for count in (one.reads.total(), one.writes.total()))
    table(
        f"{name}: {BURST} notes of one person at once",
        columns,
        [(cost.reconciles, *counts, _listed(cost.changes))],
    )


def _listed(changes: Counter[str]) -> str:
    return ", ".join(f"{count} × {what}" if count > 1 else what for what, count in changes.items()) or "nothing"
