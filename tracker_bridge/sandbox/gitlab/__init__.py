"""
GitLab's REST API, version 4, over the sandbox's world: what the bridge, python-gitlab and scripts use.

``create_face`` gives a WSGI application to be mounted anywhere: ``/api/v4/...`` and ``/api/graphql``. Shapes,
refusals and rights are GitLab's; the pages named in each module are the reference.
"""

from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from tracker_bridge.domain.issue import Access
from tracker_bridge.sandbox.gitlab import (
    emoji,
    events,
    graphql,
    hooks,
    http,
    issues,
    labels,
    links,
    members,
    notes,
    projects,
    users,
)
from tracker_bridge.sandbox.world import Project, Ticket, World

FORGE = "gitlab"
API = "/api/v4"


class ProjectConverter(BaseConverter):
    """A project's id, or its path; WSGI servers hand ``%2F`` on as a slash."""

    regex = r"[^/].*?"
    part_isolating = False


def create_face(world: World, *, lacking: frozenset[str] = frozenset()) -> http.Face:
    """
    Make the GitLab face of ``world``.

    ``lacking`` names capabilities to switch off, so that their routes answer 404: ``graphql``,
    ``award_emoji``, ``links``, ``events``, ``scoped_labels``.
    """
    face = http.Face(__name__)
    face.world, face.lacking = world, lacking
    face.url_map.converters["project"] = ProjectConverter
    face.url_map.strict_slashes = False
    face.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    face.url_value_preprocessor(_enter)
    face.register_error_handler(http.Failed, _failed)
    face.register_error_handler(HTTPException, _no_route)
    for module in (users, projects, issues, notes, labels, events, members, hooks, links, emoji):
        face.register_blueprint(module.routes, url_prefix=API)
    face.register_blueprint(graphql.routes, url_prefix="/api")
    return face


def _enter(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Find out who asks, and put the project, issue and comment of the address in place of their numbers."""
    g.account = _account()
    if values is None:
        return
    if "project" in values:
        values["project"] = _project(values["project"])
    if "ticket" in values:
        values["ticket"] = _ticket(values.pop("project"), values["ticket"])
    if "note" in values:
        values["note"] = _note(values["ticket"], values["note"])


def _account() -> object:
    authorization = request.headers.get("Authorization", "")
    token = request.headers.get("PRIVATE-TOKEN") or request.args.get("private_token", "")
    if not token and authorization.lower().startswith("bearer "):
        token = authorization[len("bearer ") :].strip()
    account = http.world().account_of(token) if token else None
    if account is None:
        raise http.Failed(401, {"message": "401 Unauthorized"})
    return account


def _project(name: str) -> Project:
    world = http.world()
    found = world.projects.get(int(name)) if name.isdecimal() else world.project(name, FORGE)
    if found is None or found.forge != FORGE or world.access(found, http.me()) == Access.NONE:
        raise http.not_found("Project")
    return found


def _ticket(project: Project, number: int) -> Ticket:
    found = project.tickets.get(number)
    if found is None or found.deleted or not http.can_see(found, http.me()):
        raise http.not_found("Issue") if "/notes" in request.path else http.not_found()
    return found


def _note(ticket: Ticket, id_: int) -> object:
    found = next((note for note in ticket.notes if note.id == id_), None)
    if found is None or not http.can_read(ticket, found, http.me()):
        raise http.not_found() if found is None else http.not_found("Note")
    return found


def _failed(error: http.Failed) -> Response:
    response = http.answer(error.body, error.status)
    response.headers.update(error.headers)
    return response


def _no_route(error: HTTPException) -> Response:
    status = error.code or 500
    return http.answer({"error": f"{status} {error.name.title() if status != 404 else 'Not Found'}"}, status)
