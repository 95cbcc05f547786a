"""
What was done to an issue's labels and state, which GitLab keeps apart from the notes; what a project had closed.

https://docs.gitlab.com/api/resource_label_events/ and .../resource_state_events/
https://docs.gitlab.com/api/events/#list-all-visible-events-for-a-project, of which there is nothing else
"""

from datetime import UTC, date, datetime, time

from flask import Blueprint, Response

from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.world import Deed, Project, Ticket

routes = Blueprint("events", __name__)

ISSUE = "/projects/<project:project>/issues/<int:ticket>"
LABEL_DEEDS = ("labeled", "unlabeled")
STATE_DEEDS = ("closed", "reopened")


@routes.get(f"{ISSUE}/resource_label_events")
def label_events(ticket: Ticket) -> Response:
    rows = _deeds(ticket, LABEL_DEEDS)
    return http.listing(rows, lambda one: shapes.label_event(one, ticket, http.base_url()))


@routes.get(f"{ISSUE}/resource_label_events/<int:event>")
def label_event(ticket: Ticket, event: int) -> Response:
    return http.answer(shapes.label_event(_deed(ticket, LABEL_DEEDS, event), ticket, http.base_url()))


@routes.get(f"{ISSUE}/resource_state_events")
def state_events(ticket: Ticket) -> Response:
    rows = _deeds(ticket, STATE_DEEDS)
    return http.listing(rows, lambda one: shapes.state_event(one, ticket, http.base_url()))


@routes.get("/projects/<project:project>/events")
def project_events(project: Project) -> Response:
    """The day that ``after`` names is left out, the newest event comes first."""
    http.lacks("events")
    action, day = http.text("action"), http.text("after")
    begin = datetime.combine(date.fromisoformat(day), time.max, UTC) if day else datetime.min.replace(tzinfo=UTC)
    rows = [
        (deed, ticket)
        for ticket in project.tickets.values()
        if not ticket.deleted
        for deed in ticket.deeds
        if deed.kind in STATE_DEEDS and action in (None, deed.kind) and deed.at > begin and not deed.brought
    ]
    rows.sort(key=lambda row: row[0].id, reverse=True)
    return http.listing(rows, lambda row: shapes.project_event(*row, project, http.base_url()))


def _deeds(ticket: Ticket, kinds: tuple[str, ...]) -> list[Deed]:
    http.lacks("events")
    return [deed for deed in ticket.deeds if deed.kind in kinds]


def _deed(ticket: Ticket, kinds: tuple[str, ...], id_: int) -> Deed:
    found = next((deed for deed in _deeds(ticket, kinds) if deed.id == id_), None)
    if found is None:
        raise http.not_found()
    return found
