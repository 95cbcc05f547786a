"""Webhooks of a project or a group: https://docs.gitlab.com/api/project_webhooks/, /api/group_webhooks/"""

import json
from urllib.parse import unquote

from flask import Blueprint, Response

from tracker_bridge.domain.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes, webhooks
from tracker_bridge.sandbox.hooks import Delivery
from tracker_bridge.sandbox.world import Event, Hook, Project

routes = Blueprint("hooks", __name__)

FLAGS = {
    "push_events": True,
    "tag_push_events": False,
    "issues_events": False,
    "confidential_issues_events": False,
    "note_events": False,
    "confidential_note_events": False,
    "merge_requests_events": False,
    "job_events": False,
    "pipeline_events": False,
    "wiki_page_events": False,
    "deployment_events": False,
    "releases_events": False,
    "milestone_events": False,
    "emoji_events": False,
    "feature_flag_events": False,
    "resource_access_token_events": False,
    "repository_update_events": False,
    "enable_ssl_verification": True,
}
"""What a hook can be told to send, and the defaults."""


@routes.get("/projects/<project:project>/hooks")
def listed(project: Project) -> Response:
    http.need(project, Access.MAINTAIN)
    return http.listing(list(project.hooks.values()), lambda one: _shape(one, project))


@routes.get("/projects/<project:project>/hooks/<int:hook>")
def one(project: Project, hook: int) -> Response:
    return http.answer(_shape(_hook(project, hook), project))


@routes.post("/projects/<project:project>/hooks")
def created(project: Project) -> Response:
    http.need(project, Access.MAINTAIN)
    url = _url(http.text("url", required=True) or "")
    hook = Hook(http.world().next_id(), url, settings={"created_at": shapes.moment(http.world().clock())})
    _apply(hook)
    project.hooks[hook.id] = hook
    return http.answer(_shape(hook, project), 201)


@routes.put("/projects/<project:project>/hooks/<int:hook>")
def changed(project: Project, hook: int) -> Response:
    found = _hook(project, hook)
    if (url := http.text("url")) is not None:
        found.url = _url(url)
    _apply(found)
    return http.answer(_shape(found, project))


@routes.delete("/projects/<project:project>/hooks/<int:hook>")
def deleted(project: Project, hook: int) -> Response:
    del project.hooks[_hook(project, hook).id]
    return http.nothing()


@routes.get("/projects/<project:project>/hooks/<int:hook>/events")
def events(project: Project, hook: int) -> Response:
    """What went out, the newest first."""
    return http.listing(http.face().sent(_hook(project, hook).id), _event)


@routes.get("/groups/<path:group>/hooks")
def listed_of_group(group: str) -> Response:
    """Owners only."""
    return http.listing(list(_of_group(group).values()), _common)


@routes.get("/groups/<path:group>/hooks/<int:hook>/events")
def events_of_group(group: str, hook: int) -> Response:
    if hook not in _of_group(group):
        raise http.not_found()
    return http.listing(http.face().sent(hook), _event)


def _of_group(group: str) -> dict[int, Hook]:
    if not http.me().grants.owner:
        raise http.forbidden()
    return http.world().wide_hooks.get(("gitlab", unquote(group).casefold()), {})


def _event(sent: Delivery) -> shapes.Json:
    return {
        "id": sent.number + 1,
        "url": sent.url,
        "trigger": f"{sent.headers.get('X-Gitlab-Event', '').lower().replace(' ', '_')}s",
        "request_headers": {"Content-Type": "application/json"},
        "request_data": json.loads(sent.body),
        "response_headers": {},
        "response_body": sent.error,
        "execution_duration": 0.1,
        "response_status": str(sent.status) if sent.status else "internal error",
    }


@routes.post("/projects/<project:project>/hooks/<int:hook>/test/<trigger>")
def tested(project: Project, hook: int, trigger: str) -> Response:
    """Deliver a sample: the newest issue, or the newest comment, as if it were new."""
    found = _hook(project, hook)
    send = http.face().send
    event = _sample(project, trigger)
    if event is None or send is None:
        raise http.Failed(422, {"message": f"Ensure the project has something for {trigger}."})
    _flag, name, body = webhooks.word(event, http.base_url())
    send(found, webhooks.sign(found, http.base_url(), name, body))
    return http.answer({"message": "201 Created"}, 201)


def _sample(project: Project, trigger: str) -> Event | None:
    confidential = trigger.startswith("confidential_")
    tickets = [ticket for ticket in project.tickets.values() if not ticket.deleted]
    tickets = [ticket for ticket in tickets if ticket.confidential == confidential]
    match trigger.removeprefix("confidential_"):
        case "issues_events" if tickets:
            return Event("issue", "opened", http.me(), tickets[-1])
        case "note_events":
            notes = [(note, ticket) for ticket in tickets for note in ticket.comments]
            note, ticket = max(notes, key=lambda pair: pair[0].id, default=(None, None))
            return Event("comment", "created", note.author, ticket, note) if note and ticket else None
        case _:
            return None


def _hook(project: Project, id_: int) -> Hook:
    http.need(project, Access.MAINTAIN)
    if id_ not in project.hooks:
        raise http.not_found()
    return project.hooks[id_]


def _url(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise http.Failed(422, {"error": "Invalid url given"})
    return url


def _apply(hook: Hook) -> None:
    for name in FLAGS:
        if (wanted := http.flag(name)) is not None:
            hook.settings[name] = wanted
    if (token := http.text("token")) is not None:
        hook.secret = token
    signing_token = http.text("signing_token")
    if signing_token is not None and "signing_token" not in http.face().lacking:
        _check_signing_token(signing_token)
        hook.signing_token = signing_token


def _check_signing_token(token: str) -> None:
    """GitLab takes keys of 32 bytes only; an empty token removes the one before."""
    try:
        fits = not token or len(webhooks.signing_key(token)) == 32
    except ValueError:
        fits = False
    if not fits:
        reason = "must be whsec_ and the base64 of 32 bytes"
        raise http.Failed(422, {"message": {"signing_token": [reason]}})


def _shape(hook: Hook, project: Project) -> shapes.Json:
    return _common(hook) | {"project_id": project.id}


def _common(hook: Hook) -> shapes.Json:
    return (
        {
            "id": hook.id,
            "url": hook.url,
            "name": None,
            "description": None,
            "created_at": hook.settings.get("created_at"),
            "token_present": bool(hook.secret),
            "signing_token_present": bool(hook.signing_token),
            "alert_status": hook.settings.get("alert_status", "executable"),
            "disabled_until": hook.settings.get("disabled_until"),
            "url_variables": [],
            "custom_headers": [],
            "custom_webhook_template": None,
            "push_events_branch_filter": None,
            "branch_filter_strategy": "wildcard",
        }
        | FLAGS
        | {name: hook.settings[name] for name in FLAGS if name in hook.settings}
    )
