"""
What goes on now, for those who work on it: each open incident, who leads it, and what it needs.

Of a confidential issue, nothing but that there is one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tracker_bridge.domain.derived.cadence import rows
from tracker_bridge.domain.derived.needed import Need, needed_now
from tracker_bridge.domain.derived.reminders import due
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import Role


@dataclass(frozen=True, slots=True)
class NextUpdate:
    """An audience that is to hear something next, and until when; ``overdue``: it should have by now."""

    audience: str
    due: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class BoardRow:
    """
    An incident that goes on. ``since``: when it started, or else was noticed or declared. ``needs`` are the most
    important first.
    """

    incident: Incident
    services: tuple[str, ...]
    since: datetime
    update: NextUpdate | None
    needs: tuple[Need, ...]

    @property
    def leads(self) -> tuple[str, ...]:
        return self.incident.people.logins(Role.INCIDENT_LEAD)

    @property
    def technical_leads(self) -> tuple[str, ...]:
        return self.incident.people.logins(Role.TECHNICAL_LEAD)


@dataclass(frozen=True, slots=True)
class Board:
    """The worst first, what has no severity yet before it, drills last. ``hidden`` incidents are confidential."""

    at: datetime
    rows: tuple[BoardRow, ...]
    hidden: int


def board(going_on: Iterable[tuple[Case, int]], at: datetime) -> Board:
    """Return what goes on at that time; with each case, a possible duplicate that was open, 0 for none."""
    shown, hidden = [], 0
    for case, possible_duplicate in going_on:
        if case.incident.active and case.confidential:
            hidden += 1
        elif case.incident.active:
            shown.append(_row(case, possible_duplicate, at))
    return Board(at, tuple(sorted(shown, key=_order)), hidden)


def _row(case: Case, possible_duplicate: int, at: datetime) -> BoardRow:
    incident = case.incident
    times = incident.times
    begun = times.started or times.detected or times.declared
    since = begun.moment.at if begun else incident.created_at
    needs = needed_now(incident, possible_duplicate, due(incident, at).pending)
    return BoardRow(incident, case.services, since, _next_update(incident, at), needs)


def _next_update(incident: Incident, at: datetime) -> NextUpdate | None:
    waiting = [(row.due, row.audience.name) for row in rows(incident) if row.due is not None]
    if not waiting:
        return None
    by, audience = min(waiting)
    return NextUpdate(audience, by, by <= at)


def _order(row: BoardRow) -> tuple[bool, int, datetime, str]:
    incident = row.incident
    scale = incident.rules.severities
    place = scale.index(incident.severity) + 1 if incident.severity in scale else 0
    return incident.drill, place, row.since, str(incident.ref)
