"""
GitHub Apps. https://docs.github.com/rest/apps

A bot account is an App: its id is the App's id and the id of its one installation. Its JWT may be signed with
any key, since nobody told the sandbox the right one; all else of it is checked.
"""

import base64
import json
import secrets
import time
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Blueprint, Response, g, request

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.github import shapes
from tracker_bridge.sandbox.github.face import ApiError, Grant, answer, face, page, site, viewer
from tracker_bridge.sandbox.hooks import Delivery
from tracker_bridge.sandbox.world import Account, Hook

routes = Blueprint("apps", __name__)

BY_JWT = frozenset(
    f"api.{name}"
    for name in (
        "apps.get_app",
        "apps.get_installation",
        "apps.create_token",
        "apps.list_installations",
        "apps.list_requests",
        "apps.installation_of_owner",
        "apps.get_hook_config",
        "apps.list_deliveries",
        "named.repositories.get_installation",
        "numbered.repositories.get_installation",
    )
)
"""Endpoints that an App asks with its JWT, and not with a token."""

_HOUR = 3600


def app() -> Account:
    """Return whose JWT this is."""
    claims = _claims(request.headers.get("Authorization", "").partition(" ")[2])
    account = face().world.accounts.get(int(claims.get("iss", 0)))
    if account is None or not account.bot:
        raise ApiError(404, "Integration not found")
    return account


def _claims(token: str) -> dict[str, Any]:
    try:
        header, claims = (json.loads(_decoded(part)) for part in token.split(".")[:2])
        well = header["alg"] == "RS256" and token.count(".") == 2 and bool(_decoded(token.split(".")[2]))
        begins, ends = int(claims["iat"]), int(claims["exp"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ApiError(401, "A JSON web token could not be decoded") from None
    now = time.time()
    if not well or begins > now or ends < now:
        raise ApiError(401, "'Expiration time' claim ('exp') must be a numeric value representing the future time")
    if ends > now + 600:
        raise ApiError(401, "'Expiration time' claim ('exp') is too far in the future")
    return dict(claims)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _integration(account: Account) -> shapes.Json:
    slug = account.login.removesuffix("[bot]")
    return {
        "id": account.id,
        "slug": slug,
        "node_id": shapes.node_id("A", account.id),
        "client_id": f"Iv1.{account.id:016x}",
        "owner": shapes.user(site(), account),
        "name": account.name,
        "description": None,
        "external_url": site(),
        "html_url": f"{site()}/apps/{slug}",
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
        "permissions": account.grants.permissions,
        "events": list(account.grants.events),
        "installations_count": 1,
    }


def installation(account: Account) -> shapes.Json:
    url = f"{site()}/api/v3/app/installations/{account.id}"
    return {
        "id": account.id,
        "account": shapes.user(site(), account),
        "repository_selection": "all",
        "access_tokens_url": f"{url}/access_tokens",
        "repositories_url": f"{site()}/api/v3/installation/repositories",
        "html_url": f"{site()}/settings/installations/{account.id}",
        "app_id": account.id,
        "app_slug": account.login.removesuffix("[bot]"),
        "target_id": account.id,
        "target_type": "Organization",
        "permissions": account.grants.permissions,
        "events": list(account.grants.events),
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
        "single_file_name": None,
        "suspended_by": shapes.user(site(), account) if account.grants.suspended else None,
        "suspended_at": "2026-01-01T00:00:00Z" if account.grants.suspended else None,
    }


@routes.get("/app")
def get_app() -> Response:
    return answer(_integration(viewer()))


@routes.get("/app/hook/config")
def get_hook_config() -> Response:
    """https://docs.github.com/rest/apps/webhooks: the webhook that an App has for itself."""
    hook = viewer().hook
    if hook is None:
        raise ApiError(404, "Not Found")
    return answer(hook_config(hook))


@routes.get("/app/hook/deliveries")
def list_deliveries() -> Response:
    hook = viewer().hook
    return page([] if hook is None else face().sent(hook.id), delivery)


def hook_config(hook: Hook) -> shapes.Json:
    kind = hook.settings.get("content_type", "form")
    config = {"url": hook.url, "content_type": kind, "insecure_ssl": "0"}
    return config | ({"secret": "********"} if hook.secret else {})


def delivery(sent: Delivery) -> shapes.Json:
    taken = 200 <= sent.status < 300
    body = json.loads(sent.body) if sent.headers["Content-Type"] == "application/json" else {}
    return {
        "id": sent.number + 1,
        "guid": sent.headers["X-GitHub-Delivery"],
        "delivered_at": sent.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "redelivery": False,
        "duration": 0.1,
        "status": "OK" if taken else sent.error or "Invalid HTTP Response",
        "status_code": sent.status,
        "event": sent.headers["X-GitHub-Event"],
        "action": body.get("action"),
        "installation_id": None,
        "repository_id": body.get("repository", {}).get("id"),
        "throttled_at": None,
    }


@routes.post("/app/installations/<int:number>/access_tokens")
def create_token(number: int) -> Response:
    account = viewer()
    if account.id != number:
        raise ApiError(404, "Not Found")
    if account.grants.suspended:
        raise ApiError(403, "This installation has been suspended")
    until = int(time.time()) + _HOUR
    token = f"ghs_{account.id}_{face().world.next_id()}"
    face().grants[token] = Grant(account, until)
    expires = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until))
    body = {
        "token": token,
        "expires_at": expires,
        "permissions": account.grants.permissions,
        "repository_selection": "all",
    }
    return answer(body, 201)


@routes.post("/app-manifests/<code>/conversions")
def convert(code: str) -> Response:
    """https://docs.github.com/rest/apps/apps#create-a-github-app-from-a-manifest: nobody has to prove anything."""
    made = face().world.make_app(code)
    if made is None:
        raise ApiError(404, "Not Found")
    owner, account, manifest = made
    hook = manifest.get("hook_attributes")
    if isinstance(hook, dict):
        account.hook = Hook(face().world.next_id(), str(hook["url"]), secret=secrets.token_hex(20))
    private = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    told = _integration(account) | {
        "owner": {"login": owner, "id": 9001, "type": "Organization"},
        "client_secret": secrets.token_hex(20),
        "webhook_secret": account.hook.secret if account.hook else None,
        "pem": private.decode(),
    }
    return answer(told, 201)


@routes.get("/app/installations")
def list_installations() -> Response:
    rows = [viewer()] if viewer().grants.installed else []
    return page(rows, _installed)


@routes.get("/app/installation-requests")
def list_requests() -> Response:
    """https://docs.github.com/rest/apps/apps#list-installation-requests-for-the-authenticated-app"""
    by = viewer().grants.requested_by
    owner = {"login": face().world.owners.get(viewer().id, ""), "id": 9001}
    return page([by] if by else [], lambda who: {"id": 1, "account": owner, "requester": {"login": who, "id": 2}})


@routes.get("/installation/repositories")
def list_repositories() -> Response:
    if not g.installation:
        raise ApiError(403, "You must authenticate with an installation access token")
    world = face().world
    found = [
        one
        for one in world.projects.values()
        if one.forge == "github" and world.access(one, viewer()) >= Access.WRITE
    ]
    rows = [shapes.repository(site(), one) for one in found]
    return answer({"total_count": len(rows), "repository_selection": "all", "repositories": rows})


def _installed(account: Account) -> shapes.Json:
    owner = face().world.owners.get(account.id)
    shown = installation(account)
    return shown | ({"account": {"login": owner, "id": 9001, "type": "Organization"}} if owner else {})


@routes.get("/<any('orgs', 'users'):kind>/<owner>/installation")
def installation_of_owner(kind: str, owner: str) -> Response:
    """https://docs.github.com/rest/apps/apps#get-an-organization-installation-for-the-authenticated-app"""
    here = any(one.path.lower().startswith(f"{owner.lower()}/") for one in face().world.projects.values())
    if kind == "users" or not here or not viewer().grants.installed:
        raise ApiError(404, "Not Found")
    return answer(_installed(viewer()))
