"""
The open action items of many incidents as data.

The names are a promise, as in incidents.py.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tracker_bridge.domain.derived.action_items import OpenItem
from tracker_bridge.exporting.formats import Json, as_json, instant

VERSION: Final = 1


def actions_json(
    items: Sequence[OpenItem], *, projects: Sequence[str], until: datetime, unread: Sequence[str]
) -> str:
    """Return them as docs/actions.schema.json describes it; ``unread`` could not be read."""
    value: Json = {
        "kind": "actions",
        "version": VERSION,
        "projects": list(projects),
        "until": instant(until),
        "unread": list(unread),
        "actions": [_item(one) for one in items],
    }
    return as_json(value) + "\n"


def _item(item: OpenItem) -> Json:
    """What is to be done about a confidential incident stays where it is, as its title does."""
    action, incident = item.action, item.incident
    return {
        "incident": str(incident.ref),
        "title": None if item.confidential else incident.title,
        "number": action.number,
        "text": None if item.confidential else action.text,
        "owner": action.owner or None,
        "due": action.due.isoformat() if action.due else None,
        "overdue": item.overdue,
        "issue": str(item.issue) if item.issue else None,
        "url": action.url,
    }
