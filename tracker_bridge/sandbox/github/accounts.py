"""Accounts, and what is left of the API's root. https://docs.github.com/rest/users, /rest/teams"""

from flask import Blueprint, Response, g

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.apps import delivery, hook_config
from tracker_bridge.sandbox.github.face import ApiError, answer, face, page, site, viewer
from tracker_bridge.sandbox.world import Hook, Project

routes = Blueprint("accounts", __name__)

VERSION = "3.19.0"


@routes.get("/user")
def get_viewer() -> Response:
    if g.installation:
        raise ApiError(403, "Resource not accessible by integration")
    return answer(shapes.profile(site(), viewer()))


@routes.get("/users/<login>")
def get_user(login: str) -> Response:
    account = face().world.account(login) or face().world.account(login.removesuffix("[bot]"))
    if account is not None:
        return answer(shapes.profile(site(), account))
    owned = (one for one in face().world.projects.values() if one.forge == "github")
    project = next((one for one in owned if one.path.partition("/")[0].lower() == login.lower()), None)
    if project is None:
        raise ApiError(404, "Not Found")
    return answer(shapes.organisation(site(), project))


@routes.get("/orgs/<org>")
def get_org(org: str) -> Response:
    mine = _repositories(org)
    if not mine:
        raise ApiError(404, "Not Found")
    return answer(shapes.organisation(site(), mine[0]))


@routes.get("/orgs/<org>/repos")
def list_repositories_of(org: str) -> Response:
    """https://docs.github.com/rest/repos/repos#list-organization-repositories"""
    if g.installation:
        raise ApiError(403, "Resource not accessible by integration")
    return page(_repositories(org), lambda one: shapes.repository(site(), one))


def _repositories(org: str) -> list[Project]:
    world = face().world
    owned = (one for one in world.projects.values() if one.forge == "github")
    below = (one for one in owned if one.path.lower().startswith(f"{org.lower()}/"))
    return [one for one in below if world.access(one, viewer()) > Access.NONE]


@routes.get("/orgs/<org>/issue-fields")
def list_issue_fields(org: str) -> Response:
    """https://docs.github.com/en/rest/orgs/issue-fields#list-issue-fields-for-an-organization"""
    if not _repositories(org) or "issue_fields" in face().lacking:
        raise ApiError(404, "Not Found")
    return answer([shapes.issue_field(name, *told) for name, told in face().world.issue_fields.items()])


@routes.get("/orgs/<org>/teams")
def list_teams(org: str) -> Response:
    if "teams" in face().lacking:
        raise ApiError(403, "Resource not accessible by integration")
    paths = [path for path in face().world.teams if path.partition("/")[0].lower() == org.lower()]
    return page(paths, lambda path: shapes.team(site(), path, face().world.teams[path]))


@routes.get("/orgs/<org>/teams/<slug>")
def get_team(org: str, slug: str) -> Response:
    if "teams" in face().lacking:
        raise ApiError(403, "Resource not accessible by integration")
    path = face().world.team(f"{org}/{slug}")
    if path is None:
        raise ApiError(404, "Not Found")
    return answer(shapes.full_team(site(), path, face().world.teams[path]))


@routes.get("/orgs/<org>/teams/<slug>/members")
def list_members(org: str, slug: str) -> Response:
    """https://docs.github.com/en/rest/teams/members#list-team-members."""
    if "teams" in face().lacking:
        raise ApiError(403, "Resource not accessible by integration")
    path = face().world.team(f"{org}/{slug}")
    if path is None:
        raise ApiError(404, "Not Found")
    return page(face().world.members_of(path), lambda one: shapes.user(site(), one))


@routes.get("/orgs/<org>/hooks")
def list_org_hooks(org: str) -> Response:
    """https://docs.github.com/en/rest/orgs/webhooks: owners only."""
    return page(list(_org_hooks(org).values()), lambda one: _org_hook(org, one))


@routes.get("/orgs/<org>/hooks/<int:number>/deliveries")
def list_org_hook_deliveries(org: str, number: int) -> Response:
    hooks = _org_hooks(org)
    if number not in hooks:
        raise ApiError(404, "Not Found")
    return page(face().sent(number), delivery)


def _org_hooks(org: str) -> dict[int, Hook]:
    if not viewer().grants.owner:
        raise ApiError(404, "Not Found")
    return face().world.wide_hooks.get(("github", org.casefold()), {})


def _org_hook(org: str, hook: Hook) -> shapes.Json:
    url = f"{site()}/api/v3/orgs/{org}/hooks/{hook.id}"
    return {
        "id": hook.id,
        "url": url,
        "ping_url": f"{url}/pings",
        "deliveries_url": f"{url}/deliveries",
        "name": "web",
        "events": hook.settings.get("events", ["push"]),
        "active": hook.settings.get("active", True),
        "config": hook_config(hook),
        "updated_at": "2020-01-01T00:00:00Z",
        "created_at": "2020-01-01T00:00:00Z",
        "type": "Organization",
    }


@routes.get("/meta")
def get_meta() -> Response:
    """That of an Enterprise Server. https://docs.github.com/en/enterprise-server@latest/rest/meta/meta"""
    return answer({"verifiable_password_authentication": True, "installed_version": VERSION})
