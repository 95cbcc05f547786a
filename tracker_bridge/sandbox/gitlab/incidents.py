"""
What GitLab keeps of incidents, told to GraphQL only: severity, escalation status, timeline events.

https://docs.gitlab.com/operations/incident_management/incident_timeline_events/
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.gitlab.changes import remark
from tracker_bridge.sandbox.world import SEVERITIES, Account, Project, Ticket, TimelineEvent

Json = dict[str, Any]
User = Callable[[Account], Json]

TAGS = frozenset(
    (
        "Start time",
        "End time",
        "Impact detected",
        "Response initiated",
        "Impact mitigated",
        "Cause identified",
    )
)
"""Made in a project when they are first used; others must be there already."""

MAX_EVENT_CHARS = 280
"""Characters of an event that an account puts there (``TimelineEvent``: ``maximum: 280, on: :user_input``)."""

EDITED = {
    (False, False): "",
    (True, False): "the event time/date",
    (False, True): "the text",
    (True, True): "the event time/date and text",
}
"""What is said to be changed when the time was, and when the text was."""

STATUSES = ("TRIGGERED", "ACKNOWLEDGED", "RESOLVED", "IGNORED")
FORBIDDEN = (
    "The resource that you are attempting to access does not exist or you don't have permission "
    "to perform this action"
)
PAGE = 100


class Wrong(Exception):
    """An argument that the server cannot read, or a thing that this account may not reach."""


def set_severity(ticket: Ticket, severity: str) -> str:
    """Reporters and above. Return what is wrong."""
    if ticket.kind != "incident" or severity not in (*SEVERITIES, "UNKNOWN"):
        return "Severity is not available for this issue type"
    http.world().rate(ticket, http.me(), severity)
    return ""


def set_escalation_status(ticket: Ticket, status: str) -> str:
    """Developers and above. Return what is wrong."""
    _lacks("escalation_status")
    _developer(ticket)
    if ticket.kind != "incident" or status not in STATUSES:
        return "Feature unavailable for provided issue"
    http.world().escalate(ticket, http.me(), status)
    return ""


def timeline(project: Project, user: User, incidentId: str, after: str | None = None) -> Json:  # noqa: N803
    _lacks("timeline_events")
    ticket = _ticket(project, incidentId)
    start = int(after) if after else 0
    events = sorted(ticket.timeline, key=lambda one: (one.at, one.id))
    page = events[start : start + PAGE]
    return {
        "__typename": "TimelineEventTypeConnection",
        "nodes": [_shape(one, user) for one in page],
        "pageInfo": {
            "__typename": "PageInfo",
            "hasNextPage": len(events) > start + PAGE,
            "endCursor": str(start + PAGE),
        },
    }


def create_event(user: User, input: Json) -> Json:  # noqa: A002 - GitLab's name
    _lacks("timeline_events")
    ticket = _anywhere(str(input["incidentId"]))
    _developer(ticket)
    if ticket.kind != "incident":
        raise Wrong(FORBIDDEN)
    tags = input.get("timelineEventTagNames") or []
    if wrong := _wrong(str(input["note"]), tags):
        return {"__typename": "TimelineEventCreatePayload", "timelineEvent": None, "errors": [wrong]}
    at = datetime.fromisoformat(str(input["occurredAt"]))
    made = http.world().add_event(ticket, http.me(), at, str(input["note"]), tags)
    remark(ticket, "added an incident timeline event")
    return {"__typename": "TimelineEventCreatePayload", "timelineEvent": _shape(made, user), "errors": []}


def update_event(user: User, input: Json) -> Json:  # noqa: A002 - GitLab's name
    """What is not sent stays. GitLab remarks on a new text or time, and not on new tags."""
    _lacks("timeline_events")
    ticket, event = _event(str(input["id"]))
    note, tags = str(input.get("note", event.text)), input.get("timelineEventTagNames", event.tags)
    if wrong := _wrong(note, tags):
        return {"__typename": "TimelineEventUpdatePayload", "timelineEvent": None, "errors": [wrong]}
    at = datetime.fromisoformat(str(input["occurredAt"])) if "occurredAt" in input else event.at
    what = EDITED[at != event.at, note != event.text]
    event.at, event.text, event.tags, event.changed_by = at, note, list(tags), http.me()
    if what:
        remark(ticket, f"edited {what} on incident timeline event")
    return {"__typename": "TimelineEventUpdatePayload", "timelineEvent": _shape(event, user), "errors": []}


def destroy_event(user: User, input: Json) -> Json:  # noqa: A002 - GitLab's name
    _lacks("timeline_events")
    ticket, event = _event(str(input["id"]))
    ticket.timeline.remove(event)
    remark(ticket, "deleted an incident timeline event")
    return {"__typename": "TimelineEventDestroyPayload", "timelineEvent": _shape(event, user), "errors": []}


def _event(gid: str) -> tuple[Ticket, TimelineEvent]:
    """Find an event that this account may change."""
    for ticket in _tickets():
        for event in ticket.timeline:
            if gid == _gid(event):
                _developer(ticket)
                return ticket, event
    raise Wrong(FORBIDDEN)


def _wrong(note: str, tags: Sequence[str]) -> str:
    if len(note) > MAX_EVENT_CHARS:
        return f"Note is too long (maximum is {MAX_EVENT_CHARS} characters)"
    unknown = [name for name in tags if name not in TAGS]
    return f"Following tags don't exist: {unknown}" if unknown else ""


def _shape(event: TimelineEvent, user: User) -> Json:
    return {
        "__typename": "TimelineEventType",
        "id": _gid(event),
        "note": event.text,
        "action": event.action,
        "occurredAt": shapes.moment(event.at),
        "author": user(event.author),
        "updatedByUser": user(event.changed_by) if event.changed_by else None,
    }


def _gid(event: TimelineEvent) -> str:
    return f"gid://gitlab/IncidentManagement::TimelineEvent/{event.id}"


def _lacks(ability: str) -> None:
    """A server without it does not know the field either; what it says differs by version."""
    if ability in http.face().lacking:
        raise Wrong(FORBIDDEN)


def _developer(ticket: Ticket) -> None:
    if http.world().access(ticket.project, http.me()) < Access.WRITE:
        raise Wrong(FORBIDDEN)


def _ticket(project: Project, gid: str) -> Ticket:
    ticket = _anywhere(gid)
    if ticket.project is not project:
        raise Wrong(FORBIDDEN)
    return ticket


def _anywhere(gid: str) -> Ticket:
    """Only the issue's own id is understood, not that of its work item."""
    found = re.fullmatch(r"gid://gitlab/Issue/([0-9]+)", gid)
    if found is None:
        raise Wrong(f'"{gid}" does not represent an instance of Issue')
    ticket = next((one for one in _tickets() if one.id == int(found[1])), None)
    if ticket is None:
        raise Wrong(FORBIDDEN)
    return ticket


def _tickets() -> list[Ticket]:
    projects = [one for one in http.world().projects.values() if one.forge == "gitlab"]
    tickets = [ticket for project in projects for ticket in project.tickets.values() if not ticket.deleted]
    return [ticket for ticket in tickets if http.can_see(ticket, http.me())]
