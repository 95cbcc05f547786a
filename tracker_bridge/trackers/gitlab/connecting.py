"""
Webhooks of GitLab projects, made and mended. https://docs.gitlab.com/api/project_webhooks/

A hook is known by its address. What the bridge listens to is switched on; what others switched on stays.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeVar
from urllib.parse import quote

import requests
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

T = TypeVar("T")

_TIMEOUT: Final = (3.05, 15.0)
_MOST_PAGES: Final = 100

TRIGGERS: Final = ("issues_events", "confidential_issues_events", "note_events", "confidential_note_events")
OTHERS_OFF: Final = {"push_events": False}
"""What a new hook would send by default, and nobody wants."""


class ConnectError(Exception):
    """GitLab refused, or did not answer. The message says what was asked, and holds no secret."""


class Hook(BaseModel):
    """A webhook, as far as it matters here."""

    id: int
    url: str
    signing_token_present: bool | None = None
    issues_events: bool = False
    confidential_issues_events: bool = False
    note_events: bool = False
    confidential_note_events: bool = False

    @property
    def whole(self) -> bool:
        """Whether it sends all that the bridge listens to."""
        return all(getattr(self, name) for name in TRIGGERS)


class _Project(BaseModel):
    path_with_namespace: str
    archived: bool = False


class Connecting:
    """Asks one GitLab. Every verb may raise :class:`ConnectError`."""

    def __init__(self, site: str, token: SecretStr, user_agent: str) -> None:
        self._api = f"{site.rstrip('/')}/api/v4"
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": user_agent, "PRIVATE-TOKEN": token.get_secret_value()})

    def projects(self, group: str) -> list[str]:
        """Return the projects of a group and of those below it that are not archived."""
        path = f"/groups/{quote(group, safe='')}/projects?include_subgroups=true&archived=false"
        found = _read(TypeAdapter(list[_Project]), self._pages(f"list the projects of {group}", path))
        return [one.path_with_namespace for one in found if not one.archived]

    def hook(self, project: str, url: str) -> Hook | None:
        """Return the hook of a project that goes to an address."""
        found = self._pages(f"list the webhooks of {project}", f"{_path(project)}/hooks?")
        hooks: list[Hook] = _read(TypeAdapter(list[Hook]), found)
        return next((one for one in hooks if one.url.rstrip("/") == url.rstrip("/")), None)

    def put_hook(self, project: str, url: str, known: Hook | None, secrets: Mapping[str, SecretStr]) -> Hook:
        """
        Make the hook, or switch on what it lacks. ``secrets`` are set where it is new: a new address or a new hook
        has none.
        """
        wanted: dict[str, Any] = {"url": url, **dict.fromkeys(TRIGGERS, True)}
        if known is None:
            wanted |= {**OTHERS_OFF, **{name: secret.get_secret_value() for name, secret in secrets.items()}}
            told = self._send(f"add a webhook to {project}", "POST", f"{_path(project)}/hooks", wanted)
        else:
            told = self._send(
                f"mend the webhook of {project}", "PUT", f"{_path(project)}/hooks/{known.id}", wanted
            )
        hook: Hook = _read(TypeAdapter(Hook), told)
        return hook

    def test(self, project: str, hook: Hook) -> None:
        """Let GitLab send a test delivery; it says what the bridge answered."""
        action = f"send a test delivery of {project}"
        self._send(action, "POST", f"{_path(project)}/hooks/{hook.id}/test/note_events", {})

    def close(self) -> None:
        self._session.close()

    def _pages(self, action: str, path: str) -> list[Any]:
        found: list[Any] = []
        for page in range(1, _MOST_PAGES + 1):
            part = self._send(action, "GET", f"{path}&per_page=100&page={page}", None)
            found += part if isinstance(part, list) else []
            if not isinstance(part, list) or len(part) < 100:
                break
        return found

    def _send(self, action: str, verb: str, path: str, body: Mapping[str, Any] | None) -> Any:
        try:
            answer = self._session.request(
                verb, f"{self._api}{path}", json=body, timeout=_TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise ConnectError(
                f"could not {action}: no answer from {self._api} ({type(error).__name__})"
            ) from None
        if answer.status_code >= 300:
            raise ConnectError(f"could not {action}: GitLab answered {answer.status_code}{_why(answer)}")
        try:
            return answer.json() if answer.content else None
        except ValueError:
            raise ConnectError(f"could not {action}: the answer is not JSON") from None


def _path(project: str) -> str:
    return f"/projects/{quote(project, safe='')}"


def _why(answer: requests.Response) -> str:
    """Return GitLab's words; one that repeats what was sent could repeat a secret, so only short ones."""
    try:
        message = answer.json().get("message", "")
    except (ValueError, AttributeError):
        return ""
    return f" ({message})" if isinstance(message, str) and message.isprintable() and len(message) < 100 else ""


def _read(shape: TypeAdapter[T], told: Any) -> T:
    try:
        return shape.validate_python(told)
    except ValidationError:
        raise ConnectError("GitLab's answer is malformed") from None
