"""Repositories: themselves, their labels, who may do what, their webhooks. https://docs.github.com/rest/repos"""

import hashlib

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.apps import delivery, hook_config, installation
from tracker_bridge.sandbox.github.face import (
    ApiError,
    answer,
    face,
    may,
    page,
    permitted,
    project,
    site,
    viewer,
)
from tracker_bridge.sandbox.world import Hook

routes = Blueprint("repositories", __name__)

_PERMISSION = {
    Access.NONE: "none",
    Access.READ: "read",
    Access.TRIAGE: "read",
    Access.WRITE: "write",
    Access.MAINTAIN: "write",
    Access.ADMIN: "admin",
}


@routes.get("")
def get_repository() -> Response:
    shape = shapes.repository(site(), project())
    shape["archived"] = project().archived
    shape["permissions"] = shapes.permissions(face().world.access(project(), viewer()))
    return answer(shape | {"subscribers_count": 0, "network_count": 0})


@routes.get("/collaborators/<login>/permission")
def get_permission(login: str) -> Response:
    """``permission`` knows four words; ``role_name`` tells triage and maintain apart. An App is no user."""
    account = face().world.account(login)
    if account is None or login.endswith("[bot]"):
        raise ApiError(404, f"{login} is not a user")
    access = face().world.access(project(), account)
    role = access.name.lower()
    shape = shapes.user(site(), account) | {"permissions": shapes.permissions(access), "role_name": role}
    return answer({"permission": _PERMISSION[access], "role_name": role, "user": shape})


@routes.get("/actions/workflows")
def list_workflows() -> Response:
    """https://docs.github.com/rest/actions/workflows#list-repository-workflows"""
    permitted("actions")
    url = shapes.repository_url(site(), project())
    rows = [
        {
            "id": number,
            "node_id": f"W_{number}",
            "name": path.rpartition("/")[2].partition(".")[0],
            "path": path,
            "state": state,
            "created_at": "2026-01-01T00:00:00.000Z",
            "updated_at": "2026-01-01T00:00:00.000Z",
            "url": f"{url}/actions/workflows/{number}",
            "html_url": f"{site()}/{project().path}/blob/main/{path}",
            "badge_url": f"{site()}/{project().path}/workflows/{number}/badge.svg",
        }
        for number, (path, state) in enumerate(project().jobs.items(), start=1)
    ]
    return answer({"total_count": len(rows), "workflows": rows})


@routes.get("/branches")
def list_branches() -> Response:
    """There is one; no commit is kept, so that its number is that of the files."""
    permitted("contents")
    sha = hashlib.sha1(repr(sorted(project().files.items())).encode(), usedforsecurity=False).hexdigest()
    url = f"{shapes.repository_url(site(), project())}/commits/{sha}"
    return page([{"name": "main", "commit": {"sha": sha, "url": url}, "protected": False}], lambda one: one)


@routes.get("/pulls")
def list_pulls() -> Response:
    """Whether they may be seen; they themselves are seen in the events of the issues that they refer to."""
    permitted("pull_requests")
    return page([], lambda one: one)


@routes.get("/installation")
def get_installation() -> Response:
    if not viewer().grants.installed:
        raise ApiError(404, "Not Found")
    return answer(installation(viewer()))


# Webhooks


def hook_shape(address: str, path: str, hook: Hook) -> shapes.Json:
    url = f"{address}/api/v3/repos/{path}/hooks/{hook.id}"
    return {
        "type": "Repository",
        "id": hook.id,
        "name": "web",
        "active": hook.settings.get("active", True),
        "events": hook.settings.get("events", ["push"]),
        "config": hook_config(hook),
        "updated_at": "2020-01-01T00:00:00Z",
        "created_at": "2020-01-01T00:00:00Z",
        "url": url,
        "test_url": f"{url}/tests",
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
        "last_response": {"code": None, "status": "unused", "message": None},
    }


def _hook(hook: Hook) -> shapes.Json:
    return hook_shape(site(), project().path, hook)


def _find_hook(number: int) -> Hook:
    may(Access.ADMIN, hidden=True)
    if number not in project().hooks:
        raise ApiError(404, "Not Found")
    return project().hooks[number]


@routes.get("/hooks")
def list_hooks() -> Response:
    permitted("repository_hooks")
    may(Access.ADMIN, hidden=True)
    return page(list(project().hooks.values()), _hook)


@routes.get("/hooks/<int:number>/deliveries")
def list_deliveries(number: int) -> Response:
    return page(face().sent(_find_hook(number).id), delivery)
