"""
A threaded HTTP/1.1 server on loopback that keeps connections open, can hang up on purpose, and closes cleanly.

Werkzeug's own closes every connection after one answer, which no forge does, and cannot break off one.
"""

import io
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out: a whole ``response``, half of it when ``cut``, or nothing at all."""

    response: Response | None
    cut: bool = False


class Listener(ThreadedWSGIServer):
    """
    Serve ``reply`` on 127.0.0.1; port 0 takes any free one, ``port`` tells which.

    ``reply`` gets an environment whose body has been read whole. ``ahead``: seconds by which the clock
    in the header ``Date`` is before the right time.
    """

    daemon_threads = False
    block_on_close = True

    def __init__(self, port: int, reply: Callable[["WSGIEnvironment"], Reply]) -> None:
        self.connections: set[socket.socket] = set()
        self.ahead = 0.0
        self.reply = reply
        super().__init__("127.0.0.1", port, _no_application, _Handler)

    def hang_up(self) -> None:
        """Close what clients have left open; their threads end."""
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Listener

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        super().finish()

    def run_wsgi(self) -> None:
        environ = self.make_environ()
        body = Request(environ).get_data()
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        reply = self.server.reply(environ)
        if reply.response is not None:
            self._write(reply.response, cut=reply.cut)
        if reply.response is None or reply.cut:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _write(self, response: Response, *, cut: bool) -> None:
        body = response.get_data()
        self.send_response(response.status_code)
        for name, value in response.headers:
            if name not in {"Content-Length", "Connection"}:
                self.send_header(name, value)
        if response.status_code not in {204, 304}:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(time.time() + self.server.ahead if timestamp is None else timestamp)

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002  # werkzeug's signature
        pass


def _no_application(_: "WSGIEnvironment", __: "StartResponse") -> list[bytes]:
    """The handler asks ``reply`` itself."""
    return []
