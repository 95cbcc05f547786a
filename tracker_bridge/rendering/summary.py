"""The scribe's single comment (S68-S72): statistics, the summary timeline, the full one."""

from typing import Final, NamedTuple

from tracker_bridge.domain.derived.gaps import missing
from tracker_bridge.domain.derived.roster import everybody
from tracker_bridge.domain.derived.standing import caveat_of
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.statistics import telling
from tracker_bridge.domain.incident.timeline import Kind, in_order
from tracker_bridge.domain.issue.blocks import Block, together
from tracker_bridge.domain.issue.changes import Document, shared
from tracker_bridge.domain.issue.documents import SUMMARY
from tracker_bridge.rendering.people import Render
from tracker_bridge.rendering.truncation import MARKER_ROOM, SHORTEST_ROW, SHOWN, most

BLOCKS: Final = ("head", "figures", "overview", "full", "roles")
"""The parts of the comment, which people may write between (S69-S72)."""


class Shown(NamedTuple):
    """How much is shown: rows of the summary timeline, rows of the full one, and items of every other list."""

    major: int = 0
    whole: int = 0
    items: int = SHOWN


def is_short(render: Render, incident: Incident, room: int) -> bool:
    """Whether all of it fits into a comment of ``room`` characters."""
    return _whole(render, incident, room, None) is not None


def summary(render: Render, incident: Incident, room: int, number: int | None) -> Document:
    """
    Show as much of the timelines as fits: statistics always, then the summary, then the full one.

    ``number`` is the issue that has the full timeline, when it does not fit here.
    """

    def size(shown: Shown) -> int:
        return len(together(_blocks(render, incident, shown, number)))

    if (whole := _whole(render, incident, room, number)) is not None:
        return shared(SUMMARY, whole)
    everything, left, rows = _everything(incident, number), room - MARKER_ROOM, room // SHORTEST_ROW
    shown = Shown(items=most(SHOWN, lambda n: size(Shown(items=n)), left))
    shown = shown._replace(major=most(min(rows, everything.major), lambda n: size(shown._replace(major=n)), left))
    shown = shown._replace(whole=most(min(rows, everything.whole), lambda n: size(shown._replace(whole=n)), left))
    return shared(SUMMARY, _blocks(render, incident, shown, number))


def _everything(incident: Incident, number: int | None) -> Shown:
    return Shown(_major(incident), len(incident.timeline) if number is None else 0)


def _whole(render: Render, incident: Incident, room: int, number: int | None) -> tuple[Block, ...] | None:
    """Return all of it if it fits. Thousands of events are not rendered to find that they do not."""
    everything = _everything(incident, number)
    if everything.major + everything.whole > room // SHORTEST_ROW:
        return None
    blocks = _blocks(render, incident, everything, number)
    return blocks if len(together(blocks)) <= room - MARKER_ROOM else None


def _blocks(render: Render, incident: Incident, shown: Shown, number: int | None = None) -> tuple[Block, ...]:
    entries = in_order(incident.timeline)
    chosen = [entry for entry in entries if entry.major]
    values: dict[str, object] = {
        "statistics": telling(incident),
        "major": chosen[: shown.major],
        "entries": entries[: shown.whole],
        "cut_major": len(chosen) - shown.major,
        "cut": len(entries) - shown.whole,
        "moved": number,
        "missing": missing(incident),
        "caveat": caveat_of(incident),
        "parts_taken": everybody(incident),
        "severities": [entry for entry in entries if entry.kind is Kind.SEVERITY],
        "most": shown.items,
    }
    return tuple(Block(name, render("summary", incident, block=name, **values)) for name in BLOCKS)


def _major(incident: Incident) -> int:
    return sum(entry.major for entry in incident.timeline)
