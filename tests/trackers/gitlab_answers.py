"""GitLab's JSON, as small as the documentation allows, for answers made up by hand."""

from typing import Any

Json = dict[str, Any]

URL = "https://git.example.org/gitlab"
PROJECT = f"{URL}/api/v4/projects/acme%2Fapi"
ISSUE = f"{PROJECT}/issues/12"
NOTES = f"{ISSUE}/notes"
GRAPHQL = f"{URL}/api/graphql"

BOT = {"id": 7, "username": "incident-bot", "name": "Bot", "state": "active"}
BOB = {"id": 3, "username": "bob", "name": "Bob", "state": "active"}
EVE = {"id": 4, "username": "eve", "name": "Eve", "state": "active"}

T0 = "2026-11-02T09:00:00.000Z"
T1 = "2026-11-02T09:01:00.500Z"
T2 = "2026-11-02T09:02:00.000+00:00"


def issue(**more: object) -> Json:
    return {
        "id": 9012,
        "iid": 12,
        "title": "API down",
        "description": "",
        "state": "opened",
        "labels": [],
        "author": BOB,
        "created_at": T0,
        "updated_at": T1,
        "user_notes_count": 0,
        "confidential": False,
        "moved_to_id": None,
        "web_url": f"{URL}/acme/api/-/issues/12",
        "references": {"short": "#12", "relative": "#12", "full": "acme/api#12"},
    } | more


def note(id_: int, body: str = "text", **more: object) -> Json:
    return {
        "id": id_,
        "body": body,
        "author": BOB,
        "system": False,
        "created_at": T0,
        "updated_at": T0,
    } | more
