"""What nobody said by the end, and the statistics and the review could do with (S66, S106, S108-S114)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tracker_bridge.domain.incident.incident import Incident, Phase

_SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Missing:
    """
    ``times`` are commands that lack their time, the most important first.

    ``despite``: a reason for the end against a tester's word. ``testers`` could confirm what nobody has.
    ``review``: a day for it, where nobody called for one.
    """

    times: tuple[str, ...]
    despite: bool
    testers: tuple[str, ...]
    review: date | None


def missing(incident: Incident) -> Missing | None:
    """Return what is missing; nothing before the end, nor of drills, no incidents, and what cleared by itself."""
    if incident.phase is not Phase.RESOLVED or incident.times.resolved is None or incident.drill:
        return None
    if incident.ended_by_itself:
        return None
    marks = {"detected": incident.times.detected, "started": incident.times.started}
    found = Missing(
        times=tuple(verb for verb, mark in marks.items() if mark is None),
        despite=incident.ending.despite is not None and not incident.ending.despite.why,
        testers=() if incident.confirmed else incident.other_testers,
        review=None if incident.follow_up.postmortem else (incident.times.resolved.moment.at + _SOON).date(),
    )
    return found if found.times or found.despite or found.testers or found.review else None
