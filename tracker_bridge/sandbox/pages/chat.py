"""
A chat beside the forges, so that one can see what goes there: the part of Mattermost's API with which a bot posts
and edits, and a page that lists what was said. Whoever has the address may post.

https://developers.mattermost.com/api-documentation/#/operations/CreatePost
"""

from collections.abc import Callable

from flask import Blueprint, Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from tracker_bridge.sandbox.world import Said, World

Page = Callable[..., Response]


def add_pages(face: Blueprint, world: World, page: Page) -> None:
    """Add the API and the page; ``page`` renders a template."""

    def post() -> ResponseReturnValue:
        said = request.get_json()
        with world.lock:
            one = Said(f"{world.next_id():026d}", said["channel_id"], world.clock(), said["message"])
            world.chat.append(one)
        return jsonify(_shown(one)), 201

    def patch(number: str) -> ResponseReturnValue:
        with world.lock:
            one = next((one for one in world.chat if one.id == number), None)
            if one is None:
                abort(404, "There is no such post.")
            one.text, one.edited_at = request.get_json()["message"], world.clock()
        return jsonify(_shown(one))

    def chat() -> Response:
        with world.lock:
            rooms = dict.fromkeys(one.room for one in world.chat)
            said = {room: [one for one in world.chat if one.room == room] for room in rooms}
            return page("chat.html", rooms=said)

    face.add_url_rule("/chat", "chat", chat)
    face.add_url_rule("/chat/api/v4/posts", "chat_post", post, methods=["POST"])
    face.add_url_rule("/chat/api/v4/posts/<number>/patch", "chat_patch", patch, methods=["PUT"])


def _shown(one: Said) -> dict[str, str]:
    return {"id": one.id, "channel_id": one.room, "message": one.text}
