"""Comments of issues. https://docs.github.com/rest/issues/comments"""

from collections.abc import Callable
from operator import attrgetter

from flask import Blueprint, Response, request

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import (
    MAX_BODY,
    MAX_BYTES,
    MAX_COMMENTS,
    ApiError,
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
from tracker_bridge.sandbox.world import Note, Ticket

routes = Blueprint("comments", __name__)

_TOLD = {"pins": "pin", "minimized": "minimized"}
"""What a comment shows only where GitHub has the capability."""


def _shaping() -> Callable[[Ticket, Note], shapes.Json]:
    """Return how comments are shown: an answer holds many."""
    here, world, lacking = site(), face().world, face().lacking
    untold = [name for capability, name in _TOLD.items() if capability in lacking]

    def shape(one: Ticket, note: Note) -> shapes.Json:
        shown = shapes.comment(here, world, one, note)
        for name in untold:
            del shown[name]
        return shown

    return shape


def _text() -> str:
    text = str(sent("body")["body"] or "")
    if not text.strip():
        invalid("IssueComment", "unprocessable", "data", "Body cannot be blank")
    if len(text.encode()) > MAX_BYTES:
        message = f"Body is too long (maximum is {MAX_BODY} characters)"
        invalid("IssueComment", "unprocessable", "data", message)
    return text


@routes.get("/issues/<int:number>/comments")
def list_comments(number: int) -> Response:
    """Oldest first; there is no other order. An old GitHub that lacks ``since`` ignores it."""
    one = ticket(number)
    at = None if "comment_since" in face().lacking else since()
    found, shape = updated_since(one.comments, at, attrgetter("updated_at")), _shaping()
    return page(found, lambda note: shape(one, note))


@routes.get("/issues/comments")
def list_repository_comments() -> Response:
    """All comments of the repository: by ``id`` unless ``sort`` is given, and then oldest first unless told."""
    tickets = (one for one in project().tickets.values() if not one.deleted)
    found = [(one, note) for one in tickets for note in one.comments]
    found = updated_since(found, since(), lambda pair: pair[1].updated_at)
    by = {"updated": lambda pair: (pair[1].updated_at, pair[1].id)}
    found.sort(key=by.get(request.args.get("sort", ""), lambda pair: pair[1].id))
    if "sort" in request.args and request.args.get("direction") == "desc":
        found.reverse()
    shape = _shaping()
    return page(found, lambda pair: shape(*pair))


@routes.post("/issues/<int:number>/comments")
def create_comment(number: int) -> Response:
    one = ticket(number)
    if one.locked and face().world.access(project(), viewer()) < Access.WRITE:
        raise ApiError(403, "Unable to create comment because issue is locked.")
    text = _text()
    if len(one.comments) >= MAX_COMMENTS:
        raise ApiError(403, f"Commenting is disabled on issues with more than {MAX_COMMENTS} comments")
    note = face().world.comment(one, viewer(), text)
    return answer(_shaping()(one, note), 201, location=shapes.comment_url(site(), one, note))


@routes.get("/issues/comments/<int:number>")
def get_comment(number: int) -> Response:
    return answer(_shaping()(*comment(number)))


@routes.patch("/issues/comments/<int:number>")
def update_comment(number: int) -> Response:
    one, note = comment(number)
    may(Access.WRITE, or_else=note.author)
    face().world.edit_comment(one, note, viewer(), _text())
    return answer(_shaping()(one, note))


@routes.delete("/issues/comments/<int:number>")
def delete_comment(number: int) -> Response:
    one, note = comment(number)
    may(Access.WRITE, or_else=note.author)
    face().world.delete_comment(one, note, viewer())
    return nothing()


@routes.put("/issues/comments/<int:number>/pin")
def pin_comment(number: int) -> Response:
    """One per issue; the new one displaces the old."""
    needs("pins")
    one, note = comment(number)
    may(Access.TRIAGE)
    face().world.pin(one, note, viewer())
    return answer(_shaping()(one, note))
