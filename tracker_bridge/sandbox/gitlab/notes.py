"""
Comments: https://docs.gitlab.com/api/notes/

Quick actions are executed and stripped on create and on update, as ``Notes::CreateService`` and
``Notes::UpdateService`` do: a new note of quick actions only is not saved, an edited one is deleted.
"""

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import actions, http, shapes
from tracker_bridge.sandbox.gitlab.quick_actions import extract
from tracker_bridge.sandbox.world import Note, Ticket

routes = Blueprint("notes", __name__)

BLANK = 'Note {:note=>["can\'t be blank"]}'
MAX_BODY = 1_000_000
MAX_COMMENTS = 5_000


@routes.get("/projects/<project:project>/issues/<int:ticket>/notes")
def listed(ticket: Ticket) -> Response:
    kinds = ("all_notes", "only_comments", "only_activity")
    kind = http.choice("activity_filter", kinds, "all_notes")
    by_update = http.choice("order_by", ("created_at", "updated_at"), "created_at") == "updated_at"
    newest_first = http.choice("sort", ("asc", "desc"), "desc") == "desc"
    me, base = http.me(), http.base_url()
    rows = [note for note in ticket.notes if http.can_read(ticket, note, me)]
    if kind != "all_notes":
        rows = [note for note in rows if note.system == (kind == "only_activity")]
    rows.sort(key=lambda note: (note.updated_at if by_update else note.created_at, note.id), reverse=newest_first)
    return http.listing(rows, lambda one: shapes.note(one, ticket, base))


@routes.get("/projects/<project:project>/issues/<int:ticket>/notes/<int:note>")
def one(ticket: Ticket, note: Note) -> Response:
    if not http.can_read(ticket, note, http.me()):
        raise http.not_found()
    return http.answer(shapes.note(note, ticket, http.base_url()))


@routes.post("/projects/<project:project>/issues/<int:ticket>/notes")
def created(ticket: Ticket) -> Response:
    http.face().limits.count_note(http.me(), http.world().clock().timestamp())
    sent = _body(required=True)
    internal = bool(http.flag("internal") or http.flag("confidential"))
    access = http.access_to(ticket.project)
    if (ticket.locked or internal) and access < Access.TRIAGE:
        raise http.forbidden()
    body, found = extract(sent)
    outcome = actions.judge(ticket, found)
    if not body:
        return _commands_only(outcome)
    if len(ticket.comments) >= MAX_COMMENTS:
        raise http.bad_request('Note {:base=>["Maximum number of comments exceeded"]}')
    note = http.world().comment(ticket, http.me(), body, internal=internal)
    outcome.carry_out()
    return http.answer(shapes.note(note, ticket, http.base_url(), outcome.changes), 201)


@routes.put("/projects/<project:project>/issues/<int:ticket>/notes/<int:note>")
def changed(ticket: Ticket, note: Note) -> Response:
    _must_administer(ticket, note)
    body, found = extract(_body(required=False))
    outcome = actions.judge(ticket, found)
    if not body:
        http.world().delete_comment(ticket, note, http.me())
        return _commands_only(outcome)
    if body != note.body:
        http.world().edit_comment(ticket, note, http.me(), body)
    outcome.carry_out()
    return http.answer(shapes.note(note, ticket, http.base_url(), outcome.changes))


@routes.delete("/projects/<project:project>/issues/<int:ticket>/notes/<int:note>")
def deleted(ticket: Ticket, note: Note) -> Response:
    _must_administer(ticket, note)
    http.world().delete_comment(ticket, note, http.me())
    return http.nothing()


def _must_administer(ticket: Ticket, note: Note) -> None:
    """Authors and maintainers change notes; nobody changes GitLab's own remarks."""
    access = http.access_to(ticket.project)
    locked_out = ticket.locked and access < Access.TRIAGE
    if note.system or locked_out or (note.author is not http.me() and access < Access.MAINTAIN):
        raise http.forbidden()


def _body(*, required: bool) -> str:
    body = http.text("body", required=True)
    if not body or not body.strip():
        raise http.bad_request(BLANK) if required else http.invalid("body", "is empty")
    if len(body) > MAX_BODY:
        raise http.bad_request(f'Note {{:note=>["is too long (maximum is {MAX_BODY} characters)"]}}')
    return body


def _commands_only(outcome: actions.Outcome) -> Response:
    """202 without an id; a refusal when no action had anything to say (``Notes::QuickActionsStatus``)."""
    outcome.carry_out()
    if not outcome.said:
        raise http.bad_request("Failed to apply commands.")
    return http.answer({"commands_changes": outcome.changes, "summary": [" ".join(outcome.said)]}, 202)
