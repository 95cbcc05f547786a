"""
Members of a project: https://docs.gitlab.com/api/project_members/

The sandbox has no groups, so that direct and inherited members are the same.
"""

from flask import Blueprint, Response

from tracker_bridge.domain.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.world import Account, Project

routes = Blueprint("members", __name__)


@routes.get("/projects/<project:project>/members")
@routes.get("/projects/<project:project>/members/all")
def listed(project: Project) -> Response:
    rows = [(http.world().accounts[id_], access) for id_, access in project.members.items()]
    if users := http.numbers("user_ids"):
        rows = [row for row in rows if row[0].id in users]
    if query := http.text("query"):
        rows = [row for row in rows if query.lower() in f"{row[0].login} {row[0].name}".lower()]
    return http.listing(rows, lambda row: shapes.member(*row, http.base_url()))


@routes.get("/projects/<project:project>/members/<int:user>")
@routes.get("/projects/<project:project>/members/all/<int:user>")
def one(project: Project, user: int) -> Response:
    return http.answer(shapes.member(*_member(project, user), http.base_url()))


@routes.post("/projects/<project:project>/members")
def created(project: Project) -> Response:
    http.need(project, Access.MAINTAIN)
    user, access = http.number("user_id", required=True) or 0, _level()
    account = http.world().accounts.get(user)
    if account is None:
        raise http.not_found("User")
    if user in project.members:
        raise http.Failed(409, {"message": "Member already exists"})
    http.world().add_member(project, account, access)
    return http.answer(shapes.member(account, access, http.base_url()), 201)


@routes.put("/projects/<project:project>/members/<int:user>")
def changed(project: Project, user: int) -> Response:
    http.need(project, Access.MAINTAIN)
    account, _access = _member(project, user)
    access = _level()
    http.world().add_member(project, account, access)
    return http.answer(shapes.member(account, access, http.base_url()))


@routes.delete("/projects/<project:project>/members/<int:user>")
def deleted(project: Project, user: int) -> Response:
    account, _access = _member(project, user)
    if account is not http.me():
        http.need(project, Access.MAINTAIN)
    del project.members[user]
    return http.nothing()


def _member(project: Project, user: int) -> tuple[Account, Access]:
    if user not in project.members:
        raise http.not_found()
    return http.world().accounts[user], project.members[user]


def _level() -> Access:
    access = shapes.access_of(http.number("access_level", required=True) or 0)
    if access == Access.NONE:
        raise http.invalid("access_level")
    return access
