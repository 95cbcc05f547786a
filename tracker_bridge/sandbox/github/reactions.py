"""Reactions to issues and comments. https://docs.github.com/rest/reactions"""

from flask import Blueprint, Response, request

from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import (
    ApiError,
    answer,
    comment,
    face,
    invalid,
    needs,
    nothing,
    page,
    sent,
    site,
    ticket,
    viewer,
)
from tracker_bridge.sandbox.world import Note, Ticket

routes = Blueprint("reactions", __name__)


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
    raise ApiError(404, "Not Found")
