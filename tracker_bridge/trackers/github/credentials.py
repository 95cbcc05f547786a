"""How the bridge signs its requests: with a token, or as a GitHub App."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from github import Auth, Github
from pydantic import AwareDatetime, BaseModel, TypeAdapter

from tracker_bridge.http_time import seconds_of
from tracker_bridge.trackers import Denied
from tracker_bridge.trackers.github.connection import Redirected, exchange
from tracker_bridge.trackers.github.errors import ErrorResponse, problem

EARLY = 120.0
"""Seconds. An installation's token is renewed this long before its hour is over."""


@dataclass(frozen=True, slots=True)
class Token:
    """A personal access token."""

    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class App:
    """A GitHub App. Without ``installation_id`` the installation is looked up for each repository."""

    app_id: str
    private_key: str = field(repr=False)
    installation_id: int | None = None


class _Installation(BaseModel):
    id: int


class _AccessToken(BaseModel):
    token: str
    expires_at: AwareDatetime


@dataclass(frozen=True, slots=True)
class _Minted:
    """A token, and until when to use it, by the monotonic clock."""

    token: str = field(repr=False)
    until: float


class _Slug(BaseModel):
    slug: str


_NUMBERED = re.compile(r"/repositories/[0-9]{1,18}/installation$")
_INSTALLATION = TypeAdapter(_Installation)
_ACCESS_TOKEN = TypeAdapter(_AccessToken)
_SLUG = TypeAdapter(_Slug)


def expiry(headers: Mapping[str, str]) -> datetime | None:
    """Read when a token ends: ``2027-10-12 09:00:00 UTC``, or the same with an offset."""
    told = headers.get("github-authentication-token-expiration", "").removesuffix(" UTC")
    try:
        at = datetime.fromisoformat(told.replace(" +", "+").replace(" -", "-"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@lru_cache(maxsize=4)
def signing(app_id: str, private_key: str) -> Auth.AppAuth:
    """
    Return what signs as an App. Raises whatever cryptography raises for a key that is none, perhaps with the key.

    A key is read once: that takes thirty times as long as signing with it, because all of its numbers are checked.
    """
    key = load_pem_private_key(private_key.encode(), None)
    return Auth.AppAuth(app_id, lambda: key)  # type: ignore[arg-type, return-value] # PyJWT signs with either


class Installations:
    """
    The installations of one App, and their tokens.

    PyGithub mints a token per client and without a lock; here all threads share one per installation. The
    client inside is used under the lock only.
    """

    def __init__(
        self,
        app: App,
        connect: Callable[[Auth.Auth], Github],
        exchange: Callable[..., ErrorResponse] = exchange,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Raise ``ValueError`` when the private key cannot sign. ``exchange`` sends as :func:`connection.exchange`
        does; ``clock`` is monotonic, in seconds.
        """
        try:
            auth = signing(app.app_id, app.private_key)
            auth.create_jwt()
        except Exception:  # noqa: BLE001 -- whatever PyJWT and cryptography raise may quote the key
            raise ValueError(
                "the GitHub App cannot sign: it needs an id, and a private key that is RSA in PEM form"
            ) from None
        self.github = connect(auth)
        self._fixed = app.installation_id
        self._lock = threading.Lock()
        self._ids: dict[str, int] = {}
        self._tokens: dict[int, _Minted] = {}
        self._clock = clock
        self._exchange = exchange

    def id_of(self, project: str) -> int:
        """Return the installation that covers ``project``."""
        if self._fixed is not None:
            return self._fixed
        with self._lock:
            if project not in self._ids:
                action = f"find the App's installation for github:{project}"
                answer = self._of(action, project)
                if answer.status == 404:
                    raise Denied(f"could not {action}: install the App on this repository")
                if answer.status >= 400:
                    raise problem(answer, action)
                self._ids[project] = answer.parse(_INSTALLATION, action).id
            return self._ids[project]

    def of(self, action: str, project: str) -> ErrorResponse:
        """Ask about the installation that covers ``project``, by whatever name that was configured."""
        with self._lock:
            return self._of(action, project)

    def ask(self, action: str, path: str) -> ErrorResponse:
        """Ask as the App itself, and return any answer."""
        with self._lock:
            return self._exchange(self.github, action, "GET", path)

    def token(self, installation: int) -> str:
        with self._lock:
            known = self._tokens.get(installation)
            if known is None or self._clock() >= known.until:
                known = self._tokens[installation] = self._mint(installation)
            return known.token

    def forget(self, installation: int) -> None:
        """Drop what GitHub does not accept any more: the token, and which repositories it was for."""
        with self._lock:
            self._drop(installation)

    def slug(self) -> str:
        """Return the App's name; its account is called ``<slug>[bot]``."""
        action = "ask GitHub which App this is"
        answer = self.ask(action, "/app")
        if answer.status >= 400:
            raise problem(answer, action)
        return answer.parse(_SLUG, action).slug

    def _of(self, action: str, project: str) -> ErrorResponse:
        """A renamed repository is asked for by its number, so that the renaming shows where it matters."""
        if project.endswith("/*"):  # all of an owner's
            return self._of_owner(action, project.removesuffix("/*"))
        try:
            return self._exchange(self.github, action, "GET", f"/repos/{project}/installation")
        except Redirected as moved:
            number = _NUMBERED.search(moved.path)
            if number is None:
                raise
            return self._exchange(self.github, action, "GET", number[0])

    def _of_owner(self, action: str, owner: str) -> ErrorResponse:
        answer = self._exchange(self.github, action, "GET", f"/orgs/{owner}/installation")
        if answer.status != 404:
            return answer
        return self._exchange(self.github, action, "GET", f"/users/{owner}/installation")

    def _drop(self, installation: int) -> None:
        self._tokens.pop(installation, None)
        self._ids = {project: id_ for project, id_ in self._ids.items() if id_ != installation}

    def _mint(self, installation: int) -> _Minted:
        """Its time is reckoned by GitHub's clock, where that is told: ours may be wrong, or be set."""
        action = f"get a token for installation {installation} of the App"
        answer = self._exchange(
            self.github, action, "POST", f"/app/installations/{installation}/access_tokens", body={}
        )
        if answer.status == 404:
            self._drop(installation)  # it may have been installed again, under another number
            raise Denied(f"could not {action}: the App is no longer installed there")
        if answer.status >= 400:
            raise problem(answer, action)
        shown = answer.parse(_ACCESS_TOKEN, action)
        now = seconds_of(answer.headers.get("date", "")) or time.time()
        return _Minted(shown.token, self._clock() + shown.expires_at.timestamp() - now - EARLY)


class InstallationAuth(Auth.Auth):
    """What PyGithub asks for the token before every request."""

    def __init__(self, installations: Installations, installation: int) -> None:
        self._installations = installations
        self._installation = installation

    @property
    def token_type(self) -> str:
        return "token"

    @property
    def token(self) -> str:
        return self._installations.token(self._installation)
