"""Webhooks: the repository's, which administrators see, its organisation's, or the one that an App has itself."""

from dataclasses import replace

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from tracker_bridge.trackers import Denied, Gone
from tracker_bridge.trackers.facts import Delivered, Webhook
from tracker_bridge.trackers.github.checkup.identity import Identity
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.credentials import Installations
from tracker_bridge.trackers.github.errors import problem

_TRIGGERS = {"issues": "Issues", "issue_comment": "Issue comments"}
"""What the bridge listens to, and how the page calls it."""


class _Config(BaseModel):
    url: str | None = None
    content_type: str = "form"
    secret: str | None = None


class _Hook(BaseModel):
    id: int
    active: bool = True
    events: tuple[str, ...] = ()
    config: _Config


class _Delivery(BaseModel):
    delivered_at: AwareDatetime
    status_code: int = 0


_CONFIG = TypeAdapter(_Config)
_HOOKS = TypeAdapter(list[_Hook])
_DELIVERIES = TypeAdapter(list[_Delivery])


def repository_hooks(client: Client, tracker: str, project: str, page: str) -> tuple[Webhook, ...] | None:
    """https://docs.github.com/en/rest/repos/webhooks: administrators only, others get 403 or 404."""
    return _hooks_at(client, tracker, project, f"/repos/{project}", page)


def organisation_hooks(client: Client, tracker: str, project: str, owner: str) -> tuple[Webhook, ...] | None:
    """https://docs.github.com/en/rest/orgs/webhooks: owners only, and Apps with *Organization webhooks: read*."""
    page = f"{client.web}/organizations/{owner}/settings/hooks"
    return _hooks_at(client, tracker, project, f"/orgs/{owner}", page)


def _hooks_at(client: Client, tracker: str, project: str, place: str, page: str) -> tuple[Webhook, ...] | None:
    action = f"list the webhooks of {tracker}:{project}"
    try:
        listed = list(client.pages(action, f"{place}/hooks", _HOOKS, project=project))
    except (Denied, Gone):
        return None
    found = [_webhook(hook, page) for hook in listed]
    return tuple(
        _with_last(client, tracker, project, shown, f"{place}/hooks/{hook.id}")
        if shown.reaches(tracker)
        else shown
        for shown, hook in zip(found, listed, strict=True)
        if shown.reaches(tracker) or len(shown.missing) < len(_TRIGGERS)
    )


def _webhook(hook: _Hook, page: str) -> Webhook:
    return _shown(hook.config, frozenset(hook.events), f"{page}/{hook.id}", active=hook.active)


def _shown(config: _Config, events: frozenset[str], page: str, *, active: bool = True) -> Webhook:
    missing = () if "*" in events else tuple(name for event, name in _TRIGGERS.items() if event not in events)
    form = config.content_type != "json"
    return Webhook(page, config.url or "", missing, active, form=form, secret=bool(config.secret))


def _with_last(client: Client, tracker: str, project: str, hook: Webhook, path: str) -> Webhook:
    action = f"read the deliveries of a webhook of {tracker}:{project}"
    answer = client.send(
        action, "GET", f"{path}/deliveries", project=project, query={"per_page": 1}, fine=(403, 404)
    )
    deliveries = [] if answer.status >= 400 else answer.parse(_DELIVERIES, action)
    return _delivered(hook, deliveries)


def _delivered(hook: Webhook, deliveries: list[_Delivery]) -> Webhook:
    last = Delivered(deliveries[0].delivered_at, deliveries[0].status_code) if deliveries else None
    return replace(hook, last=last)


def app_hook(installations: Installations, who: Identity) -> tuple[Webhook, ...] | None:
    """
    Return the webhook that the App has for itself; ``None`` when it has none.

    https://docs.github.com/en/rest/apps/webhooks
    """
    action = "read the App's webhook"
    answer = installations.ask(action, "/app/hook/config")
    if answer.status == 404:
        return None
    if answer.status >= 400:
        raise problem(answer, action)
    config = answer.parse(_CONFIG, action)
    if not config.url:
        return None
    assert who.credential is not None, "an App that was asked about is known"  # noqa: S101
    hook = _shown(config, who.events, who.credential.page)
    told = installations.ask("read the deliveries of the App's webhook", "/app/hook/deliveries?per_page=1")
    deliveries = [] if told.status >= 400 else told.parse(_DELIVERIES, action)
    return (_delivered(hook, deliveries),)
