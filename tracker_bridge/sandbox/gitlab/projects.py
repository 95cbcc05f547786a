"""Projects, as little of them as the bridge's users need: https://docs.gitlab.com/api/projects/"""

import re

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.world import Project

routes = Blueprint("projects", __name__)


@routes.get("/projects")
def listed() -> Response:
    world, me = http.world(), http.me()
    rows = [one for one in world.projects.values() if one.forge == "gitlab"]
    rows = [one for one in rows if world.access(one, me) > Access.NONE]
    if http.flag("owned"):
        rows = [one for one in rows if world.access(one, me) == Access.ADMIN]
    if http.flag("membership"):
        rows = [one for one in rows if me.id in one.members]
    if search := http.text("search"):
        rows = [one for one in rows if search.lower() in one.path.lower()]
    rows.sort(key=lambda one: one.id, reverse=True)
    return http.listing(rows, lambda one: shapes.project(one, http.base_url()))


@routes.post("/projects")
def created() -> Response:
    """A new project in the maker's own namespace."""
    name = http.text("path") or http.text("name", required=True) or ""
    path = f"{http.me().login}/{re.sub(r'[^a-z0-9._-]+', '-', name.lower()).strip('-')}"
    if http.world().project(path, "gitlab") is not None:
        raise http.Failed(400, {"message": {"path": ["has already been taken"]}})
    private = http.choice("visibility", ("private", "internal", "public"), "private") == "private"
    project = http.world().add_project(path, "gitlab", private=private)
    http.world().add_member(project, http.me(), Access.ADMIN)
    return http.answer(shapes.project(project, http.base_url()), 201)


@routes.get("/projects/<project:project>")
def one(project: Project) -> Response:
    return http.answer(shapes.project(project, http.base_url()))


@routes.delete("/projects/<project:project>")
def deleted(project: Project) -> Response:
    http.need(project, Access.ADMIN)
    del http.world().projects[project.id]
    return http.answer({"message": "202 Accepted"}, 202)
