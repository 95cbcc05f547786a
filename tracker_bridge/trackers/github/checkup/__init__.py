"""
What GitHub tells of itself, of the credential, and of one repository.

identity  who the credential is, and what kind of one
rights    what it may do
hooks     webhooks: the repository's, its organisation's, or the App's own
workflows those that run the bridge without a server
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, TypeAdapter

from tracker_bridge.domain.incident.labels import ProjectLabel
from tracker_bridge.http_time import seconds_of
from tracker_bridge.trackers import Denied
from tracker_bridge.trackers.facts import Budget, Facts, ProjectFacts, Webhook
from tracker_bridge.trackers.github import labels
from tracker_bridge.trackers.github.checkup.hooks import app_hook, organisation_hooks, repository_hooks
from tracker_bridge.trackers.github.checkup.identity import of_app, of_token
from tracker_bridge.trackers.github.checkup.rights import Repository, rights
from tracker_bridge.trackers.github.checkup.workflows import workflows
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.connection import Redirected
from tracker_bridge.trackers.github.errors import ErrorResponse

__all__ = ["facts"]

_NUMBER = re.compile(r"/repositories/([0-9]{1,18})(?:/|$)")
_REPOSITORY = TypeAdapter(Repository)


class _Meta(BaseModel):
    installed_version: str | None = None


_META = TypeAdapter(_Meta)


def facts(client: Client, tracker: str, project: str, clock: Callable[[], datetime]) -> Facts:
    """Ask for everything that :class:`Facts` holds; see :meth:`tracker_bridge.trackers.Checkup.facts`."""
    who = of_app(client, client.installations, project) if client.installations else of_token(client, project)
    told = Facts(
        address=client.url,
        skew=_skew(who.answer, clock()),
        credential=who.credential,
        budget=_budget(who.answer),
        refusal=who.refusal,
        mend=who.mend,
    )
    if who.refusal:
        return told
    repository = _repository(client, tracker, project)
    if repository is None:
        mend = f"correct the setting {tracker}.projects, or give the credential access: {who.page}"
        return replace(told, refusal="it does not exist, or this credential cannot see it", mend=mend)
    name, page = repository.full_name, f"{client.web}/{repository.full_name}/settings/hooks"
    hooks = app_hook(client.installations, who) if client.installations else None
    wide: tuple[Webhook, ...] | None = ()
    if hooks is None:
        hooks = repository_hooks(client, tracker, name, page)
        if repository.owner.type != "User":
            wide = organisation_hooks(client, tracker, name, name.partition("/")[0])
    else:
        page = hooks[0].page
    return replace(
        told,
        version=version(client, name),
        place=ProjectFacts(repository.id, name, repository.archived, repository.has_issues),
        rights=tuple(rights(client, tracker, who, repository)),
        hooks=hooks,
        hooks_page=page,
        wide_hooks=wide,
        labels=_labels(client, tracker, name),
        jobs=workflows(client, tracker, name),
    )


def _skew(answer: ErrorResponse, now: datetime) -> timedelta | None:
    theirs = seconds_of(answer.headers.get("date", ""))
    return None if theirs is None else datetime.fromtimestamp(theirs, UTC) - now


def _budget(answer: ErrorResponse) -> Budget | None:
    """An App's own signature has no budget; its installation's is not asked for."""
    left, limit, reset = (
        answer.headers.get(f"x-ratelimit-{what}", "") for what in ("remaining", "limit", "reset")
    )
    if not (left.isdecimal() and limit.isdecimal() and reset.isdecimal()):
        return None
    return Budget(int(left), int(limit), datetime.fromtimestamp(int(reset), UTC))


def _repository(client: Client, tracker: str, project: str) -> Repository | None:
    """Return the repository, under whatever name it has now; ``None`` when it cannot be seen."""
    action = f"read {tracker}:{project}"
    try:
        answer = client.send(action, "GET", f"/repos/{project}", project=project, fine=(403, 404))
    except Redirected as moved:
        number = _NUMBER.search(moved.path)
        if number is None:
            raise
        answer = client.send(action, "GET", f"/repositories/{number[1]}", project=project, fine=(403, 404))
    return None if answer.status >= 400 else answer.parse(_REPOSITORY, action)


def version(client: Client, project: str) -> str | None:
    """Only an Enterprise Server has one. https://docs.github.com/en/enterprise-server@latest/rest/meta/meta"""
    if client.web == "https://github.com":
        return None
    action = "ask GitHub for its version"
    answer = client.send(action, "GET", "/meta", project=project, fine=(403, 404))
    return None if answer.status >= 400 else answer.parse(_META, action).installed_version


def _labels(client: Client, tracker: str, project: str) -> tuple[ProjectLabel, ...] | None:
    try:
        return tuple(labels.labels(client, tracker, project))
    except Denied:
        return None
