"""Labels of issues, and of repositories. https://docs.github.com/rest/issues/labels"""

from collections.abc import Iterable

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import (
    ApiError,
    answer,
    face,
    invalid,
    may,
    page,
    project,
    sent,
    site,
    ticket,
    viewer,
)
from tracker_bridge.sandbox.world import Label, Ticket

routes = Blueprint("labels", __name__)


def named(labels: object) -> list[str]:
    """Labels are sent as names, or as objects with one."""
    listed = labels if isinstance(labels, list) else [labels]
    names = [str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in listed]
    if any(not name or len(name) > 50 for name in names):
        invalid("Label", "invalid", "name")
    return names


def canonical(names: Iterable[str]) -> list[str]:
    """GitHub's labels differ by more than case: the one that exists is meant."""
    known = {name.lower(): name for name in project().labels}
    return [known.get(name.lower(), name) for name in names]


def set_labels(one: Ticket, names: list[str]) -> None:
    wanted = canonical(names)
    for label in list(one.labels):
        if label.name not in wanted:
            face().world.unlabel(one, viewer(), label.name)
    for name in wanted:
        face().world.label(one, viewer(), name)


def _labels(one: Ticket) -> Response:
    return answer([shapes.label(site(), project(), label) for label in one.labels])


@routes.post("/issues/<int:number>/labels")
def add_labels(number: int) -> Response:
    one, body = ticket(number), sent()
    may(Access.TRIAGE)
    for name in canonical(named(body.get("labels", body.get("", [])))):
        face().world.label(one, viewer(), name)
    return _labels(one)


@routes.delete("/issues/<int:number>/labels/<path:name>")
def remove_label(number: int, name: str) -> Response:
    one = ticket(number)
    may(Access.TRIAGE)
    (known,) = canonical([name])
    if known not in {label.name for label in one.labels}:
        raise ApiError(404, "Label does not exist")
    face().world.unlabel(one, viewer(), known)
    return _labels(one)


# Of the repository


def _label(one: Label) -> shapes.Json:
    return shapes.label(site(), project(), one)


def _find(name: str) -> Label:
    for one in project().labels.values():
        if one.name.lower() == name.lower():
            return one
    raise ApiError(404, "Not Found")


@routes.get("/labels")
def list_all() -> Response:
    return page(sorted(project().labels.values(), key=lambda one: one.name.lower()), _label)


@routes.post("/labels")
def create_label() -> Response:
    may(Access.WRITE)
    body = sent("name")
    name = str(body["name"])
    if not name or len(name) > 50:
        invalid("Label", "invalid", "name")
    if name.lower() in (known.lower() for known in project().labels):
        invalid("Label", "already_exists", "name")
    one = face().world.ensure_label(project(), name, body.get("color") or "ededed", body.get("description") or "")
    return answer(_label(one), 201, location=_label(one)["url"])


@routes.patch("/labels/<path:name>")
def update_label(name: str) -> Response:
    may(Access.WRITE)
    one, body = _find(name), sent()
    one.color = body.get("color", one.color)
    one.description = body.get("description", one.description) or ""
    if "new_name" in body:
        del project().labels[one.name]
        one.name = str(body["new_name"])
        project().labels[one.name] = one
    return answer(_label(one))
