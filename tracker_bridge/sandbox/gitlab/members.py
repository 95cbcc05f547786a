"""
Members of a project: https://docs.gitlab.com/api/project_members/

The sandbox has no groups, so that direct and inherited members are the same.
"""

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.world import Account, Project

routes = Blueprint("members", __name__)


@routes.get("/projects/<project:project>/members/all")
def listed(project: Project) -> Response:
    rows = [(http.world().accounts[id_], access) for id_, access in project.members.items()]
    if users := http.numbers("user_ids"):
        rows = [row for row in rows if row[0].id in users]
    if query := http.text("query"):
        rows = [row for row in rows if query.lower() in f"{row[0].login} {row[0].name}".lower()]
    return http.listing(rows, lambda row: shapes.member(*row, http.base_url()))


@routes.get("/projects/<project:project>/members/all/<int:user>")
def one(project: Project, user: int) -> Response:
    return http.answer(shapes.member(*_member(project, user), http.base_url()))


def _member(project: Project, user: int) -> tuple[Account, Access]:
    if user not in project.members:
        raise http.not_found()
    return http.world().accounts[user], project.members[user]
