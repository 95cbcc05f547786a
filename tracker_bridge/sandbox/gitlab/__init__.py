"""
GitLab's REST API, version 4, over the sandbox's world: what the bridge, python-gitlab and scripts use.

``create_face`` gives a WSGI application to be mounted anywhere: ``/api/v4/...`` and ``/api/graphql``. Shapes,
refusals and rights are GitLab's; the pages named in each module are the reference.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter

from tracker_bridge.sandbox.gitlab import (
    emoji,
    events,
    files,
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
from tracker_bridge.sandbox.gitlab.limits import Limits
from tracker_bridge.sandbox.hooks import Delivery
from tracker_bridge.sandbox.world import Account, Note, Project, Ticket, World

API = "/api/v4"
CAPABILITIES = frozenset(
    {"graphql", "award_emoji", "links", "events", "scoped_labels", "repository"}
    | {"escalation_status", "timeline_events"}
)


class ProjectConverter(BaseConverter):
    """A project's id, or its path; WSGI servers hand ``%2F`` on as a slash."""

    regex = r"[^/].*?"
    part_isolating = False


def create_face(
    world: World,
    *,
    lacking: frozenset[str] = frozenset(),
    sent: Callable[[int], Sequence[Delivery]] = lambda _: (),
    limits: Limits | None = None,
) -> http.Face:
    """
    Make the GitLab face of ``world``. ``sent`` tells what went out to the hook of that
    number, the newest first.

    ``lacking`` switches off some of :data:`CAPABILITIES`: the routes of the first four then answer 404, scoped
    labels exclude nothing, as on an older GitLab; of a project without a
    repository no file can be read (403).
    """
    if unknown := lacking - CAPABILITIES:
        raise ValueError(f"unknown capabilities: {sorted(unknown)}; known: {sorted(CAPABILITIES)}")
    return http.Face(_routes(), world, lacking, limits or Limits(), sent)


@cache
def _routes() -> Flask:
    """Build the application once: that takes a tenth of a second, and every test wants a sandbox of its own."""
    app = Flask(__name__, static_folder=None)
    app.url_map.converters["project"] = ProjectConverter
    app.url_map.strict_slashes = False
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it
    app.url_value_preprocessor(_enter)
    app.after_request(_finish)
    app.register_error_handler(http.Failed, _failed)
    app.register_error_handler(HTTPException, _no_route)
    for module in (users, projects, issues, notes, labels, events, members, hooks, links, emoji, files):
        app.register_blueprint(module.routes, url_prefix=API)
    app.register_blueprint(graphql.routes, url_prefix="/api")
    return app


def _enter(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Find out who asks, and put the project, issue and comment of the address in place of their numbers."""
    g.headers = {}
    g.account = _account()
    g.headers = http.face().limits.count(g.account, http.world().clock().timestamp())
    if values is None:
        return
    if "project" in values:
        values["project"] = _project(values["project"])
    if "ticket" in values:
        values["ticket"] = _ticket(values.pop("project"), values["ticket"])
    if "note" in values:
        values["note"] = _note(values["ticket"], values["note"])


def _account() -> Account:
    authorization = request.headers.get("Authorization", "")
    token = request.headers.get("PRIVATE-TOKEN") or request.args.get("private_token", "")
    if not token and authorization.lower().startswith("bearer "):
        token = authorization[len("bearer ") :].strip()
    account = http.world().account_of(token) if token else None
    if account is None:
        raise http.Failed(401, {"message": "401 Unauthorized"})
    _demand_scope(account.grants.scopes)
    return account


def _demand_scope(scopes: tuple[str, ...] | None) -> None:
    """Without the scope ``api`` a token reads at most. What fine-grained ones may do is not played here."""
    if scopes is None or "api" in scopes or (request.method in {"GET", "HEAD"} and "read_api" in scopes):
        return
    refused = "The request requires higher privileges than provided by the access token."
    raise http.Failed(403, {"error": "insufficient_scope", "error_description": refused, "scope": "api"})


def _project(name: str) -> Project:
    found = http.visible_project(name)
    if found is None:
        raise _moved(name) or http.not_found("Project")
    return found


def _moved(name: str) -> http.Failed | None:
    """A project is still read by a path that it had, by way of a redirect to its id, but no more written."""
    for project in http.world().projects.values():
        if name.lower() in (path.lower() for path in project.former_paths) and http.visible_project(
            str(project.id)
        ):
            if request.method not in {"GET", "HEAD"}:
                return http.Failed(405, {"message": "Non GET methods are not allowed for moved projects"})
            rest = quote(request.path.removeprefix(f"{API}/projects/{name}"))
            query = f"?{request.query_string.decode()}" if request.query_string else ""
            url = f"{http.base_url()}{API}/projects/{project.id}{rest}{query}"
            return http.Failed(302, {}, {"Location": url})
    return None


def _ticket(project: Project, number: int) -> Ticket:
    found = project.tickets.get(number)
    if found is None or found.deleted or not http.can_see(found, http.me()) or not http.in_rest(found):
        raise http.not_found("Issue") if "/notes" in request.path else http.not_found()
    return found


def _note(ticket: Ticket, id_: int) -> Note:
    found = next((note for note in ticket.notes if note.id == id_), None)
    if found is None or not http.can_read(ticket, found, http.me()):
        raise http.not_found() if found is None else http.not_found("Note")
    return found


def _finish(response: Response) -> Response:
    response.headers.update(g.headers)
    return response


def _failed(error: http.Failed) -> Response:
    plain = isinstance(error.body, str)
    response = Response(error.body, error.status) if plain else http.answer(error.body, error.status)
    response.headers.update(error.headers)
    return response


def _no_route(error: HTTPException) -> Response:
    """Grape, GitLab's API library, has words of its own for these two."""
    status = error.code or 500
    names = {404: "404 Not Found", 405: "405 Not Allowed"}
    return http.answer({"error": names.get(status, f"{status} {error.name}")}, status)
