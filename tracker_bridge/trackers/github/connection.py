"""
One connection to GitHub, and what it never does.

PyGithub is the authenticated transport; its objects are not used, since they cost hidden requests.

- Only ``GET`` and ``HEAD`` are ever repeated. PyGithub's default repeats ``POST`` too: doubled comments.
- No redirect is followed. PyGithub follows 301 with every verb, into other repositories, and loses the query.
- Nothing waits for a limit to pass.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from github import Auth, Github
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import HTTPError

from tracker_bridge import __version__
from tracker_bridge.trackers import Gone
from tracker_bridge.trackers._patience import TIMEOUT, Patience, patience
from tracker_bridge.trackers._trouble import unanswered
from tracker_bridge.trackers.github.errors import UNCLEAR, ErrorResponse

API_VERSION = "2022-11-28"
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Moved(Exception):
    """A redirect, which is not followed. ``to`` is where it leads."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


class Redirected(Gone):
    """What was asked for is elsewhere: at ``path``, as GitHub says."""

    def __init__(self, action: str, path: str) -> None:
        super().__init__(
            f"could not {action}: GitHub redirects elsewhere. The issue was transferred, or the repository was "
            "renamed: if so, configure its new name"
        )
        self.path = path


class Unfollowing(Patience):
    """Raises :class:`Moved` for a redirect, which PyGithub would follow with any verb."""

    def is_retry(self, method: str, status_code: int, has_retry_after: bool = False) -> bool:
        if status_code in REDIRECTS:
            return True  # only increment can stop PyGithub from following
        return super().is_retry(method, status_code, has_retry_after)

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        if response is not None and response.status in REDIRECTS:
            response.drain_conn()
            raise Moved(response.headers.get("location", ""))
        if error is not None and method not in (self.allowed_methods or ()):
            raise error  # urllib3 would repeat any verb after some errors
        return super().increment(method, url, response, error, _pool, _stacktrace)


def connect(url: str, auth: Auth.Auth) -> Github:
    """Make a client for one thread (PyGithub#1257: not safe between threads). Sends nothing yet."""
    github = Github(
        auth=auth,
        base_url=url,
        timeout=int(sum(TIMEOUT)),
        user_agent=f"tracker-bridge/{__version__}",
        per_page=100,
        retry=patience(Unfollowing, allowed_methods=frozenset({"GET", "HEAD"})),
        pool_size=1,
        seconds_between_requests=0,
        seconds_between_writes=0,
        lazy=True,
        api_version=API_VERSION,
    )
    # PyGithub asserts one number, and hands it on to requests, which takes two.
    github.requester._Requester__timeout = TIMEOUT  # type: ignore[attr-defined] # noqa: SLF001
    return github


def exchange(
    github: Github,
    action: str,
    verb: str,
    path: str,
    *,
    query: Mapping[str, str | int] | None = None,
    body: Mapping[str, Any] | None = None,
    etag: str = "",
) -> ErrorResponse:
    """Send one request, and return any answer that is not a redirect; 304 where it still has that ``etag``."""
    headers = {"Accept": "application/vnd.github+json"} | ({"If-None-Match": etag} if etag else {})
    try:
        status, told, text = github.requester.requestJson(verb, path, dict(query or {}), headers, body)
    except Moved as moved:
        raise Redirected(action, urlsplit(moved.to).path) from None
    except (
        OSError,
        HTTPError,
    ) as broken:  # requests' own errors are of the former, a missing CA file is a plain one
        raise unanswered(action, github.requester.base_url, broken, UNCLEAR) from None
    return ErrorResponse(status, told, text)
