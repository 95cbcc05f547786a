"""What a Communication Lead gets: the news since an audience was last told something, and a draft (S78, S79)."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.derived.cadence import agreed_channels, news
from tracker_bridge.domain.derived.standing import Stage, stage_of
from tracker_bridge.domain.incident.audiences import Audience, find_audience
from tracker_bridge.domain.incident.communications import Communication, last_to
from tracker_bridge.domain.incident.impact import Impact
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.replies import Reply
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry, in_order

MOST_AUDIENCES: Final = 4
"""Audiences that one comment briefs about."""

_MANAGEMENT: Final = "management"


@dataclass(frozen=True, slots=True)
class Brief:
    """
    For one audience, as of ``at``.

    ``news`` are the latest events, ``earlier`` counts those left out. ``tone`` names the draft: ``internal``,
    ``external`` or ``management``. ``cause`` is the event that tells that the cause is known,
    ``stage`` how far the work is.
    """

    audience: Audience
    at: datetime
    tone: str
    stage: Stage
    last: Communication | None
    channels: tuple[str, ...]
    news: tuple[TimelineEntry, ...]
    earlier: int
    impacts: tuple[Impact, ...]
    cause: TimelineEntry | None
    lasted: timedelta | None
    next_at: datetime | None


def briefs_of(incident: Incident, reply: Reply, most: int) -> tuple[Brief, ...]:
    """Return a brief for each audience that ``reply`` is about, with at most ``most`` events and impacts each."""
    at = reply.at or incident.created_at
    found = [find_audience(incident, name) for name in reply.topics[:MOST_AUDIENCES]]
    return tuple(_brief(incident, audience, at, most) for audience in found if audience)


def _brief(incident: Incident, audience: Audience, at: datetime, most: int) -> Brief:
    new = [one for one in in_order(news(incident, audience.name)) if not one.kind.traits.housekeeping]
    tone = _MANAGEMENT if audience.name == _MANAGEMENT else audience.reach.value
    shown = new[len(new) - min(most, len(new)) :]
    impacts = _nameless(incident) if tone == "external" else incident.impacts
    return Brief(
        audience=audience,
        at=at,
        tone=tone,
        stage=stage_of(incident),
        last=last_to(incident.comms.communications, audience.name),
        channels=audience.via if tone == "external" else agreed_channels(incident, audience),
        news=tuple(shown),
        earlier=len(new) - len(shown),
        impacts=impacts[:most],
        cause=_cause(incident),
        lasted=_lasted(incident, at),
        next_at=at + incident.intervals.max_update_interval if incident.active else None,
    )


def _nameless(incident: Incident) -> tuple[Impact, ...]:
    """Leave out impacts that name somebody of the team: a draft for outside shows no names."""
    known = {h.login for h in incident.people.roles} | {entry.author for entry in incident.timeline}
    names = re.compile(rf"@\w|\b(?:{'|'.join(map(re.escape, sorted(known)))})\b", re.IGNORECASE)
    return tuple(one for one in incident.impacts if not names.search(f"{one.who} {one.how}"))


def _cause(incident: Incident) -> TimelineEntry | None:
    """Return the latest event that tells that the cause is known, while that still holds."""
    phases = [entry for entry in incident.timeline if entry.kind is Kind.PHASE]
    known = [entry for entry in phases if entry.what == Phase.IDENTIFIED.value]
    return known[-1] if known and incident.phase is not Phase.INVESTIGATING else None


def _lasted(incident: Incident, at: datetime) -> timedelta | None:
    begin = incident.times.started or incident.times.detected or incident.times.declared
    end = incident.times.resolved.moment.at if incident.times.resolved else at if incident.active else None
    return end - begin.moment.at if begin and end else None
