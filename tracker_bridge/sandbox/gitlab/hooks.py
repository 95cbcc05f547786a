"""Webhooks of a project: https://docs.gitlab.com/api/project_webhooks/"""

from flask import Blueprint, Response

from tracker_bridge.domain.issue import Access
from tracker_bridge.sandbox.gitlab import http, shapes
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
    if (signing_token := http.text("signing_token")) is not None:
        hook.signing_token = signing_token


def _shape(hook: Hook, project: Project) -> shapes.Json:
    return (
        {
            "id": hook.id,
            "url": hook.url,
            "name": None,
            "description": None,
            "project_id": project.id,
            "created_at": hook.settings.get("created_at"),
            "token_present": bool(hook.secret),
            "signing_token_present": bool(hook.signing_token),
            "alert_status": "executable",
            "disabled_until": None,
            "url_variables": [],
            "custom_headers": [],
            "custom_webhook_template": None,
            "push_events_branch_filter": None,
            "branch_filter_strategy": "wildcard",
        }
        | FLAGS
        | {name: hook.settings[name] for name in FLAGS if name in hook.settings}
    )
