"""Labels of a project: https://docs.gitlab.com/api/labels/"""

import re

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.world import Label, Project

routes = Blueprint("labels", __name__)


@routes.get("/projects/<project:project>/labels")
def listed(project: Project) -> Response:
    rows = sorted(project.labels.values(), key=lambda one: one.name.lower())
    if search := http.text("search"):
        rows = [one for one in rows if search.lower() in f"{one.name} {one.description}".lower()]
    return http.listing(rows, lambda one: shapes.project_label(one, project))


@routes.get("/projects/<project:project>/labels/<path:name>")
def one(project: Project, name: str) -> Response:
    return http.answer(shapes.project_label(_label(project, name), project))


@routes.post("/projects/<project:project>/labels")
def created(project: Project) -> Response:
    http.need(project, Access.TRIAGE)
    name = http.text("name", required=True) or ""
    color = _color(http.text("color", required=True) or "")
    if name in project.labels:
        raise http.Failed(409, {"message": "Label already exists"})
    label = http.world().ensure_label(project, name, color, http.text("description") or "")
    return http.answer(shapes.project_label(label, project), 201)


@routes.put("/projects/<project:project>/labels/<path:name>")
@routes.put("/projects/<project:project>/labels")
def changed(project: Project, name: str = "") -> Response:
    http.need(project, Access.TRIAGE)
    label = _label(project, name or http.text("name") or http.text("label_id", required=True) or "")
    new_name = http.text("new_name")
    if new_name and new_name != label.name:
        if new_name in project.labels:
            raise http.Failed(409, {"message": "Label already exists"})
        project.labels[new_name] = project.labels.pop(label.name)
        label.name = new_name
    if color := http.text("color"):
        label.color = _color(color)
    if (description := http.text("description")) is not None:
        label.description = description
    return http.answer(shapes.project_label(label, project))


@routes.delete("/projects/<project:project>/labels/<path:name>")
def deleted(project: Project, name: str) -> Response:
    """The label comes off its issues as well, without an event."""
    http.need(project, Access.TRIAGE)
    label = _label(project, name)
    del project.labels[label.name]
    for ticket in project.tickets.values():
        if label in ticket.labels:
            ticket.labels.remove(label)
    return http.nothing()


@routes.post("/projects/<project:project>/labels/<path:name>/subscribe")
def subscribed(project: Project, name: str) -> Response:
    return http.answer(shapes.project_label(_label(project, name), project) | {"subscribed": True}, 201)


@routes.post("/projects/<project:project>/labels/<path:name>/unsubscribe")
def unsubscribed(project: Project, name: str) -> Response:
    return http.answer(shapes.project_label(_label(project, name), project), 201)


def _label(project: Project, name: str) -> Label:
    """By name or by id."""
    found = project.labels.get(name)
    if found is None and name.isdecimal():
        found = next((one for one in project.labels.values() if one.id == int(name)), None)
    if found is None:
        raise http.not_found("Label")
    return found


def _color(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise http.Failed(400, {"message": {"color": ["must be a valid color code"]}})
    return text.removeprefix("#")
