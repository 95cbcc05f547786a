"""Issues, and what is done to them: ``/repos/{owner}/{repo}/issues``. https://docs.github.com/rest/issues"""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

from flask import Blueprint, Response, request

from tracker_bridge.domain.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import (
    MAX_BODY,
    Refused,
    answer,
    comment,
    face,
    invalid,
    may,
    needs,
    nothing,
    page,
    project,
    sent,
    since,
    site,
    ticket,
    updated_since,
    viewer,
)
from tracker_bridge.sandbox.world import Account, Deed, Note, Ticket

routes = Blueprint("issues", __name__)

_ORDERS: dict[str, Callable[[Ticket], Any]] = {
    "created": attrgetter("created_at", "number"),
    "updated": attrgetter("updated_at", "number"),
    "comments": lambda one: len(one.comments),
}


def _shape(one: Ticket) -> shapes.Json:
    return shapes.issue(site(), face().world, one)


def _whole(one: Ticket) -> shapes.Json:
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
    return page(sorted(recent, key=order, reverse=backwards), _shape)


@routes.post("/issues")
def create_issue() -> Response:
    body = sent("title")
    title, text = str(body["title"]), str(body.get("body") or "")
    _check_issue(title, text)
    world, pushes = face().world, face().world.access(project(), viewer()) >= Access.WRITE
    one = world.open_ticket(
        project(), viewer(), title, text, labels=_canonical(_names(body.get("labels", []))) if pushes else ()
    )
    for account in _accounts(body.get("assignees", [])) if pushes else ():
        world.assign(one, viewer(), account)
    return answer(_whole(one), 201, location=shapes.issue_url(site(), one))


@routes.get("/issues/<int:number>")
def get_issue(number: int) -> Response:
    return answer(_whole(ticket(number)))


@routes.patch("/issues/<int:number>")
def update_issue(number: int) -> Response:
    one, body, world = ticket(number), sent(), face().world
    may(Access.TRIAGE, or_else=one.author)
    if "title" in body or "body" in body:
        may(Access.WRITE, or_else=one.author)
        title, text = str(body.get("title") or one.title), body.get("body", one.body) or ""
        _check_issue(title, text)
        world.edit_ticket(one, viewer(), title=title, body=text)
    if body.get("state") == "closed":
        world.close(one, viewer(), body.get("state_reason") or "completed")
    elif body.get("state") == "open":
        world.reopen(one, viewer())
    if world.access(project(), viewer()) >= Access.TRIAGE:
        if "labels" in body:
            _set_labels(one, _names(body["labels"]))
        if "assignees" in body:
            _set_assignees(one, _accounts(body["assignees"]))
    return answer(_whole(one))


def _check_issue(title: str, text: str) -> None:
    if not title.strip():
        invalid("Issue", "missing_field", "title")
    if len(title) > 256:
        invalid("Issue", "custom", "title", "title is too long (maximum is 256 characters)")
    if len(text) > MAX_BODY:
        invalid("Issue", "custom", "body", f"body is too long (maximum is {MAX_BODY} characters)")


# Labels


def _names(labels: object) -> list[str]:
    """Labels are sent as names, or as objects with one."""
    listed = labels if isinstance(labels, list) else [labels]
    names = [str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in listed]
    if any(not name or len(name) > 50 for name in names):
        invalid("Label", "invalid", "name")
    return names


def _canonical(names: Iterable[str]) -> list[str]:
    """GitHub's labels differ by more than case: the one that exists is meant."""
    known = {name.lower(): name for name in project().labels}
    return [known.get(name.lower(), name) for name in names]


def _set_labels(one: Ticket, names: list[str]) -> None:
    wanted = _canonical(names)
    for label in list(one.labels):
        if label.name not in wanted:
            face().world.unlabel(one, viewer(), label.name)
    for name in wanted:
        face().world.label(one, viewer(), name)


def _labels(one: Ticket) -> Response:
    return answer([shapes.label(site(), project(), label) for label in one.labels])


@routes.get("/issues/<int:number>/labels")
def list_labels(number: int) -> Response:
    return page(ticket(number).labels, lambda label: shapes.label(site(), project(), label))


@routes.post("/issues/<int:number>/labels")
def add_labels(number: int) -> Response:
    one, body = ticket(number), sent()
    may(Access.TRIAGE)
    for name in _canonical(_names(body.get("labels", body.get("", [])))):
        face().world.label(one, viewer(), name)
    return _labels(one)


@routes.put("/issues/<int:number>/labels")
def set_labels(number: int) -> Response:
    one, body = ticket(number), sent()
    may(Access.TRIAGE)
    _set_labels(one, _names(body.get("labels", body.get("", []))))
    return _labels(one)


@routes.delete("/issues/<int:number>/labels")
def remove_labels(number: int) -> Response:
    one = ticket(number)
    may(Access.TRIAGE)
    _set_labels(one, [])
    return nothing()


@routes.delete("/issues/<int:number>/labels/<path:name>")
def remove_label(number: int, name: str) -> Response:
    one = ticket(number)
    may(Access.TRIAGE)
    (canonical,) = _canonical([name])
    if canonical not in {label.name for label in one.labels}:
        raise Refused(404, "Label does not exist")
    face().world.unlabel(one, viewer(), canonical)
    return _labels(one)


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
    return answer(_whole(one), 201)


@routes.delete("/issues/<int:number>/assignees")
def remove_assignees(number: int) -> Response:
    one = ticket(number)
    if face().world.access(project(), viewer()) >= Access.TRIAGE:
        for account in _accounts(sent("assignees")["assignees"]):
            face().world.unassign(one, viewer(), account)
    return answer(_whole(one))


# What was done


@routes.get("/issues/<int:number>/events")
def list_events(number: int) -> Response:
    one = ticket(number)
    return page(one.deeds, lambda deed: shapes.event(site(), one, deed))


@routes.get("/issues/<int:number>/timeline")
def list_timeline(number: int) -> Response:
    one = ticket(number)
    left_out = request.args.get("exclude", "").split(",")
    deeds: list[Deed | Note] = [deed for deed in one.deeds if deed.kind not in left_out]
    notes: list[Deed | Note] = [] if "commented" in left_out else [*one.comments]

    def shape(entry: Deed | Note) -> shapes.Json:
        if isinstance(entry, Note):
            return shapes.commented(shapes.comment(site(), face().world, one, entry))
        return shapes.timeline_event(site(), one, entry)

    return page(sorted(deeds + notes, key=attrgetter("id")), shape)


# Reactions


def target(number: int, *, on_comment: bool) -> Ticket | Note:
    return comment(number)[1] if on_comment else ticket(number)


@routes.get("/issues/<int:number>/reactions", defaults={"on_comment": False})
@routes.get("/issues/comments/<int:number>/reactions", defaults={"on_comment": True})
def list_reactions(number: int, *, on_comment: bool) -> Response:
    needs("reactions")
    content = request.args.get("content")
    found = [one for one in target(number, on_comment=on_comment).reactions if content in (None, one.name)]
    return page(found, lambda one: shapes.reaction(site(), one))


@routes.post("/issues/<int:number>/reactions", defaults={"on_comment": False})
@routes.post("/issues/comments/<int:number>/reactions", defaults={"on_comment": True})
def react(number: int, *, on_comment: bool) -> Response:
    """201 when it is new, 200 when it was there."""
    needs("reactions")
    content = sent("content")["content"]
    if content not in shapes.REACTIONS:
        invalid("Reaction", "invalid", "content")
    reaction, new = face().world.react(target(number, on_comment=on_comment), viewer(), content)
    return answer(shapes.reaction(site(), reaction), 201 if new else 200)


@routes.delete("/issues/<int:number>/reactions/<int:reaction_id>", defaults={"on_comment": False})
@routes.delete("/issues/comments/<int:number>/reactions/<int:reaction_id>", defaults={"on_comment": True})
def unreact(number: int, reaction_id: int, *, on_comment: bool) -> Response:
    needs("reactions")
    one = target(number, on_comment=on_comment)
    for reaction in one.reactions:
        if reaction.id == reaction_id and reaction.account is viewer():
            face().world.unreact(one, reaction)
            return nothing()
    raise Refused(404, "Not Found")


# Sub-issues


def _other(one: Ticket) -> Ticket:
    wanted = sent("sub_issue_id")["sub_issue_id"]
    everything = (other for place in face().world.projects.values() for other in place.tickets.values())
    for other in everything:
        if other.id == wanted and other is not one and not other.deleted:
            return other
    raise Refused(404, "The provided sub-issue does not exist")


@routes.get("/issues/<int:number>/sub_issues")
def list_sub_issues(number: int) -> Response:
    needs("sub_issues")
    return page([link.other for link in ticket(number).links if link.kind == "sub_issue"], _shape)


@routes.post("/issues/<int:number>/sub_issues")
def add_sub_issue(number: int) -> Response:
    needs("sub_issues")
    may(Access.TRIAGE)
    one, world = ticket(number), face().world
    other, parent = _other(one), None
    parent = shapes.parent_of(world, other)
    if parent is not None and not sent().get("replace_parent"):
        reason = (
            "Issue may not contain duplicate sub-issues" if parent is one else "Sub issue may only have one parent"
        )
        raise Refused(422, f"An error occurred while adding the sub-issue to the parent issue. {reason}")
    if parent is not None:
        _unlink(parent, other)
    world.link(one, other, "sub_issue")
    return answer(_whole(one), 201, location=shapes.issue_url(site(), one))


@routes.delete("/issues/<int:number>/sub_issue")
def remove_sub_issue(number: int) -> Response:
    needs("sub_issues")
    may(Access.TRIAGE)
    one = ticket(number)
    other = _other(one)
    if shapes.parent_of(face().world, other) is not one:
        raise Refused(404, "The provided sub-issue does not exist")
    _unlink(one, other)
    return answer(_whole(one))


def _unlink(parent: Ticket, child: Ticket) -> None:
    parent.links = [link for link in parent.links if link.kind != "sub_issue" or link.other is not child]


@routes.get("/issues/<int:number>/parent")
def get_parent(number: int) -> Response:
    needs("sub_issues")
    parent = shapes.parent_of(face().world, ticket(number))
    if parent is None:
        raise Refused(404, "Not Found")
    return answer(_whole(parent))
