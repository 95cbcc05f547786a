"""One request to a source: bounded in time and size, and its address and tokens are shown nowhere."""

import json
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.util.connection import create_connection

from tracker_bridge import __version__
from tracker_bridge.on_call.aside import Unreadable
from tracker_bridge.reach import FORBIDDEN, Unreachable, addresses_of, is_number, is_reachable

SECONDS: Final = 10.0
MOST_BYTES: Final = 2 * 1024 * 1024 + 1
"""One more than a calendar may have."""

_MOVED: Final = (301, 302, 303, 307, 308)
_MOST_MOVES: Final = 3
_CONNECT: Final = 5.0
_AGENT: Final = f"tracker-bridge/{__version__}"


@dataclass(frozen=True, slots=True)
class Got:
    """An answer. ``content`` is ``None`` where nothing changed since the ``tags`` that were sent."""

    content: bytes | None
    tags: Mapping[str, str] = field(default_factory=dict)


def get(url: str, tags: Mapping[str, str] | None = None, *, seconds: float = SECONDS) -> Got:
    """
    Get what may have moved, such as a calendar; a move from https leads to https only.

    ``tags`` are the headers that ask whether it changed. Raises :class:`Unreadable`.
    """
    over = time.monotonic() + seconds
    for _ in range(_MOST_MOVES + 1):
        with _asked("GET", url, over, headers={"User-Agent": _AGENT, **(tags or {})}) as answer:
            if answer.status_code == 304:
                return Got(None, tags or {})
            if answer.status_code not in _MOVED:
                return Got(_content(answer, over), _tags(answer.headers))
            moved = urljoin(url, answer.headers.get("Location", ""))
        if urlsplit(moved).scheme != "https" and urlsplit(url).scheme == "https":
            raise Unreadable("it moved to an address that is not https")
        url = moved
    raise Unreadable("it moved too often")


def ask(method: str, url: str, *, seconds: float = SECONDS, **parts: Any) -> Any:
    """
    Return the JSON that a service answers; it is not followed elsewhere. ``parts`` are those of a request.

    Raises :class:`Unreadable`.
    """
    over = time.monotonic() + seconds
    parts["headers"] = {"User-Agent": _AGENT, **parts.get("headers", {})}
    with _asked(method, url, over, **parts) as answer:
        content = _content(answer, over)
    try:
        return json.loads(content)
    except ValueError:
        raise Unreadable("the answer is no JSON") from None


def _asked(method: str, url: str, over: float, **parts: Any) -> requests.Response:
    left = max(over - time.monotonic(), 0.1)
    host = urlsplit(url).hostname or ""
    if is_number(host) and not is_reachable(host):  # a proxy is not asked for it either
        raise Unreadable(FORBIDDEN)
    try:
        with requests.Session() as session:
            session.mount("http://", _Careful())
            session.mount("https://", _Careful())
            return session.request(
                method, url, timeout=(min(left, _CONNECT), left), allow_redirects=False, stream=True, **parts
            )
    except Unreachable as error:
        raise Unreadable(str(error)) from None
    except requests.Timeout:
        raise Unreadable("no answer in time") from None
    except (requests.RequestException, ValueError) as error:
        raise Unreadable(f"no connection ({type(error).__name__})") from None


def _connected(connection: HTTPConnection) -> socket.socket:
    """Connect to an address that is talked to, the very one that was looked at."""
    trouble: OSError | None = None
    for _, where in addresses_of(connection.host, connection.port, _CONNECT):
        try:
            options = connection.socket_options
            return create_connection((where, connection.port), connection.timeout, socket_options=options)
        except OSError as error:
            trouble = error
    if isinstance(trouble, TimeoutError):
        raise ConnectTimeoutError(connection, "no connection in time")
    raise NewConnectionError(connection, "no connection")


class _Plain(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _Secure(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connected(self)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class _Careful(HTTPAdapter):
    """Connects to addresses that are talked to only; of proxies, it is the operator who says which."""

    def init_poolmanager(self, *args: Any, **keywords: Any) -> None:
        super().init_poolmanager(*args, **keywords)
        self.poolmanager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}


def _content(answer: requests.Response, over: float) -> bytes:
    """Read an answer that says yes, up to the bounds."""
    if answer.status_code != 200:
        raise Unreadable(f"answered {answer.status_code}")
    found = bytearray()
    try:
        for part in answer.iter_content(16 * 1024):
            found += part
            if len(found) >= MOST_BYTES:
                raise Unreadable("the answer is larger than 2 MB")
            if time.monotonic() > over:
                raise Unreadable("the answer did not end in time")
    except requests.RequestException as error:
        raise Unreadable(f"the answer broke off ({type(error).__name__})") from None
    return bytes(found)


def _tags(headers: Mapping[str, str]) -> dict[str, str]:
    pairs = (("If-None-Match", headers.get("ETag")), ("If-Modified-Since", headers.get("Last-Modified")))
    return {name: value for name, value in pairs if value}
