"""
GitLab's webhooks: what happened in the world, worded and signed as GitLab does.

https://docs.gitlab.com/user/project/integrations/webhook_events/. There is no event for a deleted comment, a
deleted issue, or a remark of GitLab's own. Whoever edits a comment, its author is sent as the user.
Most of this file is the shape of the bodies, which is not that of REST.
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
import uuid
from datetime import UTC, datetime

from tracker_bridge.sandbox.gitlab import shapes
from tracker_bridge.sandbox.hooks import Message, Writer
from tracker_bridge.sandbox.world import Account, Event, Hook, Label, Note, Project, Ticket

Json = dict[str, object]

ISSUE_ACTIONS = {"opened": "open", "closed": "close", "reopened": "reopen"} | dict.fromkeys(
    ("edited", "labeled", "unlabeled", "assigned", "unassigned", "typed", "rated"), "update"
)
NOTE_ACTIONS = {"created": "create", "edited": "update"}
REACTION_ACTIONS = {"created": "award", "deleted": "revoke"}


def writer(site: str) -> Writer:
    """Return what words one event for one hook; ``None`` for what the hook did not ask for."""

    def write(hook: Hook, event: Event) -> Message | None:
        flag, name, body = word(event, site)
        if not body or not hook.settings.get(flag):
            return None
        return sign(hook, site, name, body)

    return write


def word(event: Event, site: str) -> tuple[str, str, Json]:
    """Return the flag a hook must have, the event's name, and the body; an empty one for no event."""
    if event.kind == "issue":
        secret = event.ticket.confidential
        body = _issue_body(event, site) if event.action in ISSUE_ACTIONS else {}
        return (*_named("issues_events", "Issue Hook", secret), body)
    if event.kind == "comment":
        secret = event.ticket.confidential or (event.note is not None and event.note.internal)
        body = _note_body(event, site) if event.action in NOTE_ACTIONS else {}
        return (*_named("note_events", "Note Hook", secret), body)
    return "emoji_events", "Emoji Hook", _emoji_body(event, site)


def _named(flag: str, name: str, confidential: bool) -> tuple[str, str]:
    return (f"confidential_{flag}", f"Confidential {name}") if confidential else (flag, name)


def sign(hook: Hook, site: str, name: str, body: Json) -> Message:
    """
    Add the headers: ``X-Gitlab-Token`` when the hook has a secret, a signature when it has a signing token.

    The signature is that of Standard Webhooks, https://www.standardwebhooks.com: over id, time and raw body.
    """
    raw, id_ = json.dumps(body).encode(), str(uuid.uuid4())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "GitLab/sandbox",
        "Idempotency-Key": id_,
        "X-Gitlab-Event": name,
        "X-Gitlab-Instance": site,
        "X-Gitlab-Webhook-UUID": str(uuid.uuid4()),
        "X-Gitlab-Event-UUID": str(uuid.uuid4()),
        "webhook-id": id_,
        "webhook-timestamp": str(int(time.time())),
    }
    if hook.secret:
        headers["X-Gitlab-Token"] = hook.secret
    if hook.signing_token:
        signed = f"{id_}.{headers['webhook-timestamp']}.".encode() + raw
        digest = hmac.new(signing_key(hook.signing_token), signed, hashlib.sha256).digest()
        headers["webhook-signature"] = f"v1,{base64.b64encode(digest).decode()}"
    return headers, raw


def signing_key(token: str) -> bytes:
    """Return the key in ``whsec_<base64>``. Raise ``ValueError`` for anything else."""
    try:
        key = base64.b64decode(token.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not token.startswith("whsec_") or not key:
        raise ValueError("a signing token is whsec_ and base64")
    return key


def _issue_body(event: Event, site: str) -> Json:
    ticket = event.ticket
    kind = "issue" if ticket.kind == "issue" else "work_item"
    attributes = issue(ticket, site) | {"action": ISSUE_ACTIONS[event.action], "severity": ticket.severity.lower()}
    body: Json = {
        "object_kind": kind,
        "event_type": f"confidential_{kind}" if ticket.confidential else kind,
        "user": _user(event.actor),
        "project": _project(ticket.project, site),
        "object_attributes": attributes,
        "labels": [_label(one, ticket) for one in ticket.labels],
        "changes": _changes(event),
        "repository": _repository(ticket.project, site),
    }
    return body | ({"assignees": [_user(one) for one in ticket.assignees]} if ticket.assignees else {})


def _changes(event: Event) -> Json:
    ticket, before = event.ticket, list(event.ticket.labels)
    if event.label is not None:
        before = [label for label in before if label is not event.label]
        before += [event.label] if event.action == "unlabeled" else []
        now = [_label(one, ticket) for one in ticket.labels]
        return {"labels": {"previous": [_label(one, ticket) for one in before], "current": now}}
    if event.action in {"closed", "reopened"}:
        states = {"previous": 1, "current": 2} if event.action == "closed" else {"previous": 2, "current": 1}
        return {"state_id": states}
    if event.action == "rated":
        return {"severity": {"previous": None, "current": ticket.severity.lower()}}
    if event.action in {"assigned", "unassigned"}:
        last = next(deed.account for deed in reversed(ticket.deeds) if deed.kind == event.action)
        others = [one for one in ticket.assignees if one is not last]
        assigned = {
            "current": [_user(one) for one in ticket.assignees],
            "previous": [_user(one) for one in others],
        }
        if event.action == "unassigned" and last is not None:
            assigned["previous"].append(_user(last))
        return {"assignees": assigned}
    texts = {"title": ("title", ticket.title), "body": ("description", ticket.body)}
    named = ((*texts[what], text) for what, text in event.was.items())
    return {name: {"previous": text, "current": current} for name, current, text in named}


def _note_body(event: Event, site: str) -> Json:
    note, ticket = event.note, event.ticket
    assert note is not None  # noqa: S101 - comment events have one
    secret = ticket.confidential or note.internal
    return {
        "object_kind": "note",
        "event_type": "confidential_note" if secret else "note",
        "user": _user(note.author),
        "project_id": ticket.project.id,
        "project": _project(ticket.project, site),
        "object_attributes": _note(note, ticket, site) | {"action": NOTE_ACTIONS[event.action]},
        "repository": _repository(ticket.project, site),
        "issue": issue(ticket, site),
    }


def _emoji_body(event: Event, site: str) -> Json:
    ticket, note, reaction = event.ticket, event.note, event.reaction
    assert reaction is not None  # noqa: S101 - reaction events have one
    action = REACTION_ACTIONS[event.action]
    page = shapes.issue_url(ticket, site)
    attributes = {
        "id": reaction.id,
        "user_id": reaction.account.id,
        "name": shapes.EMOJI.get(reaction.name, reaction.name),
        "awardable_type": "Note" if note else "Issue",
        "awardable_id": note.id if note else ticket.id,
        "created_at": _moment(reaction.at),
        "updated_at": _moment(reaction.at),
        "action": action,
        "awarded_on_url": f"{page}#note_{note.id}" if note else page,
    }
    body: Json = {
        "object_kind": "emoji",
        "event_type": action,
        "user": _user(reaction.account),
        "project_id": ticket.project.id,
        "project": _project(ticket.project, site),
        "object_attributes": attributes,
        "issue": issue(ticket, site),
    }
    return body | ({"note": _note(note, ticket, site)} if note else {})


def issue(ticket: Ticket, site: str) -> Json:
    """An issue as webhooks have it; numbers where REST has objects."""
    return {
        "id": ticket.id,
        "iid": ticket.number,
        "title": ticket.title,
        "description": ticket.body,
        "type": ticket.kind.replace("_", " ").title(),
        "assignee_ids": [account.id for account in ticket.assignees],
        "assignee_id": ticket.assignees[0].id if ticket.assignees else None,
        "author_id": ticket.author.id,
        "project_id": ticket.project.id,
        "created_at": _moment(ticket.created_at),
        "updated_at": _moment(ticket.updated_at),
        "closed_at": _moment(ticket.closed_at),
        "last_edited_at": _moment(ticket.body_edited_at),
        "last_edited_by_id": ticket.body_edited_by.id if ticket.body_edited_by else None,
        "confidential": ticket.confidential,
        "discussion_locked": ticket.locked or None,
        "state_id": 1 if ticket.open else 2,
        "state": "opened" if ticket.open else "closed",
        "url": shapes.issue_url(ticket, site),
        "labels": [_label(one, ticket) for one in ticket.labels],
    }


def _note(note: Note, ticket: Ticket, site: str) -> Json:
    return {
        "id": note.id,
        "note": note.body,
        "description": note.body,
        "noteable_type": "Issue",
        "noteable_id": ticket.id,
        "author_id": note.author.id,
        "project_id": ticket.project.id,
        "created_at": _moment(note.created_at),
        "updated_at": _moment(note.updated_at),
        "updated_by_id": note.edited_by.id if note.edited_by else None,
        "internal": note.internal,
        "system": note.system,
        "attachment": None,
        "line_code": None,
        "commit_id": None,
        "st_diff": None,
        "url": f"{shapes.issue_url(ticket, site)}#note_{note.id}",
    }


def _moment(at: datetime | None) -> str | None:
    """Whole seconds: Ruby's ``Time#to_s``, since the body passes through a job queue."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if at else None


def _user(account: Account) -> Json:
    return {
        "id": account.id,
        "name": account.name,
        "username": account.login,
        "avatar_url": None,
        "email": "[REDACTED]",
    }


def _label(label: Label, ticket: Ticket) -> Json:
    return {
        "id": label.id,
        "title": label.name,
        "color": f"#{label.color}",
        "project_id": ticket.project.id,
        "template": False,
        "description": label.description or None,
        "type": "ProjectLabel",
        "group_id": None,
    }


def _project(project: Project, site: str) -> Json:
    parent, _, path = project.path.rpartition("/")
    return {
        "id": project.id,
        "name": path,
        "description": None,
        "web_url": f"{site}/{project.path}",
        "namespace": parent,
        "visibility_level": 0 if project.private else 20,
        "path_with_namespace": project.path,
        "default_branch": "main",
        "homepage": f"{site}/{project.path}",
        "url": f"{site}/{project.path}.git",
    }


def _repository(project: Project, site: str) -> Json:
    page = f"{site}/{project.path}"
    return {"name": project.path.rpartition("/")[2], "url": f"{page}.git", "description": None, "homepage": page}
