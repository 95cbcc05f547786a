"""What came of the messages that went out, for those who read the thread: in words, and by what was said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker_bridge.domain.derived.owed import UPDATE, WITHDRAWN
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.outward import Outcome
from tracker_bridge.domain.issue.dispatches import Dispatch

_FOR_GOOD: Final = {"status": "the status", "again": "goes on after all", "page": "page"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    A message to a destination: ``what`` it was, handed over ``at`` that time, and what came of it.

    That was known at ``known_at``; ``outcome`` is ``None`` while it is under way. ``words``: it was somebody's,
    and can be sent again by an edit.
    """

    what: str
    destination: str
    at: datetime
    outcome: Outcome | None
    reason: str = ""
    known_at: datetime | None = None
    words: bool = False

    @property
    def arrived(self) -> bool:
        return self.outcome is Outcome.DELIVERED

    @property
    def failed(self) -> bool:
        return self.outcome is Outcome.FAILED

    @property
    def in_doubt(self) -> bool:
        return self.outcome is Outcome.UNKNOWN


def deliveries(incident: Incident) -> tuple[Delivery, ...]:
    """Return all that is remembered, the newest first."""
    return tuple(_delivery(one) for one in reversed(incident.comms.dispatches))


def troubled(incident: Incident) -> tuple[Delivery, ...]:
    """Return those that did not arrive, or may not have, and that nothing later makes up for; the newest first."""
    rows = incident.comms.dispatches
    return tuple(
        _delivery(one)
        for one in reversed(rows)
        if one.sent is not None and one.sent.outcome is not Outcome.DELIVERED and not _made_up_for(one, rows)
    )


def of_words(incident: Incident, one: Communication) -> tuple[Delivery, ...]:
    """Return what came of an audience's words, and of their corrections, oldest first."""
    return tuple(_delivery(row) for row in incident.comms.dispatches if row.key == f"{UPDATE}{one.id}")


def _made_up_for(one: Dispatch, rows: Iterable[Dispatch]) -> bool:
    """Whether a later message about the same arrived, or is under way; a reminder is over soon in any case."""
    about = one.key, one.destination
    later = [row for row in rows if (row.key, row.destination) == about and row.part > one.part]
    settled = any(row.sent is None or row.sent.outcome is Outcome.DELIVERED for row in later)
    return settled or one.key.startswith("reminder.")


def _delivery(one: Dispatch) -> Delivery:
    sent = one.sent
    return Delivery(
        _what(one),
        one.destination,
        one.at,
        sent.outcome if sent else None,
        sent.reason if sent else "",
        one.known_at,
        one.key.startswith(UPDATE),
    )


def _what(one: Dispatch) -> str:
    kind, *rest = one.key.split(".")
    match kind:
        case "declared":
            return "reopened" if rest != ["0"] else "declared"
        case "phase":
            return rest[-1]
        case "update" if one.digest == WITHDRAWN:
            return "withdrawal"
        case "update":
            return "correction" if one.part else "update"
    return _FOR_GOOD.get(kind, kind)
