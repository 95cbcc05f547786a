"""
Whom to call out next: the people of a level, once it is their turn. Who that is, others know.

An incident of a severity that pages calls out the first level at once, and the next ones while nobody answers. One
that an alert opened asks who is on call to take it, whatever its severity. By hand, anybody may be paged.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.incident.calls import Wanted, answer, current, epoch_of, is_claimed
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.on_call import is_taken, is_unattended, row_of
from tracker_bridge.domain.incident.timeline import Kind

FRESH: Final = timedelta(hours=1)
"""Nobody is woken for what began longer ago, however late it was seen."""


@dataclass(frozen=True, slots=True)
class Due:
    """
    A level whose turn it is; ``pages``: they are paged, and not only asked. ``wanted``: somebody says so.
    """

    epoch: int
    level: int
    pages: bool
    wanted: Wanted | None = None


@dataclass(frozen=True, slots=True)
class Calling:
    """What is due now, and when time alone makes something due."""

    due: tuple[Due, ...] = ()
    next_at: datetime | None = None


def calling(incident: Incident, now: datetime) -> Calling:
    """Return whose turn it is at ``now``."""
    if not incident.active:
        return Calling()
    epoch = epoch_of(incident)
    made = {one.cause for one in incident.calls.made if one.cause}
    highest = max((one.level for one in current(incident)), default=0)
    by_hand = [
        Due(epoch, highest + 1 if not one.who else max(highest, 1), pages=True, wanted=one)
        for one in incident.calls.wanted
        if one.id not in made and now - one.at < FRESH
    ]
    by_clock = _by_severity(incident, now, epoch)
    if not by_clock.due and not by_hand:
        by_clock = _asked(incident, now, epoch, by_clock)
    return Calling((*by_hand, *by_clock.due), by_clock.next_at)


def _by_severity(incident: Incident, now: datetime, epoch: int) -> Calling:
    """The first level at once, the next ones while nobody answers; nobody where somebody has taken it."""
    paging = incident.rules.paging
    if not paging.pages(incident.severity) or (incident.drill and not incident.calls.drill_pages):
        return Calling()
    if is_claimed(incident) or answer(incident) or row_of(incident) is None:
        return Calling()
    paged = [one for one in current(incident) if one.pages]
    if any(one.there for one in paged):
        return Calling()
    since = paged[-1].at + paging.escalate_after if paged else _since(incident)
    due = since if paged else paging.due(incident.severity, since)
    if due > now:
        return Calling(next_at=due)
    if now - due > FRESH:
        return Calling()
    return Calling((Due(epoch, max((one.level for one in paged), default=0) + 1, pages=True),))


def _asked(incident: Incident, now: datetime, epoch: int, found: Calling) -> Calling:
    """Who takes what an alert opened? Where only a source knows, it is asked, and its answer remembered."""
    row = row_of(incident)
    if row is None or not any(step.sources for step in row.steps):
        return found
    if not is_unattended(incident) or is_taken(incident) or current(incident) or now - _since(incident) > FRESH:
        return found
    return Calling((Due(epoch, 1, pages=False),), found.next_at)


def _since(incident: Incident) -> datetime:
    """Return since when it is as bad as it is, and open."""
    kinds = (Kind.DECLARED, Kind.REOPENED, Kind.SEVERITY)
    return max((one.recorded_at for one in incident.timeline.of(*kinds)), default=incident.created_at)
