"""Users, groups, and GitLab itself: https://docs.gitlab.com/api/users/, /api/groups/, /api/metadata/"""

from urllib.parse import unquote

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.world import Grants

routes = Blueprint("users", __name__)

_SCOPES = frozenset({"api", "read_api", "read_user"})
VERSION, REVISION = "19.4.0", "5a9d0b0c1e2"


@routes.get("/user")
def myself() -> Response:
    return http.answer(shapes.whole_user(http.me(), http.base_url()))


@routes.get("/users")
def listed() -> Response:
    rows = list(http.world().accounts.values())
    if username := http.text("username"):
        rows = [one for one in rows if one.login.lower() == username.lower()]
    if search := http.text("search"):
        rows = [one for one in rows if search.lower() in f"{one.login} {one.name}".lower()]
    return http.listing(rows, lambda one: shapes.user(one, http.base_url()))


@routes.get("/users/<int:user>")
def one(user: int) -> Response:
    account = http.world().accounts.get(user)
    if account is None:
        raise http.not_found("User")
    return http.answer(shapes.whole_user(account, http.base_url()))


@routes.get("/groups/<path:path>/projects")
def projects_of(path: str) -> Response:
    """Those of the groups below as well, where that is asked for."""
    below = http.flag("include_subgroups")
    found = [
        one
        for one in http.world().projects.values()
        if one.forge == "gitlab"
        and one.path.lower().startswith(f"{path.lower()}/")
        and (below or one.path.count("/") == path.count("/") + 1)
        and http.access_to(one) > Access.NONE
    ]
    if not found and _namespace(path) is None:
        raise http.not_found("Group")
    return http.listing(found, lambda one: shapes.project(one, http.base_url()))


@routes.get("/groups/<path:path>")
def group(path: str) -> Response:
    """The groups that projects are in, and those that the world calls teams."""
    found = http.world().team(path) or _namespace(path)
    if found is None:
        raise http.not_found("Group")
    return http.answer(shapes.group(found, http.world().teams.get(found, 0), http.base_url()))


@routes.get("/groups/<path:path>/members")
def group_members(path: str) -> Response:
    """https://docs.gitlab.com/api/group_members/: the direct ones."""
    found = http.world().team(unquote(path))
    if found is None:
        raise http.not_found("Group")
    rows = [(one, Access.WRITE) for one in http.world().members_of(found)]
    return http.listing(rows, lambda row: shapes.member(*row, http.base_url()))


def _namespace(path: str) -> str | None:
    projects = (one for one in http.world().projects.values() if one.forge == "gitlab")
    seen = (one.path for one in projects if http.access_to(one) > Access.NONE)
    return next((one[: len(path)] for one in seen if one.lower().startswith(f"{path.lower()}/")), None)


@routes.get("/personal_access_tokens/self")
def token() -> Response:
    """https://docs.gitlab.com/api/personal_access_tokens/: what a token may ask about itself."""
    me, grants = http.me(), http.me().grants
    body = {
        "id": me.id,
        "name": f"token of {me.login}",
        "revoked": False,
        "created_at": "2026-01-01T00:00:00.000Z",
        "description": None,
        "scopes": _scopes(grants),
        "granular": grants.scopes is None,
        "user_id": me.id,
        "last_used_at": None,
        "active": True,
        "expires_at": grants.expires.date().isoformat() if grants.expires else None,
    }
    return http.answer(body)


def _scopes(grants: Grants) -> list[str]:
    return ["granular"] if grants.scopes is None else [scope for scope in grants.scopes if scope in _SCOPES]


@routes.get("/version")
def version() -> Response:
    return http.answer({"version": VERSION, "revision": REVISION})


@routes.get("/metadata")
def metadata() -> Response:
    return http.answer({"version": VERSION, "revision": REVISION, "kas": {"enabled": False}, "enterprise": False})
