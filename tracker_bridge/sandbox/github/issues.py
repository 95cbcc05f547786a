"""Issues, and what is done to them: ``/repos/{owner}/{repo}/issues``. https://docs.github.com/rest/issues"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from flask import Blueprint, Response, request

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import labels, shapes
from tracker_bridge.sandbox.github.face import (
    MAX_BODY,
    MAX_BYTES,
    ApiError,
    answer,
    face,
    invalid,
    may,
    page,
    project,
    sent,
    since,
    site,
    ticket,
    updated_since,
    viewer,
)
from tracker_bridge.sandbox.world import Account, Ticket

routes = Blueprint("issues", __name__)

_ORDERS: dict[str, Callable[[Ticket], Any]] = {
    "created": attrgetter("created_at", "number"),
    "updated": attrgetter("updated_at", "number"),
    "comments": lambda one: len(one.comments),
}


def shown(one: Ticket) -> shapes.Json:
    """An issue as it is in lists."""
    return shapes.issue(site(), face().world, one)


def whole(one: Ticket) -> shapes.Json:
    """An issue as it is when it was asked for."""
    shape = shapes.whole_issue(site(), face().world, one)
    if "pins" in face().lacking:
        del shape["pinned_comment"]
    return shape


@routes.get("/issues")
def list_issues() -> Response:
    asked = request.args
    found: Iterable[Ticket] = (one for one in project().tickets.values() if not one.deleted)
    if (state := asked.get("state", "open")) != "all":
        found = (one for one in found if one.open == (state == "open"))
    wanted = {name.strip().lower() for name in asked.get("labels", "").split(",") if name.strip()}
    found = (one for one in found if wanted <= {label.name.lower() for label in one.labels})
    if creator := asked.get("creator"):
        found = (one for one in found if one.author.login.lower() == creator.lower())
    order = _ORDERS.get(asked.get("sort", ""), _ORDERS["created"])
    backwards = asked.get("direction", "desc") == "desc"
    recent = updated_since(found, since(), attrgetter("updated_at"))
    return page(sorted(recent, key=order, reverse=backwards), shown)


@routes.post("/issues")
def create_issue() -> Response:
    body = sent("title")
    title, text = str(body["title"]), str(body.get("body") or "")
    _check_issue(title, text)
    world = face().world
    pushes = world.access(project(), viewer()) >= Access.WRITE
    wanted = labels.canonical(labels.named(body.get("labels", []))) if pushes else []
    one = world.open_ticket(project(), viewer(), title, text, labels=wanted)
    for account in _accounts(body.get("assignees", [])) if pushes else ():
        world.assign(one, viewer(), account)
    return answer(whole(one), 201, location=shapes.issue_url(site(), one))


@routes.get("/issues/<int:number>")
def get_issue(number: int) -> Response:
    return answer(whole(ticket(number)))


@routes.patch("/issues/<int:number>")
def update_issue(number: int) -> Response:
    one, body, world = ticket(number), sent(), face().world
    may(Access.TRIAGE, or_else=one.author)
    if "title" in body or "body" in body:
        may(Access.WRITE, or_else=one.author)
        title, text = str(body.get("title") or one.title), body.get("body", one.body) or ""
        text = text if len(text.encode()) <= MAX_BYTES else one.body  # answered with 200, and not kept
        _check_issue(title, text)
        world.edit_ticket(one, viewer(), title=title, body=text)
    if body.get("state") == "closed":
        reason = body.get("state_reason") or "completed"
        if reason == "duplicate" and one.open:
            _mark_as_duplicate(one, body.get("duplicate_issue_id"))
        world.close(one, viewer(), reason)
    elif body.get("state") == "open":
        world.reopen(one, viewer())
    if world.access(project(), viewer()) >= Access.TRIAGE:
        if "labels" in body:
            labels.set_labels(one, labels.named(body["labels"]))
        if "assignees" in body:
            _set_assignees(one, _accounts(body["assignees"]))
    if "type" in body:
        _set_type(one, body["type"])
    return answer(whole(one))


@routes.post("/issues/<int:number>/issue-field-values")
def add_field_values(number: int) -> Response:
    """https://docs.github.com/en/rest/issues/issue-field-values#add-issue-field-values-to-an-issue"""
    one, told = ticket(number), sent().get("issue_field_values") or []
    may(Access.WRITE)
    for value in told:
        name, kind, choices = _field_of(value["field_id"])
        new = value["value"]
        if kind == "single_select" and new not in choices:
            invalid("Issue", "invalid", "issue_field_values")
        if (kind == "number") != isinstance(new, int | float):
            invalid("Issue", "invalid", "issue_field_values")
        face().world.fill(one, name, (new,) if kind == "single_select" else new)
    return answer([shapes.field_value(name, value) for name, value in one.fields.items()])


@routes.delete("/issues/<int:number>/issue-field-values/<int:field>")
def delete_field_value(number: int, field: int) -> Response:
    one = ticket(number)
    may(Access.WRITE)
    name, _, _ = _field_of(field)
    if name not in one.fields:
        raise ApiError(404, "Not Found")
    face().world.clear(one, name)
    return answer(None, 204)


def _field_of(number: int) -> tuple[str, str, tuple[str, ...]]:
    fields = ((name, kind, choices) for name, (kind, choices) in face().world.issue_fields.items())
    found = next((one for one in fields if shapes.issue_field(*one)["id"] == number), None)
    if found is None:
        invalid("Issue", "invalid", "issue_field_values")
    return found


def _set_type(one: Ticket, name: object) -> None:
    """Who may not push is not told that nothing happened; an organisation knows its own types only."""
    types = {known.casefold() for known in one.project.types}
    if name is not None and ("types" in face().lacking or str(name).casefold() not in types):
        invalid("Issue", "invalid", "type")
    if face().world.access(project(), viewer()) >= Access.WRITE:
        face().world.set_kind(one, viewer(), str(name).casefold() if name else "issue")


def _mark_as_duplicate(one: Ticket, id_: object) -> None:
    """Old servers know neither the reason nor the field."""
    if "duplicates" in face().lacking:
        invalid("Issue", "invalid", "state_reason")
    other = next((it for it in one.project.tickets.values() if it.id == id_ and not it.deleted), None)
    if id_ is not None and (other is None or other is one):
        invalid("Issue", "invalid", "duplicate_issue_id")
    if other is not None:
        face().world.link(one, other, "duplicate_of")


def _check_issue(title: str, text: str) -> None:
    if not title.strip():
        invalid("Issue", "missing_field", "title")
    if len(title) > 256:
        invalid("Issue", "custom", "title", "title is too long (maximum is 256 characters)")
    if len(text.encode()) > MAX_BYTES:
        invalid("Issue", "custom", "body", f"body is too long (maximum is {MAX_BODY} characters)")


# Assignees


def _accounts(logins: Iterable[str]) -> list[Account]:
    """Whoever cannot be assigned is left out silently."""
    world = face().world
    found = [world.account(str(login)) for login in logins]
    return [one for one in found if one is not None and world.access(project(), one) >= Access.READ][:10]


def _set_assignees(one: Ticket, wanted: list[Account]) -> None:
    for account in [account for account in one.assignees if account not in wanted]:
        face().world.unassign(one, viewer(), account)
    for account in wanted:
        face().world.assign(one, viewer(), account)


@routes.post("/issues/<int:number>/assignees")
def add_assignees(number: int) -> Response:
    one = ticket(number)
    if face().world.access(project(), viewer()) >= Access.TRIAGE:
        for account in _accounts(sent().get("assignees", [])):
            face().world.assign(one, viewer(), account)
    return answer(whole(one), 201)


@routes.delete("/issues/<int:number>/assignees")
def remove_assignees(number: int) -> Response:
    one = ticket(number)
    if face().world.access(project(), viewer()) >= Access.TRIAGE:
        for account in _accounts(sent("assignees")["assignees"]):
            face().world.unassign(one, viewer(), account)
    return answer(whole(one))


# What was done


@routes.get("/issues/<int:number>/events")
def list_events(number: int) -> Response:
    one = ticket(number)
    return page(one.deeds, lambda deed: shapes.event(site(), one, deed))
