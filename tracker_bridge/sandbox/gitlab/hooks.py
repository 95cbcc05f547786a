"""Webhooks of a project or a group: https://docs.gitlab.com/api/project_webhooks/, /api/group_webhooks/"""

import json
from urllib.parse import unquote

from flask import Blueprint, Response

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes
from tracker_bridge.sandbox.hooks import Delivery
from tracker_bridge.sandbox.world import Hook, Project

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


@routes.get("/projects/<project:project>/pipeline_schedules")
def schedules(project: Project) -> Response:
    """https://docs.gitlab.com/api/pipeline_schedules/#list-all-pipeline-schedules"""
    http.need(project, Access.WRITE)

    def shape(numbered: tuple[int, tuple[str, str]]) -> dict[str, object]:
        number, (description, state) = numbered
        return {
            "id": number,
            "description": description,
            "ref": "refs/heads/main",
            "cron": "17 * * * *",
            "cron_timezone": "UTC",
            "next_run_at": None,
            "active": state == "active",
        }

    return http.listing(list(enumerate(project.jobs.items(), start=1)), shape)


@routes.post("/projects/<project:project>/hooks")
def added(project: Project) -> Response:
    http.need(project, Access.MAINTAIN)
    hook = Hook(http.world().next_id(), http.text("url", required=True) or "")
    project.hooks[hook.id] = hook
    _set(hook)
    return http.answer(_shape(hook, project), 201)


@routes.put("/projects/<project:project>/hooks/<int:hook>")
def changed(project: Project, hook: int) -> Response:
    """Another address takes the secret away."""
    found = _hook(project, hook)
    url = http.text("url", required=True) or ""
    if url != found.url:
        found.url, found.secret, found.signing_token = url, "", ""
    _set(found)
    return http.answer(_shape(found, project))


@routes.post("/projects/<project:project>/hooks/<int:hook>/test/note_events")
def tested(project: Project, hook: int) -> Response:
    """It is sent at once, and GitLab tells what the receiver answered."""
    found = _hook(project, hook)
    if not found.url.startswith("http"):
        raise http.Failed(422, {"message": "the hook cannot be sent"})
    return http.answer({"message": "201 Created"}, 201)


def _set(hook: Hook) -> None:
    hook.secret = http.text("token") or hook.secret
    hook.signing_token = http.text("signing_token") or hook.signing_token
    sent = http.parameters()
    hook.settings |= {name: sent[name] for name in FLAGS if name in sent}


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


def _hook(project: Project, id_: int) -> Hook:
    http.need(project, Access.MAINTAIN)
    if id_ not in project.hooks:
        raise http.not_found()
    return project.hooks[id_]


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
