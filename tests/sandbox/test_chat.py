"""The chat beside the forges: a bot posts and edits, and people read what it said."""

from flask import Flask

from tracker_bridge.sandbox.pages import create_face
from tracker_bridge.sandbox.world import World


def test_what_a_bot_posts_and_edits_is_shown_as_text() -> None:
    web = Flask(__name__)
    web.register_blueprint(create_face(World()))
    client = web.test_client()
    assert "Nothing was sent here yet." in client.get("/chat").text
    posted = client.post("/chat/api/v4/posts", json={"channel_id": "ops-room", "message": "<b>down</b>"})
    assert posted.status_code == 201
    assert "&lt;b&gt;down&lt;/b&gt;" in client.get("/chat").text
    number = posted.get_json()["id"]
    edited = client.put(f"/chat/api/v4/posts/{number}/patch", json={"message": "up\nagain"})
    assert edited.get_json() == {"id": number, "channel_id": "ops-room", "message": "up\nagain"}
    page = client.get("/chat").text
    assert "up<br>again" in page
    assert "down" not in page
    assert client.put("/chat/api/v4/posts/0/patch", json={"message": "x"}).status_code == 404
