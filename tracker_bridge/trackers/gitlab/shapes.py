"""GitLab's JSON as our values: people, notes, events, times."""

import re
from datetime import UTC, datetime
from typing import Any

from tracker_bridge.domain.changes import key_of
from tracker_bridge.domain.issue import NOBODY, Access, Comment, Deed, Happening, Person

Json = dict[str, Any]

_TOKEN_BOT = re.compile(r"(?:project|group)_[0-9]+_bot(?:_[0-9a-z]+)?", re.ASCII)

_LEVELS = (
    (50, Access.ADMIN),
    (40, Access.MAINTAIN),
    (30, Access.WRITE),
    (15, Access.TRIAGE),  # planner, reporter (20), security manager (25)
    (10, Access.READ),
)
"""GitLab's ``access_level``, greatest first; new levels appear between the old ones."""


def moment(text: str) -> datetime:
    """Read a time of the API (ISO 8601) or of older webhooks (``2026-01-05 14:05:10 UTC``)."""
    at = datetime.fromisoformat(text.removesuffix(" UTC"))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def lines(text: str | None) -> str:
    """Return the text with ``\\n`` line ends only; a missing description is an empty one."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n")


def person(user: Json | None) -> Person:
    """
    Read a user of the REST API; ``None`` is a deleted account.

    Users inside other objects do not say whether they are bots. The bots of project and group access tokens
    are known by their names, which GitLab gives (https://docs.gitlab.com/user/project/settings/project_access_tokens/).
    """
    if user is None:
        return NOBODY
    login = user["username"]
    return Person(user["id"], login, bot=user.get("bot", _TOKEN_BOT.fullmatch(login) is not None))


def access(member: Json, now: datetime) -> Access:
    """Read a member; blocked, awaiting approval and expired ones may do nothing."""
    if member.get("state") != "active" or member.get("membership_state", "active") != "active":
        return Access.NONE
    expires = member.get("expires_at")
    if expires and datetime.fromisoformat(expires).date() <= now.date():
        return Access.NONE
    return next((access for least, access in _LEVELS if member["access_level"] >= least), Access.NONE)


def comment(note: Json, issue_url: str, viewer: Person) -> Comment:
    """Read a note; who edited it is not in there."""
    author, body = person(note["author"]), lines(note["body"])
    return Comment(
        id=note["id"],
        author=author,
        created_at=moment(note["created_at"]),
        updated_at=moment(note["updated_at"]),
        body=body,
        url=f"{issue_url}#note_{note['id']}",
        ours=author.id == viewer.id and key_of(body) is not None,
    )


def labeling(event: Json) -> Happening:
    """Read a resource label event whose label still exists."""
    deed = Deed.LABELED if event["action"] == "add" else Deed.UNLABELED
    return Happening(moment(event["created_at"]), person(event["user"]), deed, event["label"]["name"])


def closing(event: Json) -> Happening:
    """Read a resource state event; its state is ``closed`` or ``reopened``."""
    deed = Deed.CLOSED if event["state"] == "closed" else Deed.REOPENED
    return Happening(moment(event["created_at"]), person(event["user"]), deed)
