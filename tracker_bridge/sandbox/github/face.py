"""
What every route of the GitHub face shares: who asks, which repository, errors, pages, ETags, rate limits.

A :class:`Face` is one GitHub over one world. It knows the capabilities that this GitHub lacks, and the tokens
that its Apps were given.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlencode

from flask import Response, g, request
from werkzeug.exceptions import HTTPException

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.hooks import Delivery
from tracker_bridge.sandbox.world import Account, Grants, Note, Project, Ticket, World

DOCS = "https://docs.github.com/rest"
MAX_BODY = 65_536
"""Characters that fit, GitHub says."""
MAX_BYTES = 262_144
"""Bytes that fit, as measured."""
MAX_COMMENTS = 2_500
LIMIT = 5_000
KEY = "tracker_bridge.sandbox.github"
"""Where a request's environment holds its :class:`Face`."""

_SCOPES = frozenset({"repo", "public_repo", "read:org"})
_T = TypeVar("_T")
CAPABILITIES = frozenset(
    {"reactions", "pins", "sub_issues", "comment_since", "graphql", "duplicates", "contents", "types", "teams"}
    | {"edit_history", "minimized", "issue_fields"}
)


@dataclass
class Grant:
    """An installation token: whose, and until when (seconds since the epoch, real time)."""

    account: Account
    until: float


@dataclass
class Face:
    """
    One GitHub. ``lacking``: capabilities it does not have, of ``reactions pins sub_issues comment_since graphql
    duplicates types issue_fields``, ``edit_history`` (the versions of a text), ``minimized`` (REST does not tell
    which comments are hidden), or ``contents`` and ``teams`` for a token that may not read them.

    ``grants`` are the installation tokens given out. ``sent`` tells what went out to the hook of that number, the
    newest first.
    """

    world: World
    lacking: frozenset[str] = frozenset()
    grants: dict[str, Grant] = field(default_factory=dict)
    sent: Callable[[int], Sequence[Delivery]] = lambda _: ()
    used: int = 0

    def __post_init__(self) -> None:
        if unknown := self.lacking - CAPABILITIES:
            raise ValueError(f"unknown capabilities: {sorted(unknown)}; known: {sorted(CAPABILITIES)}")

    def account_of(self, token: str) -> Account | None:
        grant = self.grants.get(token)
        if grant is not None:
            return grant.account if time.time() < grant.until else None
        return self.world.account_of(token)


class ApiError(HTTPException):
    """An error as GitHub words it."""

    def __init__(self, status: int, message: str, errors: Sequence[shapes.Json] = (), **more: str) -> None:
        body: shapes.Json = {"message": message, **more, "documentation_url": DOCS, "status": str(status)}
        if errors:
            body["errors"] = list(errors)
        super().__init__(message, Response(json.dumps(body), status, mimetype="application/json"))


def face() -> Face:
    found: Face = request.environ[KEY]
    return found


def site() -> str:
    return request.host_url.rstrip("/")


def viewer() -> Account:
    account: Account = g.viewer
    return account


def project() -> Project:
    found: Project = g.project
    return found


def authenticate() -> None:
    """Accept ``Authorization: token T`` and ``Bearer T``, as GitHub does."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    account = face().account_of(token.strip()) if scheme.lower() in {"token", "bearer"} else None
    if account is None:
        raise ApiError(401, "Bad credentials" if scheme else "Requires authentication")
    g.viewer = account
    g.installation = token.strip() in face().grants


def find_project() -> None:
    """
    Take the repository out of the address: ``/repos/{owner}/{repo}`` or ``/repositories/{id}``.

    A renamed one is answered with 301 to its number, as GitHub does.
    """
    values = request.view_args or {}
    world = face().world
    if "repository_id" in values:
        found = world.projects.get(values.pop("repository_id"))
        found = found if found is not None and found.forge == "github" else None
    else:
        path = f"{values.pop('owner')}/{values.pop('repo')}"
        found = world.project(path, "github")
        if found is None:
            _redirect(world, path)
    if found is None or world.access(found, viewer()) < Access.READ:
        raise ApiError(404, "Not Found")
    g.project = found


def _redirect(world: World, path: str) -> None:
    for one in world.projects.values():
        if one.forge == "github" and path.lower() in (former.lower() for former in one.former_paths):
            rest = request.path.split("/")[6:]
            query = f"?{request.query_string.decode()}" if request.query_string else ""
            url = "/".join([f"{site()}/api/v3/repositories/{one.id}", *rest]) + query
            refused = ApiError(301, "Moved Permanently", url=url)
            refused.response.headers["Location"] = url  # type: ignore[union-attr]  # it was made with one
            raise refused


def may(least: Access, *, or_else: Account | None = None, hidden: bool = False) -> None:
    """Demand a right in the repository; ``or_else`` has it anyway. ``hidden``: GitHub says 404 instead."""
    if or_else is not viewer() and face().world.access(project(), viewer()) < least:
        if hidden:
            raise ApiError(404, "Not Found")
        whom = "integration" if g.installation else ""
        raise ApiError(
            403, f"Resource not accessible by {whom}" if whom else "Must have admin rights to Repository."
        )


def permitted(permission: str, least: str = "read") -> None:
    """Demand a permission of an App or of a fine-grained token; on public repositories all may read."""
    fine = g.installation or viewer().grants.scopes is None
    if not fine or (least == "read" and not project().private):
        return
    if viewer().grants.permissions.get(permission) not in {least, "write"}:
        whom = "integration" if g.installation else "personal access token"
        refused = ApiError(403, f"Resource not accessible by {whom}")
        refused.response.headers["X-Accepted-GitHub-Permissions"] = f"{permission}={least}"  # type: ignore[union-attr]
        raise refused


def needs(capability: str) -> None:
    if capability in face().lacking:
        raise ApiError(404, "Not Found")


def ticket(number: int) -> Ticket:
    found = project().tickets.get(number)
    if found is None:
        raise ApiError(404, "Not Found")
    if found.deleted:
        raise ApiError(410, "This issue was deleted")
    return found


def comment(number: int) -> tuple[Ticket, Note]:
    for one in project().tickets.values():
        for note in () if one.deleted else one.comments:
            if note.id == number:
                return one, note
    raise ApiError(404, "Not Found")


def sent(*required: str) -> shapes.Json:
    """Return the JSON object that was sent; an array arrives under ``""``."""
    body: Any = request.get_json(force=True, silent=True) if request.data else {}
    if isinstance(body, list):
        body = {"": body}
    if not isinstance(body, dict):
        raise ApiError(400, "Problems parsing JSON")
    missing = [name for name in required if name not in body]
    if missing:
        reason = ", ".join(f'"{name}" wasn\'t supplied' for name in missing)
        raise ApiError(422, f"Invalid request.\n\n{reason}.")
    return body


def invalid(resource: str, code: str, name: str, message: str = "") -> NoReturn:
    error = {"resource": resource, "code": code, "field": name}
    raise ApiError(422, "Validation Failed", [error | ({"message": message} if message else {})])


def answer(body: object, status: int = 200, *, location: str = "") -> Response:
    response = Response(json.dumps(body), status, mimetype="application/json; charset=utf-8")
    if location:
        response.headers["Location"] = location
    return response


def nothing() -> Response:
    return Response(status=204)


def page(things: Sequence[_T], shape: Callable[[_T], shapes.Json]) -> Response:
    """Cut one page out of ``things``; only its members are shaped. The ``Link`` header is GitHub's."""
    size = min(max(request.args.get("per_page", 30, int), 1), 100)
    number = max(request.args.get("page", 1, int), 1)
    last = -(-len(things) // size)
    response = answer([shape(one) for one in things[(number - 1) * size : number * size]])
    relations = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number >= last:
        del relations["next"], relations["last"]
    if number == 1:
        del relations["prev"], relations["first"]
    if links := [f'<{_page_url(to)}>; rel="{name}"' for name, to in relations.items()]:
        response.headers["Link"] = ", ".join(links)
    return response


def _page_url(number: int) -> str:
    """Like GitHub's, by the repository's number: it survives a rename between two pages."""
    path = request.path
    if "project" in g:
        rest = path.split("/")[6:] if path.startswith("/api/v3/repos/") else path.split("/")[5:]
        path = "/".join([f"/api/v3/repositories/{project().id}", *rest])
    return f"{site()}{path}?{urlencode({**request.args, 'page': number})}"


def since() -> datetime | None:
    """Read ``since``: an ISO 8601 time."""
    text = request.args.get("since")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ApiError(422, "Validation Failed") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def updated_since(things: Iterable[_T], at: datetime | None, of: Callable[[_T], datetime]) -> list[_T]:
    """Compare in whole seconds, the same second included."""
    return [one for one in things if at is None or of(one).replace(microsecond=0) >= at]


def finish(response: Response) -> Response:
    """Add what every answer carries; 304 when the client has it already, which is free of charge."""
    headers, asked = response.headers, request.headers
    if request.method == "GET" and response.status_code == 200:
        token = asked.get("Authorization", "").encode()
        headers["ETag"] = etag = f'W/"{hashlib.sha256(token + response.data).hexdigest()}"'
        if asked.get("If-None-Match") == etag:
            response.status_code = 304
            response.data = b""
    here = face()
    if response.status_code != 304:
        here.used += 1
    limits = {"Limit": LIMIT, "Remaining": max(LIMIT - here.used, 1), "Used": here.used}
    limits["Reset"] = int(time.time()) // 3600 * 3600 + 3600
    headers.extend({f"X-RateLimit-{name}": str(value) for name, value in limits.items()})
    headers.add("X-RateLimit-Resource", "graphql" if request.path == "/api/graphql" else "core")
    if "viewer" in g and not g.installation:
        _tell_token(response, viewer().grants)
    headers.add("X-GitHub-Media-Type", "github.v3; format=json")
    headers.add("Cache-Control", "private, max-age=60, s-maxage=60")
    return response


def _tell_token(response: Response, grants: Grants) -> None:
    """What GitHub says of a token with every answer; of a fine-grained one no more than when it ends."""
    if grants.scopes is not None:
        response.headers["X-OAuth-Scopes"] = ", ".join(scope for scope in grants.scopes if scope in _SCOPES)
        response.headers["X-Accepted-OAuth-Scopes"] = ""
    if grants.expires is not None:
        told = grants.expires.strftime("%Y-%m-%d %H:%M:%S UTC")
        response.headers["github-authentication-token-expiration"] = told


def not_found(_: HTTPException) -> Response:
    return ApiError(404, "Not Found").get_response()  # type: ignore[return-value]  # it was made with ours
