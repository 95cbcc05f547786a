"""
Rendering: the summary and the status comment of long incidents

A summary with more events than fit into a comment is rendered several times, until it is known how many do.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from tests.benchmarks.report import Cell, progress, seconds, table
from tests.benchmarks.threads import ALICE, thread
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.fold.authorization import Authorizer
from tracker_bridge.domain.fold.fold import fold
from tracker_bridge.domain.fold.recovery import Folded
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.documents import STATUS, SUMMARY
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.rendering import Renderer
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers.github.tracker import GitHubTracker
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

EVENTS = (10, 100, 1_000)
ROOMS = {"github": GitHubTracker.max_body, "gitlab": GitLabTracker.max_body}

_KEY = b"signs the receipts"
_RENDERER = Renderer(templates_folder(), COMMANDS)


@dataclass(frozen=True)
class Rendered:
    """``kept``: events of the full timeline that the summary shows."""

    events: int
    kept: int
    summary: Document
    status: Document


@cache
def resolved(events: int) -> Folded:
    """Fold a thread of notes that ends with the incident's resolution, with ``events`` in its timeline."""
    notes = [
        f"/incident note step {number}: the error rate is 48 % in @bob's `eu-1`" for number in range(events - 2)
    ]
    authorizer = Authorizer(access={ALICE.id: Access.WRITE})
    return fold(thread([*notes, "/incident resolve"]), COMMANDS, authorizer, Rules())


def rendered(folded: Folded, room: int) -> Rendered:
    """Render into comments of ``room`` characters."""
    documents = {one.key: one for one in _render(folded.incident, _hidden(folded), room)}
    summary = documents[SUMMARY]
    _, _, full = summary.body.partition("#### Full timeline")
    kept = sum(line.startswith("| [") for line in full.partition("</details>")[0].splitlines())
    return Rendered(len(folded.incident.timeline), kept, summary, documents[STATUS])


def main() -> None:
    folds = {count: resolved(count) for count in EVENTS}
    progress("timelines of " + ", ".join(f"{count:,}" for count in EVENTS) + " events")
    times = seconds(_acts(folds))
    status = {count: times["status", count] for count in EVENTS}
    for name, room in ROOMS.items():
        rows: list[Sequence[Cell]] = []
        for count, folded in folds.items():
            one = rendered(folded, room)
            rows.append((one.events, one.kept, len(one.summary.text), 1e3 * (times[name, count] - status[count])))
        title = f"The summary on {name}, {room:,} characters fit"
        table(title, ("events", "shown", "characters", "ms", "× first"), _ratios(rows))
    rows = [
        (count, len(rendered(one, ROOMS["github"]).status.text), len(_hidden(one)), 1e3 * status[count])
        for count, one in folds.items()
    ]
    table("The status comment", ("events", "characters", "of these receipts", "ms", "× first"), _ratios(rows))


def _acts(folds: Mapping[int, Folded]) -> Mapping[tuple[str, int], Callable[[], object]]:
    """For each number of events: the status comment alone, and with each forge's summary."""
    acts: dict[tuple[str, int], Callable[[], object]] = {}
    for count, folded in folds.items():
        hidden = _hidden(folded)
        alone = replace(folded.incident, ending=replace(folded.incident.ending, resolutions=0))
        acts["status", count] = partial(_render, alone, hidden, ROOMS["github"])
        for name, room in ROOMS.items():
            acts[name, count] = partial(_render, folded.incident, hidden, room)
    return acts


def _ratios(rows: Sequence[Sequence[Cell]]) -> list[Sequence[Cell]]:
    """Add a column: the last one, as a multiple of the first row's."""
    return [(*row, float(row[-1]) / float(rows[0][-1])) for row in rows]


def _render(incident: Incident, hidden: str, room: int) -> Sequence[Document]:
    return _RENDERER.documents(incident, hidden, room, {})


def _hidden(folded: Folded) -> str:
    return folded.receipts.pack(str(folded.incident.ref), _KEY)[0]
