"""Who the credential is, and what kind of one: an App, a classic token, a fine-grained one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from tracker_bridge.trackers.facts import Credential
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.credentials import Installations, expiry
from tracker_bridge.trackers.github.errors import ErrorResponse, problem
from tracker_bridge.trackers.github.shapes import ACCOUNT


class _Integration(BaseModel):
    slug: str
    html_url: str
    events: tuple[str, ...] = ()


class _Installation(BaseModel):
    id: int
    html_url: str
    permissions: dict[str, str] = {}
    suspended_at: AwareDatetime | None = None


_INTEGRATION = TypeAdapter(_Integration)
_INSTALLATION = TypeAdapter(_Installation)


@dataclass(frozen=True, slots=True)
class Identity:
    """
    Whose credential it is. ``answer`` is the first one that GitHub gave.

    ``scopes`` of a classic token, ``permissions`` of an installed App; both ``None`` when GitHub does not tell.
    ``events`` are those that the App asked for. ``page``: where the credential is changed.
    """

    answer: ErrorResponse
    page: str
    credential: Credential | None = None
    refusal: str = ""
    mend: str = ""
    scopes: frozenset[str] | None = None
    permissions: Mapping[str, str] | None = None
    events: frozenset[str] = field(default_factory=frozenset)


def of_token(client: Client, project: str) -> Identity:
    action, page = "ask GitHub whose credential this is", f"{client.web}/settings/tokens"
    answer = client.send(action, "GET", "/user", project=project, fine=(401, 403, 404))
    if answer.status == 401:
        refusal = "GitHub does not accept the token (401): it is wrong, was revoked, or has expired"
        return Identity(answer, page, refusal=refusal, mend=f"set a valid one in github.token: {page}")
    if answer.status == 404:
        mend = "correct github.url; that of an Enterprise Server ends in /api/v3"
        return Identity(answer, page, refusal=f"there is no GitHub API at {client.url} (404)", mend=mend)
    if answer.status == 403:
        refusal = "the token belongs to no account (403), like that of a workflow"
        return Identity(answer, page, refusal=refusal, mend=f"use an App, or a token of an account: {page}")
    told = answer.headers.get("x-oauth-scopes", "")
    scopes = frozenset(scope.strip() for scope in told.split(",")) if told.strip() else None
    kind = "a token with scopes" if scopes else "a fine-grained token"
    login = answer.parse(ACCOUNT, action).login
    return Identity(answer, page, Credential(login, kind, page, expiry(answer.headers)), scopes=scopes)


def of_app(client: Client, installations: Installations, project: str) -> Identity:
    """https://docs.github.com/en/rest/apps/apps#get-the-authenticated-app"""
    action, page = "ask GitHub which App this is", f"{client.web}/settings/apps"
    answer = installations.ask(action, "/app")
    if answer.status in (401, 404):
        refusal = f"GitHub does not accept the App's signature ({answer.status})"
        mend = f"compare github.app_id and github.private_key with {page}; a wrong clock has the same effect"
        return Identity(answer, page, refusal=refusal, mend=mend)
    if answer.status >= 400:
        raise problem(answer, action)
    app = answer.parse(_INTEGRATION, action)
    credential = Credential(f"{app.slug}[bot]", f"the GitHub App {app.slug}", app.html_url)
    action = f"find the App's installation for github:{project}"
    found = installations.of(action, project)
    if found.status == 404:
        refusal, mend = "the App is not installed there", f"install it: {app.html_url}/installations/new"
        return Identity(answer, app.html_url, credential, refusal, mend)
    if found.status >= 400:
        raise problem(found, action)
    installation = found.parse(_INSTALLATION, action)
    if installation.suspended_at is not None:
        refusal, mend = "the App's installation is suspended", f"unsuspend it: {installation.html_url}"
        return Identity(answer, installation.html_url, credential, refusal, mend)
    return Identity(
        answer,
        installation.html_url,
        credential,
        permissions=installation.permissions,
        events=frozenset(app.events),
    )
