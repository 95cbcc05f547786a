"""
Until when an audience has to be told something, as some laws have it, and the proof of what it was told.

Deadlines count from the detection; while nobody has said when that was, from the declaration, by which it was
known at the latest. Each update counts for the earliest deadline that is still open. That there is nothing new
tells nothing, and a correction belongs to what it corrects.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.incident.audiences import audiences
from tracker_bridge.domain.incident.communications import Communication, to_audience
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.statistics import duration

_HOUR: Final = timedelta(hours=1)
_MOST_HOURS: Final = 96


@dataclass(frozen=True, slots=True)
class Obligation:
    """
    ``audience`` has to be told something ``within`` so long, which is by ``due``; ``told`` did that.

    ``detected``: it counts from the detection, and not from the declaration for lack of it.
    """

    audience: str
    within: timedelta
    due: datetime
    told: Communication | None
    detected: bool

    @property
    def span(self) -> str:
        """How long that is."""
        return span_of(self.within)

    @property
    def in_time(self) -> bool | None:
        """Whether it was; ``None`` while nothing was told."""
        return None if self.told is None else self.told.occurred.at <= self.due


def obligations(incident: Incident) -> tuple[Obligation, ...]:
    """Return the deadlines of this incident, an audience's after the other's, each audience's in order."""
    known = incident.times.detected or incident.times.declared
    if known is None or incident.phase is Phase.CANCELLED:
        return ()
    found: list[Obligation] = []
    for one in audiences(incident):
        told = [
            c for c in to_audience(incident.comms.communications, one.name) if not c.since and not c.correction
        ]
        if not one.deadlines or not (told or one.when.holds(incident)):
            continue
        for number, within in enumerate(one.deadlines):
            by = told[number] if number < len(told) else None
            due, detected = known.moment.at + within, incident.times.detected is not None
            found.append(Obligation(one.name, within, due, by, detected))
    return tuple(found)


def open_obligations(incident: Incident) -> tuple[Obligation, ...]:
    """Return the next deadline of each audience that is still open."""
    found: dict[str, Obligation] = {}
    for one in obligations(incident):
        if one.told is None:
            found.setdefault(one.audience, one)
    return tuple(found.values())


def span_of(within: timedelta) -> str:
    """Return a deadline as laws have it: ``24 h``, ``72 h``, ``14 d``."""
    hours, rest = divmod(within, _HOUR)
    return duration(within) if rest or hours > _MOST_HOURS else f"{hours}\u00a0h"
