"""Who is on call is asked, and answers: what of it stands on the timeline."""

from dataclasses import replace
from datetime import datetime

from tracker_bridge.domain.incident.calls import Answered, answerers, epoch_of, is_claimed
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.domain.issue.issue import Person, TrackerUrl
from tracker_bridge.domain.issue.origin import Origin


def apply_call_out(incident: Incident, made: CallOut) -> Incident:
    """Remember who was asked; that somebody was paged is an event."""
    if not incident.exists:
        return incident
    incident = replace(incident, calls=replace(incident.calls, made=(*incident.calls.made, made)))
    if not made.pages:
        return incident
    origin = Origin("", 0, made.at, "", incident.url)
    names = ", ".join((*made.logins, *made.strangers))
    return incident.having(entry_of(origin, Kind.PAGED, what=str(made.level), who=made.there, text=names))


def hear(incident: Incident, who: Person, at: datetime, url: TrackerUrl, *, comment: int = 0) -> Incident:
    """
    Let a page be answered: by the first deed of somebody who was paged, or by whoever takes it.

    ``comment`` is where it was said, 0 for what was done by hand.
    """
    if not incident.calls.made or who.bot:
        return incident
    waiting = tuple(answerers(incident))
    if not waiting:
        return incident
    later = (one for one in waiting if (comment > one.after if comment else at > one.at))
    paged = {login for one in later for login in one.logins}
    if any(incident.people.stands_for(who, Person(0, login, team="/" in login)) for login in paged):
        return answered(incident, who, at, url, comment)
    holders = incident.people.holders(Role.TECHNICAL_LEAD, Role.INCIDENT_LEAD)
    if is_claimed(incident) and (taken := [one for one in holders if not one.implied]):
        return answered(incident, taken[-1].who, at, url, comment)
    return incident


def answered(incident: Incident, who: Person, at: datetime, url: TrackerUrl, comment: int) -> Incident:
    """Note who answered."""
    origin = Origin(str(comment) if comment else "", comment, at, who.login, url, by_id=who.id)
    told = Answered(epoch_of(incident), who.login, at, url)
    calls = replace(incident.calls, answers=(*incident.calls.answers, told))
    entry = replace(entry_of(origin, Kind.ACKNOWLEDGED, who=who.login), id="")
    return replace(incident.having(entry), calls=calls)
