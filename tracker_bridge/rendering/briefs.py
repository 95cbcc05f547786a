"""What a Communication Lead gets: the news since an audience was last told something, and a draft (S78, S79)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.derived.cadence import agreed_channels, news
from tracker_bridge.domain.derived.standing import Stage, stage_of
from tracker_bridge.domain.incident.audiences import Audience, Reach, find_audience
from tracker_bridge.domain.incident.communications import Communication, last_news_to, last_to
from tracker_bridge.domain.incident.impact import Impact, is_on
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.replies import Reply
from tracker_bridge.domain.incident.subscribers import reached
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry, in_order
from tracker_bridge.rendering.clock import LocalClock, ShownClock

MOST_AUDIENCES: Final = 4
"""Audiences that one comment briefs about."""

PROGRESS: Final = 5
"""News that a draft repeats."""

_MANAGEMENT: Final = "management"
_EXTERNAL: Final = Reach.EXTERNAL.value
_WORKAROUND: Final = re.compile(r"\bwork-?\s?around(?: is| for now)?\s*[:–—]\s*(?P<what>\S.*)", re.IGNORECASE)
_STOCK: Final = frozenset({Kind.PHASE, Kind.FIXED, Kind.TEST_PASSED, Kind.TEST_FAILED, Kind.REOPENED})
REPEATED: Final = _STOCK | {Kind.NOTE, Kind.SEVERITY}
"""The news that a draft repeats; outside, and after the end, only what is told in words of ours."""


@dataclass(frozen=True, slots=True)
class Brief:
    """
    For one audience, as of ``at``.

    ``news`` are the latest events since ``told``, the last communication that said something; ``last`` may be a
    later one. ``earlier`` counts those left out. ``tone`` names the draft: ``internal``, ``external`` or
    ``management``; ``when`` prints its times. ``cause`` is the event that tells that the cause is known, ``stage``
    how far the work is, ``progress`` what a draft repeats of the news, ``workaround`` what helps until the end,
    ``sent_to`` where the bridge sends what they are told.
    """

    audience: Audience
    at: datetime
    tone: str
    stage: Stage
    when: LocalClock
    told: Communication | None
    last: Communication | None
    channels: tuple[str, ...]
    sent_to: tuple[str, ...]
    news: tuple[TimelineEntry, ...]
    earlier: int
    impacts: tuple[Impact, ...]
    cause: TimelineEntry | None
    progress: tuple[TimelineEntry, ...]
    workaround: str
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
    outside = tone == _EXTERNAL
    names = _names(incident)
    told = last_news_to(incident.comms.communications, audience.name)
    return Brief(
        audience=audience,
        at=at,
        tone=tone,
        stage=stage_of(incident),
        when=LocalClock(audience.timezone, ShownClock(incident).spans_days),
        told=told,
        last=last_to(incident.comms.communications, audience.name),
        channels=audience.via if outside else agreed_channels(incident, audience),
        sent_to=reached(incident, audience.name),
        news=tuple(shown),
        earlier=len(new) - len(shown),
        impacts=tuple(one for one in incident.impacts if not outside or _for(one, audience, names))[:most],
        cause=_cause(incident),
        progress=_progress(new, stock=outside or not incident.active)[-PROGRESS:] if told else (),
        workaround=_workaround(incident, names if outside else None),
        lasted=_lasted(incident, at),
        next_at=at + incident.intervals.max_update_interval if incident.active else None,
    )


def _names(incident: Incident) -> re.Pattern[str]:
    """Return what finds people of the team: a draft for outside shows no names."""
    known = {h.login for h in incident.people.roles} | {e.author for e in incident.timeline if not e.by_settings}
    return re.compile(rf"@\w|\b(?:{'|'.join(map(re.escape, sorted(known)))})\b", re.IGNORECASE)


def _for(impact: Impact, audience: Audience, names: re.Pattern[str]) -> bool:
    """Whether people outside may read of an impact: it is on them, and names nobody."""
    return is_on(impact, audience.name) and not names.search(f"{impact.who} {impact.how}")


def _progress(news: Iterable[TimelineEntry], *, stock: bool) -> tuple[TimelineEntry, ...]:
    kinds = _STOCK if stock else REPEATED
    return tuple(
        one for one in news if one.kind in kinds and not one.withheld and not _WORKAROUND.search(one.text)
    )


def _workaround(incident: Incident, names: re.Pattern[str] | None) -> str:
    """Return the last one that was noted, ``workaround: pay by invoice``, while it is of use."""
    notes = [one.text for one in incident.timeline if one.kind is Kind.NOTE and not one.withheld]
    found = [said["what"] for text in notes if (said := _WORKAROUND.search(text))] if incident.active else []
    return found[-1] if found and not (names and names.search(found[-1])) else ""


def _cause(incident: Incident) -> TimelineEntry | None:
    """Return the latest event that tells that the cause is known, while that still holds."""
    phases = [entry for entry in incident.timeline if entry.kind is Kind.PHASE]
    known = [entry for entry in phases if entry.what == Phase.IDENTIFIED.value]
    return known[-1] if known and incident.phase is not Phase.INVESTIGATING else None


def _lasted(incident: Incident, at: datetime) -> timedelta | None:
    begin = incident.times.started or incident.times.detected or incident.times.declared
    end = incident.times.resolved.moment.at if incident.times.resolved else at if incident.active else None
    return end - begin.moment.at if begin and end else None
