"""
What every route of the GitLab face shares: who asks, for what, and how GitLab refuses and pages.

The wording of the refusals is GitLab's (``lib/api/helpers.rb``), since clients show it to people. One file, so
that the routes need one name only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar, cast
from urllib.parse import urlencode

from flask import Response, g, jsonify, request

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.hooks import Delivery
from tracker_bridge.sandbox.world import Account, Note, Project, Ticket, World

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

    from tracker_bridge.sandbox.gitlab.limits import Limits

T = TypeVar("T")

KINDS = ("issue", "incident", "test_case", "task")
"""The types that REST knows."""

Json = dict[str, object]

KEY = "tracker_bridge.sandbox.gitlab"
"""Where a request's environment holds its :class:`Face`."""

COUNTED_ROWS = 10_000
"""Above this, GitLab sends no totals."""


class Failed(Exception):
    """A refusal: the status and the body (JSON, or plain text) that GitLab would answer."""

    def __init__(self, status: int, body: Json | str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status, self.body, self.headers = status, body, headers or {}


@dataclass
class Face:
    """
    One GitLab. ``sent`` tells what went out to the hook of that number, the newest first. ``lacking``: see
    :data:`tracker_bridge.sandbox.gitlab.CAPABILITIES`.

    A WSGI application: ``routes``, which are the same for every world, for this one. One request at a time
    holds the world, so that each sees and makes whole changes.
    """

    routes: "WSGIApplication"
    world: World
    lacking: frozenset[str]
    limits: "Limits"
    sent: Callable[[int], Sequence[Delivery]]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        with self.world.lock:
            return self.routes(environ | {KEY: self}, start_response)


def face() -> Face:
    found: Face = request.environ[KEY]
    return found


def world() -> World:
    return face().world


def me() -> Account:
    return cast("Account", g.account)


def lacks(capability: str) -> None:
    """Answer as a GitLab without that route would, when the capability is switched off."""
    if capability in face().lacking:
        raise Failed(404, {"error": "404 Not Found"})


# Refusals


def not_found(what: str = "") -> Failed:
    return Failed(404, {"message": f"404 {what} Not Found" if what else "404 Not found"})


def forbidden() -> Failed:
    return Failed(403, {"message": "403 Forbidden"})


def bad_request(reason: str) -> Failed:
    return Failed(400, {"message": f"400 Bad request - {reason}"})


def invalid(parameter: str, complaint: str = "does not have a valid value") -> Failed:
    """A parameter that Grape, GitLab's API library, refuses before anything is done."""
    return Failed(400, {"error": f"{parameter} {complaint}"})


# Rights


def access_to(project: Project) -> Access:
    return world().access(project, me())


def need(project: Project, least: Access) -> None:
    if access_to(project) < least:
        raise forbidden()


def can_see(ticket: Ticket, account: Account) -> bool:
    """Confidential issues are for planners and above, their author and their assignees."""
    access = world().access(ticket.project, account)
    if not ticket.confidential:
        return access >= Access.READ
    return access >= Access.TRIAGE or account is ticket.author or account in ticket.assignees


def in_rest(ticket: Ticket) -> bool:
    """Work items of types that an organisation made itself are told to GraphQL and webhooks only."""
    return ticket.kind in KINDS


def can_read(ticket: Ticket, note: Note, account: Account) -> bool:
    """Internal notes are for planners and above, the issue's author and its assignees."""
    if not note.internal:
        return True
    inside = account is ticket.author or account in ticket.assignees
    return inside or world().access(ticket.project, account) >= Access.TRIAGE


def visible_project(name: str) -> Project | None:
    """Find by id or by path; what one may not see is not there."""
    found = world().projects.get(int(name)) if name.isdecimal() else world().project(name, "gitlab")
    if found is None or found.forge != "gitlab" or world().access(found, me()) == Access.NONE:
        return None
    return found


# Parameters


def parameters() -> Mapping[str, object]:
    """Everything the client sent: the query, then the form or the JSON object."""
    if "parameters" not in g:
        g.parameters = _parameters()
    return cast("Mapping[str, object]", g.parameters)


def _parameters() -> Json:
    found: Json = {}
    for source in (request.args, request.form):
        for key in source:
            found[key.removesuffix("[]")] = source.getlist(key) if key.endswith("[]") else source[key]
    sent = request.get_json(silent=True)
    if isinstance(sent, dict):
        found.update(sent)
    return found


def text(name: str, *, required: bool = False) -> str | None:
    value = parameters().get(name)
    if value is None:
        if required:
            raise invalid(name, "is missing")
        return None
    return str(value)


def flag(name: str) -> bool | None:
    value = parameters().get(name)
    if value is None or isinstance(value, bool):
        return value
    if str(value).lower() not in {"true", "false", "1", "0", "t", "f"}:
        raise invalid(name, "is invalid")
    return str(value).lower() in {"true", "1", "t"}


def choice(name: str, allowed: Sequence[str], default: str = "") -> str:
    value = text(name) or default
    if value and value not in allowed:
        raise invalid(name)
    return value


def words(name: str) -> list[str] | None:
    """A list sent as an array or as text with commas; ``None`` when it was not sent."""
    value = parameters().get(name)
    if value is None:
        return None
    items = value if isinstance(value, list) else str(value).split(",")
    return [str(item).strip() for item in items if str(item).strip()]


def numbers(name: str) -> list[int] | None:
    items = words(name)
    if items is None:
        return None
    if not all(item.lstrip("-").isdecimal() for item in items):
        raise invalid(name, "is invalid")
    return [int(item) for item in items]


def number(name: str, *, required: bool = False) -> int | None:
    value = text(name, required=required)
    if value is None:
        return None
    if not value.isdecimal():
        raise invalid(name, "is invalid")
    return int(value)


def moment(name: str) -> datetime | None:
    value = text(name)
    if value is None:
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise invalid(name, "is invalid") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


# Answers


def base_url() -> str:
    """Where this GitLab lives, as the client sees it, without a slash at the end."""
    return request.url_root.rstrip("/")


def answer(body: object, status: int = 200) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def nothing() -> Response:
    return Response(status=204)


def listing(rows: Sequence[T], shape: Callable[[T], object]) -> Response:
    """One page, with the headers of GitLab's offset paging (``offset_header_builder.rb``)."""
    size = min(max(number("per_page") or 20, 1), 100)
    here = max(number("page") or 1, 1)
    last = max(-(-len(rows) // size), 1)
    response = answer([shape(row) for row in rows[(here - 1) * size : here * size]])
    before = here - 1 if 1 < here <= last + 1 else None
    after = here + 1 if here < last else None
    links = [("prev", before), ("next", after), ("first", 1), ("last", last)]
    response.headers.update(
        {
            "Link": ", ".join(
                f'<{_page_url(page, size)}>; rel="{name}"' for name, page in links if page is not None
            ),
            "X-Page": str(here),
            "X-Per-Page": str(size),
            "X-Prev-Page": str(before or ""),
            "X-Next-Page": str(after or ""),
        }
    )
    if len(rows) <= COUNTED_ROWS:
        response.headers.update({"X-Total": str(len(rows)), "X-Total-Pages": str(last)})
    return response


def _page_url(page: int, size: int) -> str:
    own = {"page": str(page), "per_page": str(size)}
    asked = [(key, value) for key in request.args for value in request.args.getlist(key) if key not in own]
    return f"{request.base_url}?{urlencode(sorted([*asked, *own.items()]))}"
