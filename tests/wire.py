"""
Requests without sockets: the forges' own client libraries speak to a switchboard in the same thread.

It is put below urllib3, so that what is repeated, and what is not, is decided by the production code. Nothing
sleeps: a pause and a server that says nothing take time of the virtual clock only.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch
from urllib.parse import unquote

from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, Retry
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import ProtocolError, ReadTimeoutError
from urllib3.response import HTTPResponse
from werkzeug.wrappers import Response

from tracker_bridge.sandbox.faults import Hang
from tracker_bridge.sandbox.switchboard import Switchboard
from tracker_bridge.sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

URL: Final = "http://127.0.0.1:1"
"""Where the switchboard is; nobody listens there."""
_PORT: Final = 1

_SILENCE: Final = 20.0
"""Seconds until a client gives up."""


class Killed(BaseException):
    """The process ends here, as by kill -9."""


Kill = Callable[[str, str], tuple[bool, bool]]
"""Tells, by method and path, whether the client is killed before this request is carried out, and after it."""


def _never(_method: str, _path: str) -> tuple[bool, bool]:
    return False, False


def _stand_still(_seconds: float) -> None:
    """Time that a test does not ask for."""


class Wire:
    """Carries requests to ``switchboard``. ``forward`` passes time, ``kill`` tells where the client is killed."""

    def __init__(
        self, switchboard: Switchboard, forward: Callable[[float], object] = _stand_still, kill: Kill = _never
    ) -> None:
        self.switchboard = switchboard
        self.forward = forward
        self.kill = kill
        self.count = 0

    def carry(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
        """Return the answer; raise what a client meets where there is none, and :class:`Killed`."""
        self.count += 1
        environ = _environ(method, url, body, headers)
        before, after = self.kill(method, environ["PATH_INFO"])
        if before:
            raise Killed
        reply, fault = self.switchboard.respond(environ)
        if after:
            raise Killed
        if isinstance(fault, Hang):
            self.forward(_SILENCE)
            raise ReadTimeoutError(None, url, "Read timed out.")  # type: ignore[arg-type]  # no pool is asked for
        if reply.response is None:
            raise ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
        answer = reply.response.get_data()
        return HTTPResponse(
            io.BytesIO(answer[: len(answer) // 2] if reply.cut else answer),
            _headers(reply.response, len(answer)),
            reply.response.status_code,
            preload_content=False,
            request_method=method,
        )


@contextmanager
def switched(world: World, *, lacking: Mapping[str, Iterable[str]] | None = None) -> Iterator[Switchboard]:
    """Let a switchboard of its own answer for ``world``, as ``Sandbox`` does on a port."""
    switchboard = Switchboard(world, URL, lacking=lacking)
    switchboard.listen()
    with wired(Wire(switchboard)):
        yield switchboard


@contextmanager
def wired(wire: Wire) -> Iterator[None]:
    """Let every request of this process to :data:`URL` go through ``wire``."""
    over_sockets = HTTPConnectionPool._make_request

    def make(
        pool: HTTPConnectionPool,
        connection: Any,
        method: str,
        url: str,
        *,
        body: Any = None,
        headers: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Any:
        if pool.port != _PORT:
            return over_sockets(pool, connection, method, url, body=body, headers=headers, **more)
        raw = body.encode() if isinstance(body, str) else bytes(body or b"")
        return wire.carry(method, url, raw, headers or {})

    pools, ours = HTTPAdapter.get_connection_with_tls_context, HTTPConnectionPool("127.0.0.1", _PORT)

    def pool(adapter: HTTPAdapter, request: PreparedRequest, *more: Any, **named: Any) -> Any:
        to_us = (request.url or "").startswith(f"{URL}/")
        return ours if to_us else pools(adapter, request, *more, **named)

    def sleep(self: Retry, _response: object = None) -> None:
        wire.forward(self.get_backoff_time())

    with (
        patch.object(HTTPConnectionPool, "_make_request", make),
        patch.object(Retry, "sleep", sleep),
        # What is found out at every request, and takes a while:
        patch.object(HTTPAdapter, "get_connection_with_tls_context", pool),
        patch("requests.sessions.get_environ_proxies", lambda *_, **__: {}),
    ):
        yield


def _headers(response: Response, length: int) -> HTTPHeaderDict:
    headers = HTTPHeaderDict(list(response.headers))
    if response.status_code not in {204, 304}:
        headers["Content-Length"] = str(length)
    return headers


def _environ(method: str, url: str, body: bytes, headers: Mapping[str, Any]) -> "WSGIEnvironment":
    path, _, query = url.partition("?")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(path),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "1",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1:1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)),
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        text = value.decode() if isinstance(value, bytes) else str(value)
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = text
    return environ
