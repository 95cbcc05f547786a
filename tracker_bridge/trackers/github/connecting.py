"""
Making an App, and finding out where it is installed: what is asked before there is a project.

https://docs.github.com/en/rest/apps/apps
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import quote

import requests
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from tracker_bridge.trackers.github.credentials import signing

T = TypeVar("T")

_TIMEOUT: Final = (3.05, 15.0)
_PAGE: Final = 100
_MOST_PAGES: Final = 50


class ConnectError(Exception):
    """GitHub refused, or did not answer. The message says what was asked, and holds no secret."""


class _Owner(BaseModel):
    login: str


class Made(BaseModel):
    """What GitHub tells of an App once, and never again."""

    id: int
    slug: str
    html_url: str
    owner: _Owner
    pem: SecretStr
    webhook_secret: SecretStr | None = None
    permissions: dict[str, str] = {}


class Installation(BaseModel):
    """Where an App is installed. ``repository_selection`` is ``all`` or ``selected``."""

    id: int
    account: _Owner
    repository_selection: str = "selected"
    suspended_at: str | None = None


class Asked(BaseModel):
    """Somebody asked that an App be installed, and an owner has to agree."""

    account: _Owner
    requester: _Owner


class _Repository(BaseModel):
    full_name: str
    archived: bool = False


class _Repositories(BaseModel):
    repositories: list[_Repository]


class _Token(BaseModel):
    token: SecretStr


@dataclass(frozen=True, slots=True)
class AppKey:
    """By what an App proves itself."""

    app_id: int
    private_key: str


class Connecting:
    """Asks one GitHub. Every verb may raise :class:`ConnectError`."""

    def __init__(self, api: str, user_agent: str) -> None:
        self._api = api
        self._session = requests.Session()
        self._session.headers.update(
            {
                "Accept": "application/vnd.github+json",
                "User-Agent": user_agent,
                "X-GitHub-Api-Version": "2022-11-28",
            }
        )

    def made(self, code: str) -> Made:
        """Exchange the code, which is good for an hour and once."""
        path = f"/app-manifests/{quote(code, safe='')}/conversions"
        return _read(TypeAdapter(Made), self._send("fetch the new App's credentials", "POST", path))

    def installations(self, key: AppKey) -> list[Installation]:
        found = self._pages("list where the App is installed", "/app/installations", self._jwt(key))
        return _read(TypeAdapter(list[Installation]), found)

    def asked(self, key: AppKey) -> list[Asked]:
        """Return the requests to install it that wait for an owner."""
        found = self._pages("list who asked for the App", "/app/installation-requests", self._jwt(key))
        return _read(TypeAdapter(list[Asked]), found)

    def repositories(self, key: AppKey, installation: int) -> list[str]:
        """Return the repositories of an installation that are not archived."""
        path = f"/app/installations/{installation}/access_tokens"
        told = self._send("get a token", "POST", path, self._jwt(key))
        token = _read(TypeAdapter(_Token), told).token.get_secret_value()
        found: list[_Repository] = []
        for page in range(1, _MOST_PAGES + 1):
            query = f"/installation/repositories?per_page={_PAGE}&page={page}"
            part = _read(TypeAdapter(_Repositories), self._send("list the repositories", "GET", query, token))
            found += part.repositories
            if len(part.repositories) < _PAGE:
                break
        return [one.full_name for one in found if not one.archived]

    def close(self) -> None:
        self._session.close()

    def _jwt(self, key: AppKey) -> str:
        try:
            return signing(str(key.app_id), key.private_key).create_jwt()
        except Exception:  # noqa: BLE001 - whatever PyJWT and cryptography raise may quote the key
            raise ConnectError("the App's private key cannot sign") from None

    def _pages(self, action: str, path: str, credential: str) -> list[Any]:
        found: list[Any] = []
        for page in range(1, _MOST_PAGES + 1):
            part = self._send(action, "GET", f"{path}?per_page={_PAGE}&page={page}", credential)
            if not isinstance(part, list):
                raise ConnectError(f"could not {action}: the answer is malformed")
            found += part
            if len(part) < _PAGE:
                break
        return found

    def _send(self, action: str, verb: str, path: str, credential: str = "") -> Any:
        headers: Mapping[str, str] = {"Authorization": f"Bearer {credential}"} if credential else {}
        try:
            answer = self._session.request(
                verb, f"{self._api}{path}", headers=headers, timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise ConnectError(
                f"could not {action}: no answer from {self._api} ({type(error).__name__})"
            ) from None
        if answer.status_code >= 300:
            raise ConnectError(f"could not {action}: {self._api} answered {answer.status_code}{_why(answer)}")
        try:
            return answer.json()
        except ValueError:
            raise ConnectError(f"could not {action}: the answer is not JSON") from None


def _why(answer: requests.Response) -> str:
    try:
        message = answer.json().get("message", "")
    except (ValueError, AttributeError):
        return ""
    return f" ({message})" if isinstance(message, str) and message.isprintable() else ""


def _read(shape: TypeAdapter[T], told: Any) -> T:
    try:
        return shape.validate_python(told)
    except ValidationError:
        raise ConnectError("GitHub's answer is malformed") from None
