"""
Who speaks to whom, when that was last done, and when it is due again (S17, S18, S73-S75, S77, S93).

Each audience has its own clock. Nothing here knows what time it is.
"""

from dataclasses import dataclass
from datetime import datetime

from tracker_bridge.domain.incident.audiences import Audience, audiences
from tracker_bridge.domain.incident.channels import (
    Announcement,
    Channel,
    Stakeholder,
    Use,
    astray,
    channel_for,
    to_direct,
)
from tracker_bridge.domain.incident.communications import Communication, last_news_to, last_to
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import Role, is_same, is_same_account
from tracker_bridge.domain.incident.subscribers import reached
from tracker_bridge.domain.incident.timeline import Kind, TimelineEntry
from tracker_bridge.domain.issue.issue import Person


@dataclass(frozen=True, slots=True)
class Row:
    """
    One audience that is being told something. ``leads`` are logins, ``channels`` where it is told.

    ``due``: when it should hear something next; ``None`` once there is nothing more to say, and where it has
    deadlines of its own. ``untold``: the end of the incident is the news that it has not heard. ``sent_to``: where
    the bridge sends what it is told.
    """

    audience: Audience
    leads: tuple[str, ...]
    channels: tuple[str, ...]
    last: Communication | None
    due: datetime | None
    untold: bool = False
    sent_to: tuple[str, ...] = ()


def leads(incident: Incident, name: str) -> tuple[str, ...]:
    """Return who speaks to the audience: its own Communication Leads, else those bound to none (S74)."""
    holders = incident.people.holders(Role.COMMUNICATION_LEAD)
    own = [h.login for h in holders if h.audience == name]
    return tuple(dict.fromkeys(own or [h.login for h in holders if not h.audience]))


def may_speak(incident: Incident, who: Person, name: str) -> bool:
    """
    Whether ``who`` may record what an audience was told.

    Communication Leads speak, and the Incident Lead may; the Scribe while the audience has no lead (S33, S79).
    Who leads for another audience only does not speak to one that has a lead of its own (S74).
    """
    if incident.people.holds(who, Role.INCIDENT_LEAD):
        return True
    bound = incident.people.holders(Role.COMMUNICATION_LEAD)
    mine = {assignment.audience for assignment in bound if incident.people.stands_for(who, assignment.who)}
    if mine:
        return bool(mine & {name, ""}) or not any(assignment.audience == name for assignment in bound)
    return incident.people.holds(who, Role.SCRIBE) and not leads(incident, name)


def speakers(incident: Incident, name: str) -> tuple[str, ...]:
    """Return who can be asked to speak: the leads; else the Scribe, else the Incident Lead."""
    held = (incident.people.logins(role) for role in (Role.COMMUNICATION_LEAD, Role.SCRIBE, Role.INCIDENT_LEAD))
    return leads(incident, name) or next((logins for logins in held if logins), ())


def agreed_channels(incident: Incident, audience: Audience) -> tuple[str, ...]:
    """Return where the audience is told: on its own channels, else on the main one; none before there is one."""
    main = channel_for(incident.comms.channels, Use.MAIN)
    return audience.via or ((main.where,) if main else ())


def rows(incident: Incident) -> tuple[Row, ...]:
    """
    Return the audiences that have a lead, a channel or a communication, each with its clock.

    Somebody who leads communication without saying for whom speaks to all of them that have no lead of their own,
    and to the first audience of the rules in any case.
    """
    if not incident.exists:
        return ()
    bound = {assignment.audience for assignment in incident.people.holders(Role.COMMUNICATION_LEAD)}
    told = {name for one in incident.comms.communications for name in one.audiences}
    first = {one.name for one in audiences(incident)[:1] if "" in bound}
    found = (one for one in audiences(incident) if one.via or one.name in bound | told | first)
    return tuple(_row(incident, audience) for audience in found)


def audiences_of(incident: Incident, who: Person) -> tuple[str, ...]:
    """Return the audiences that a Communication Lead speaks to: what the card, the status and the clocks go by."""
    holders = incident.people.holders(Role.COMMUNICATION_LEAD)
    mine = [held.audience for held in holders if is_same_account(held.who, who)]
    if "" not in mine:
        return tuple(dict.fromkeys(mine))
    led = {held.audience for held in holders}
    others = [row.audience.name for row in rows(incident) if row.audience.name not in led]
    return tuple(dict.fromkeys((*filter(None, mine), *others)))


def _row(incident: Incident, audience: Audience) -> Row:
    last = last_to(incident.comms.communications, audience.name)
    begun = incident.times.declared.moment.at if incident.times.declared else incident.created_at
    since = last.occurred.at if last else begun
    return Row(
        audience,
        leads(incident, audience.name),
        agreed_channels(incident, audience),
        last,
        due=since + incident.intervals.max_update_interval if incident.active and not audience.deadlines else None,
        untold=incident.phase.ended and last is not None and _is_untold(incident, last),
        sent_to=reached(incident, audience.name),
    )


def news(incident: Incident, name: str) -> tuple[TimelineEntry, ...]:
    """
    Return what was recorded since the audience was last told something; all of it before that (S78).

    That there is nothing new tells nothing: what was recorded before it comes again.
    """
    last = last_news_to(incident.comms.communications, name)
    return tuple(
        entry
        for entry in incident.timeline
        if not entry.kind.traits.talk and (last is None or entry.recorded_at > last.occurred.at)
    )


@dataclass(frozen=True, slots=True)
class CommunicationState:
    """What the status comment shows of channels, stakeholders and audiences."""

    main: Channel | None
    chat: Channel | None
    meeting: Channel | None
    places: tuple[Announcement, ...]
    astray: tuple[Announcement, ...]
    stakeholders: tuple[Stakeholder, ...]
    rows: tuple[Row, ...]
    answering: tuple[str, ...]
    unagreed: bool

    @property
    def next_due(self) -> datetime | None:
        """When the first of the audiences should hear something."""
        return min((row.due for row in self.rows if row.due), default=None)


def talk_of(incident: Incident) -> CommunicationState:
    """
    Put together who is told what and where.

    ``answering`` are those to whom questions about the status go (S17, S93), never the Technical Lead as such
    (S52). ``unagreed``: something was said before any channel was agreed on, and none is agreed on yet (S18).
    """
    main = channel_for(incident.comms.channels, Use.MAIN)
    shown = rows(incident)
    order = (Role.COMMUNICATION_LEAD, Role.SCRIBE, Role.INCIDENT_LEAD)
    technical = incident.people.logins(Role.TECHNICAL_LEAD)
    held = (
        [n for n in incident.people.logins(role) if not any(is_same(n, t) for t in technical)] for role in order
    )
    return CommunicationState(
        main=main,
        chat=channel_for(incident.comms.channels, Use.CHAT),
        meeting=channel_for(incident.comms.channels, Use.MEETING),
        places=to_direct(incident.comms.announcements, main),
        astray=astray(incident.comms.announcements, main),
        stakeholders=incident.comms.stakeholders,
        rows=shown,
        answering=tuple(next((logins for logins in held if logins), ())),
        unagreed=any(row.last and not row.channels for row in shown),
    )


def _is_untold(incident: Incident, last: Communication) -> bool:
    """Whether the end was said after ``last``."""
    ends = [one.recorded_at for one in incident.timeline if one.kind in (Kind.RESOLVED, Kind.CANCELLED)]
    return bool(ends) and last.recorded_at < max(ends)
