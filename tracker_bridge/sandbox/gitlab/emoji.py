"""
Emoji on issues and comments: https://docs.gitlab.com/api/emoji_reactions/

One on a comment moves the comment's ``updated_at`` (``AwardEmoji#expire_cache``), never the issue's: see
``World.react``.
"""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.world import Account, Note, Reaction, Ticket

Json = dict[str, Any]

routes = Blueprint("emoji", __name__)

ISSUE = "/projects/<project:project>/issues/<int:ticket>"
NOTE = f"{ISSUE}/notes/<int:note>"


@routes.get(f"{ISSUE}/award_emoji")
@routes.get(f"{NOTE}/award_emoji")
def listed(ticket: Ticket, note: Note | None = None) -> Response:
    target = _target(ticket, note)
    return http.listing(target.reactions, lambda one: shapes.award(one, target, http.base_url()))


@routes.post(f"{ISSUE}/award_emoji")
@routes.post(f"{NOTE}/award_emoji")
def created(ticket: Ticket, note: Note | None = None) -> Response:
    target = _target(ticket, note)
    errors = add(target, http.text("name", required=True) or "")
    if errors:
        raise http.not_found(f"Award Emoji {errors[0]}")
    reaction = target.reactions[-1]
    return http.answer(shapes.award(reaction, target, http.base_url()), 201)


@routes.delete(f"{ISSUE}/award_emoji/<int:award>")
@routes.delete(f"{NOTE}/award_emoji/<int:award>")
def deleted(ticket: Ticket, award: int, note: Note | None = None) -> Response:
    target = _target(ticket, note)
    reaction = _award(target, award)
    if reaction.account is not http.me():
        raise http.Failed(401, {"message": "401 Unauthorized"})
    http.world().unreact(target, reaction)
    return http.nothing()


def add(target: Ticket | Note, name: str) -> list[str]:
    """Give an emoji; return what is wrong with it."""
    name = shapes.world_emoji(name.strip(":"))
    if not re.fullmatch(r"[a-z0-9_+-]+", name):
        return ["Name is not a valid emoji name"]
    _, new = http.world().react(target, http.me(), name)
    return [] if new else ["Name has already been taken"]


def awards(note: Note, user: Callable[[Account], Json], first: int = 100) -> Json:
    """Return the emoji of a comment, as GraphQL lists them."""
    nodes = [
        {"__typename": "AwardEmoji", "name": shapes.EMOJI.get(one.name, one.name), "user": user(one.account)}
        for one in note.reactions[:first]
    ]
    return {"__typename": "AwardEmojiConnection", "nodes": nodes}


def _target(ticket: Ticket, note: Note | None) -> Ticket | Note:
    http.lacks("award_emoji")
    return note or ticket


def _award(target: Ticket | Note, id_: int) -> Reaction:
    found = next((reaction for reaction in target.reactions if reaction.id == id_), None)
    if found is None:
        raise http.not_found()
    return found
