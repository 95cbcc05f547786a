"""
What goes out: messages to destinations of the operator's, and what came of them.

A message is derived from the thread, sent once as far as can be known, and remembered there. Where a destination
is, and what opens it, is nothing that a message knows.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tracker_bridge.domain.issue.dispatches import Outcome, Sent
from tracker_bridge.domain.issue.issue import TrackerUrl

__all__ = ["PAGING", "Facts", "Kind", "Message", "Outcome", "Sent"]


class Kind(StrEnum):
    """What a message tells. The words are what people write in their settings."""

    DECLARED = "declared"
    SEVERITY = "severity"
    PHASE = "phase"
    RESOLVED = "resolved"
    REMINDER = "reminder"
    UPDATE = "update"
    CORRECTION = "correction"
    STATUS = "status"
    PAGE = "page"
    ACKNOWLEDGED = "acknowledged"
    PAGE_OVER = "page-over"


PAGING: Final = frozenset({Kind.PAGE, Kind.ACKNOWLEDGED, Kind.PAGE_OVER})
"""The kinds by which somebody is woken, and no longer."""


@dataclass(frozen=True, slots=True)
class Facts:
    """
    How the incident stood, for programs: what a webhook's JSON and a page's payload are made of.

    ``severity`` is empty before there is one; ``rank`` is its place on the team's scale, 1 the worst, 0 for none,
    of ``ranks`` in all. ``epoch`` counts how often it was reopened. ``leads`` are logins of who leads it.
    """

    tracker: str
    project: str
    number: int
    title: str
    phase: str
    severity: str = ""
    rank: int = 0
    ranks: int = 0
    epoch: int = 0
    drill: bool = False
    declared_at: datetime | None = None
    started_at: datetime | None = None
    detected_at: datetime | None = None
    resolved_at: datetime | None = None
    leads: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """
    What is to be said to one destination.

    ``key`` is the name of this act within its issue, the same at every reconcile; ``destination`` is the
    operator's name for where it goes. ``subject`` is one line, cleaned; ``text`` is plain text: of an update,
    exactly what the person said. ``url`` leads to the issue, and ``facts`` tell how it stood: both are ``None``
    for an external audience. ``thread`` is the same for everything that belongs together: ``github:acme/api#42``.
    """

    key: str
    destination: str
    kind: Kind
    subject: str
    text: str
    url: TrackerUrl | None
    thread: str
    facts: Facts | None
