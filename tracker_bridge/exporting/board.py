"""
What goes on now as data.

The names are a promise, as in incidents.py.
"""

from collections.abc import Sequence
from typing import Final

from tracker_bridge.domain.derived.board import Board, BoardRow
from tracker_bridge.exporting.formats import Json, as_json, instant
from tracker_bridge.exporting.incidents import need_json

VERSION: Final = 1


def board_json(board: Board, *, unread: Sequence[str]) -> str:
    """Return it as docs/board.schema.json describes it; ``unread`` could not be read."""
    value: Json = {
        "kind": "board",
        "version": VERSION,
        "at": instant(board.at),
        "incidents": [_row(one) for one in board.rows],
        "confidential": board.hidden,
        "unread": list(unread),
    }
    return as_json(value) + "\n"


def _row(row: BoardRow) -> Json:
    incident, update = row.incident, row.update
    prefix = incident.rules.command_prefixes[0]
    return {
        "ref": str(incident.ref),
        "title": incident.title,
        "url": incident.url,
        "severity": incident.severity.name if incident.severity else None,
        "phase": incident.phase.value,
        "drill": incident.drill,
        "services": list(row.services),
        "since": instant(row.since),
        "incident_leads": list(row.leads),
        "technical_leads": list(row.technical_leads),
        "next_update": {"audience": update.audience, "due": instant(update.due), "overdue": update.overdue}
        if update
        else None,
        "needed": [need_json(one, prefix) for one in row.needs],
    }
