"""
GitHub's webhooks: what happened in the world, signed and worded as GitHub does.

https://docs.github.com/webhooks/webhook-events-and-payloads
"""

import hashlib
import hmac
import json
import uuid
from urllib.parse import urlencode

from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.hooks import Message, Writer
from tracker_bridge.sandbox.world import Event, Hook, World

_EVENTS = {"issue": "issues", "comment": "issue_comment"}


def writer(world: World, site: str) -> Writer:
    """Return what words one event for one hook; ``None`` for what the hook did not ask for."""

    def write(hook: Hook, event: Event) -> Message | None:
        name = _EVENTS.get(event.kind)
        if name is None or not hook.settings.get("active", True) or not {name, "*"} & set(_asked(hook)):
            return None
        return _message(hook, name, _payload(world, site, event))

    return write


def _asked(hook: Hook) -> list[str]:
    events = hook.settings.get("events", ["issues", "issue_comment"])
    return [str(event) for event in events] if isinstance(events, list) else []


def _payload(world: World, site: str, event: Event) -> shapes.Json:
    ticket, project = event.ticket, event.ticket.project
    body: shapes.Json = {"action": event.action, "issue": shapes.issue(site, world, ticket)}
    if event.note is not None:
        body["comment"] = shapes.comment(site, world, ticket, event.note)
    if event.action == "edited":
        was = {"body": event.before} if event.note is not None else event.was
        body["changes"] = {what: {"from": text} for what, text in was.items()}
    if event.action == "typed":
        body["type"] = shapes.issue_type(project, ticket.kind)
    if event.label is not None:
        body["label"] = shapes.label(site, project, event.label)
    if event.action in {"assigned", "unassigned"}:
        last = next(deed for deed in reversed(ticket.deeds) if deed.kind == event.action)
        body["assignee"] = shapes.user(site, last.account) if last.account else None
    return body | {
        "repository": shapes.repository(site, project),
        "sender": shapes.user(site, event.actor),
    }


def _message(hook: Hook, name: str, payload: shapes.Json) -> Message:
    """Sign the bytes that go over the wire: JSON, or a form with the JSON in it."""
    body = json.dumps(payload).encode()
    kind = "application/json"
    if hook.settings.get("content_type", "json") == "form":
        body, kind = urlencode({"payload": body}).encode(), "application/x-www-form-urlencoded"
    headers = {
        "Content-Type": kind,
        "User-Agent": "GitHub-Hookshot/sandbox",
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-GitHub-Event": name,
        "X-GitHub-Hook-ID": str(hook.id),
        "X-GitHub-Hook-Installation-Target-Type": "repository",
    }
    if hook.secret:
        headers["X-Hub-Signature-256"] = (
            f"sha256={hmac.new(hook.secret.encode(), body, hashlib.sha256).hexdigest()}"
        )
    return headers, body
