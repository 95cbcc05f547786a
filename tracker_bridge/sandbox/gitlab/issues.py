"""Issues: https://docs.gitlab.com/api/issues/"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from operator import attrgetter

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import actions, changes, http, shapes
from tracker_bridge.sandbox.gitlab.quick_actions import QuickAction, extract
from tracker_bridge.sandbox.world import Account, Project, Ticket

routes = Blueprint("issues", __name__)

MAX_TEXT = 1_000_000
MAX_TITLE = 255


@routes.get("/projects/<project:project>/issues")
def listed(project: Project) -> Response:
    rows = [ticket for ticket in project.tickets.values() if not ticket.deleted and http.in_rest(ticket)]
    me, base = http.me(), http.base_url()
    rows = [ticket for ticket in rows if http.can_see(ticket, me)]
    for keep in _filters():
        rows = [ticket for ticket in rows if keep(ticket)]
    by_update = http.choice("order_by", ("created_at", "updated_at"), "created_at") == "updated_at"
    newest_first = http.choice("sort", ("asc", "desc"), "desc") == "desc"
    rows.sort(
        key=lambda ticket: (ticket.updated_at if by_update else ticket.created_at, ticket.id),
        reverse=newest_first,
    )
    details = bool(http.flag("with_labels_details"))
    return http.listing(rows, lambda one: shapes.issue(one, base, label_details=details))


def _filters() -> Iterable[Callable[[Ticket], bool]]:
    state = http.choice("state", ("opened", "closed", "all"), "all")
    if state != "all":
        yield lambda ticket: ticket.open == (state == "opened")
    kind = http.choice("issue_type", http.KINDS)
    if kind:
        yield lambda ticket: ticket.kind == kind
    if (iids := http.numbers("iids")) is not None:
        yield lambda ticket: ticket.number in iids
    if labels := http.words("labels"):
        yield lambda ticket: _wears(ticket, labels)
    if search := http.text("search"):
        yield lambda ticket: search.lower() in f"{ticket.title}\n{ticket.body}".lower()
    if (confidential := http.flag("confidential")) is not None:
        yield lambda ticket: ticket.confidential == confidential
    if (author := http.number("author_id")) is not None:
        yield lambda ticket: ticket.author.id == author
    yield from _times()


def _times() -> Iterable[Callable[[Ticket], bool]]:
    for event in ("created", "updated"):
        for word, side in (("after", 1), ("before", -1)):
            if (at := http.moment(f"{event}_{word}")) is not None:
                yield partial(_happened, event=attrgetter(f"{event}_at"), at=at, side=side)


def _happened(ticket: Ticket, *, event: Callable[[Ticket], datetime], at: datetime, side: int) -> bool:
    return (event(ticket) - at).total_seconds() * side >= 0


def _wears(ticket: Ticket, labels: list[str]) -> bool:
    worn = {label.name.lower() for label in ticket.labels}
    match [label.lower() for label in labels]:
        case ["any"]:
            return bool(worn)
        case ["none"]:
            return not worn
        case names:
            return worn.issuperset(names)


@routes.get("/projects/<project:project>/issues/<int:ticket>")
def one(ticket: Ticket) -> Response:
    return http.answer(shapes.issue(ticket, http.base_url()))


@routes.post("/projects/<project:project>/issues")
def created(project: Project) -> Response:
    title = http.text("title", required=True) or ""
    confidential = bool(http.flag("confidential"))
    kind = http.choice("issue_type", http.KINDS, "issue")
    body, found = extract(http.text("description") or "")
    _check(title, body)
    ticket = http.world().open_ticket(project, http.me(), title, body, confidential=confidential, kind=kind)
    if changes.may_triage(ticket):
        changes.put_labels(ticket, http.words("labels") or [])
        changes.set_assignees(ticket, _assignees() or [])
    _run(ticket, found)
    return http.answer(shapes.issue(ticket, http.base_url()), 201)


@routes.put("/projects/<project:project>/issues/<int:ticket>")
def changed(ticket: Ticket) -> Response:
    if not changes.may_update(ticket):
        raise http.forbidden()
    title, body = http.text("title"), http.text("description")
    state = http.choice("state_event", ("close", "reopen"))
    _check(ticket.title if title is None else title, body or "")
    if title is not None:
        changes.set_title(ticket, title)
    if body is not None:
        saved, found = extract(body)
        changes.set_description(ticket, saved)
        _run(ticket, found)
    if changes.may_triage(ticket):
        _triage(ticket)
    if state == "close":
        http.world().close(ticket, http.me())
    elif state == "reopen":
        http.world().reopen(ticket, http.me())
    return http.answer(shapes.issue(ticket, http.base_url()))


def _triage(ticket: Ticket) -> None:
    """What needs more than authorship; GitLab leaves it out silently for the others."""
    if (labels := http.words("labels")) is not None:
        changes.set_labels(ticket, labels)
    changes.take_labels(ticket, http.words("remove_labels") or [])
    changes.put_labels(ticket, http.words("add_labels") or [])
    if (assignees := _assignees()) is not None:
        changes.set_assignees(ticket, assignees)
    if (confidential := http.flag("confidential")) is not None:
        changes.set_confidential(ticket, confidential)
    if (locked := http.flag("discussion_locked")) is not None:
        changes.set_locked(ticket, locked)
    if kind := http.choice("issue_type", http.KINDS):
        http.world().set_kind(ticket, http.me(), kind)


@routes.delete("/projects/<project:project>/issues/<int:ticket>")
def deleted(ticket: Ticket) -> Response:
    http.need(ticket.project, Access.ADMIN)
    http.world().delete_ticket(ticket, http.me())
    return http.nothing()


@routes.get("/projects/<project:project>/issues/<int:ticket>/participants")
def participants(ticket: Ticket) -> Response:
    people = {account.id: account for account in [ticket.author, *ticket.assignees]}
    people |= {note.author.id: note.author for note in ticket.comments}
    return http.listing(list(people.values()), lambda one: shapes.user(one, http.base_url()))


@routes.get("/projects/<project:project>/issues/<int:ticket>/closed_by")
def closed_by(ticket: Ticket) -> Response:  # noqa: ARG001 - merge requests close nothing here
    return http.listing([], lambda one: one)


@routes.get("/projects/<project:project>/issues/<int:ticket>/related_merge_requests")
def merge_requests(ticket: Ticket) -> Response:
    world = http.world()
    found = [one for one in world.pulls_of(ticket) if world.access(one.project, http.me()) >= Access.READ]
    return http.listing(found, lambda one: shapes.merge_request(one, http.base_url()))


def _run(ticket: Ticket, found: list[QuickAction]) -> None:
    actions.judge(ticket, found).carry_out()


def _assignees() -> list[Account] | None:
    """The people sent; 0 and unknown ids are left out. Free GitLab keeps the first only."""
    ids = http.numbers("assignee_ids")
    if ids is None and (single := http.number("assignee_id")) is not None:
        ids = [single]
    if ids is None:
        return None
    return [http.world().accounts[id_] for id_ in ids if id_ in http.world().accounts]


def _check(title: str, body: str) -> None:
    if not title.strip():
        raise http.Failed(400, {"message": {"title": ["can't be blank"]}})
    if len(title) > MAX_TITLE:
        raise http.Failed(400, {"message": {"title": [f"is too long (maximum is {MAX_TITLE} characters)"]}})
    if len(body) > MAX_TEXT:
        raise http.Failed(400, {"message": {"description": [f"is too long (maximum is {MAX_TEXT} characters)"]}})
