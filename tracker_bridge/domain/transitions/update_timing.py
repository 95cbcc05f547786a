"""
When an update comes too early, and when it does not, however soon it comes (S76).

What must be heard may come at any time: the announcement, a confirmed fix, the end, and that it goes on again.
"""

from dataclasses import replace
from datetime import datetime

from tracker_bridge.domain.incident.communications import Communication, is_remarkable, to_audience
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Replies, Reply
from tracker_bridge.domain.incident.timeline import HEARD


def is_early(incident: Incident, name: str, at: datetime) -> bool:
    """Whether a communication at ``at`` comes less than the floor after the last one, and without such news."""
    told = [one for one in to_audience(incident.comms.communications, name) if one.occurred.at <= at]
    if not told or any(told[-1].recorded_at < news for news in _news(incident)):
        return False
    return at - told[-1].occurred.at < incident.intervals.min_update_interval


def with_news(incident: Incident) -> Incident:
    """Return the incident without the earliness of what was said in one breath with the news that it tells."""
    said, replies = incident.comms.communications, incident.outgoing.replies
    if not any(one.early for one in said) and all(reply.kind != "early" for reply in replies):
        return incident
    at_once = frozenset(_news(incident))

    def in_time(told: tuple[Communication, ...]) -> tuple[Communication, ...]:
        return tuple(replace(one, early=()) if one.recorded_at in at_once else one for one in told)

    def mended(reply: Reply) -> Reply:
        then = reply.incident
        if reply.kind != "early" or then is None:
            return reply
        return replace(
            reply,
            incident=replace(then, comms=replace(then.comms, communications=in_time(then.comms.communications))),
        )

    kept = (one for one in map(mended, replies) if one.kind != "early" or _says_something(one))
    return replace(
        incident,
        comms=replace(incident.comms, communications=in_time(said)),
        outgoing=replace(incident.outgoing, replies=Replies(kept)),
    )


def _says_something(reply: Reply) -> bool:
    told = reply.incident.comms.communications if reply.incident else ()
    return is_remarkable(told, reply.comment)


def _news(incident: Incident) -> list[datetime]:
    """Return when something was said that every audience must hear."""
    said = [entry.recorded_at for entry in incident.timeline.of(*HEARD)]
    return [*said, incident.confirmed.at] if incident.confirmed else said
