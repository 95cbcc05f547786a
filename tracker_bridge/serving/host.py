"""
The production server: waitress, in the process that runs everything else.

The main thread receives all requests at once, and gives one to a thread only when it is there as a whole. Who
sends half a request holds a socket, no thread, and only for a while: waitress ends connections that are silent,
and here those end that send something now and then, but never all, and those that are too many. What nobody would
read is not received.
"""

import errno
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server

from tracker_bridge.serving import crowd

PATIENCE = 30.0
"""Seconds that a request may take to arrive. The forges give up after ten."""

LARGEST = 25 * 1024 * 1024
"""Bytes of a request that are received at all: the largest delivery of GitHub."""

_SMALL = 64 * 1024
"""Bytes that are received in any case: the sender of a small body reads why it was refused."""

_SPARE = 20
"""Connections over the most there may be: those that came since the last glance."""

_SILENCE = 30
"""Seconds without a byte after which a connection is ended."""

_GLANCE = 0.25
"""Seconds between two glances at what should end."""

UNDER_WAY = 2
"""Seconds that requests which are being answered get at the end."""


NeedsBody = Callable[[WSGIEnvironment], bool]
"""Tells whether a request's body is needed, by its method, path and headers."""


class PortTaken(Exception):
    """The address cannot be listened on. The message says which, and why."""


class _Request(HTTPRequestParser):
    """What has arrived of a request, and since when."""

    def __init__(self, adj: Any, wanted: NeedsBody) -> None:
        super().__init__(adj)
        self.begun = time.monotonic()
        self.room = 0
        self._wanted = wanted

    def parse_header(self, header_plus: bytes) -> None:
        """Go on to the application without the body where it is large, and nobody would read it."""
        try:
            super().parse_header(header_plus)
        except ValueError:  # a length of thousands of digits, a broken address
            raise ParsingError("The request's head is malformed") from None
        large = self.chunked or self.content_length > _SMALL
        if large and not self._wanted(_environ(self)):
            self.body_rcv, self.content_length, self.expect_continue = None, 0, False
            self.headers = {**self.headers, "CONNECTION": "close"}
        elif large:
            self.room = LARGEST if self.chunked else min(self.content_length, LARGEST)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one. Raises :class:`PortTaken`."""
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        if listener is not None:
            listener.close()
        reason = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise PortTaken(
            f"Cannot listen on {host}, port {port}: {reason}. Choose another port with --port or the setting port."
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Return where ``listener`` is reached: ``http://127.0.0.1:8080``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run(
    app: WSGIApplication,
    listener: socket.socket,
    told: threading.Event,
    *,
    threads: int,
    wanted: NeedsBody,
    patience: float = PATIENCE,
) -> None:
    """
    Serve until ``told`` to end; then finish what is being answered, and close everything.

    ``threads`` answer requests. ``wanted`` is asked in the main thread, and must be quick. ``patience``: seconds
    that a request may take to arrive.
    """
    sockets: dict[int, Any] = {}
    server: Any = create_server(
        app,
        map=sockets,
        sockets=[listener],
        threads=threads,
        connection_limit=crowd.MOST + _SPARE,
        channel_timeout=_SILENCE,
        cleanup_interval=1,
        max_request_body_size=LARGEST + 1,
        log_socket_errors=False,
        ident=None,
    )
    server.channel_class = _connection(wanted)
    while not told.is_set():
        wasyncore.loop(_GLANCE, use_poll=True, map=sockets, count=1)
        _end_late(server, time.monotonic() - patience)
        _end_excess(server)
    listener.close()
    server.task_dispatcher.shutdown(timeout=UNDER_WAY)
    wasyncore.close_all(sockets)


def _environ(request: Any) -> dict[str, str]:
    """Return what the application will see of the request, as far as it concerns the body."""
    environ = {f"HTTP_{name}": value for name, value in request.headers.items()}
    if "CONTENT_LENGTH" in request.headers:
        environ["CONTENT_LENGTH"] = request.headers["CONTENT_LENGTH"]
    return {**environ, "REQUEST_METHOD": request.command, "PATH_INFO": request.path}


def _connection(wanted: NeedsBody) -> type[HTTPChannel]:
    class Connection(HTTPChannel):
        parser_class = staticmethod(lambda adj: _Request(adj, wanted))  # type: ignore[assignment] # whatever makes one

        @property
        def host(self) -> str:
            return crowd.host_of(self.addr)

        @property
        def room(self) -> int:
            coming = [*self.requests, self.request]
            return sum(one.room for one in coming if isinstance(one, _Request))

        @property
        def waiting(self) -> bool:
            return not self.requests

    return Connection


def _end_late(server: Any, begun_by: float) -> None:
    """End the connections whose request began before that and is still not there."""
    for connection in server.active_channels.values():
        late = connection.request is not None and connection.request.begun < begun_by
        if late and not connection.requests:
            connection.will_close = True


def _end_excess(server: Any) -> None:
    """End what has waited longest where there are too many connections; they are kept in the order they came."""
    here: list[Any] = [one for one in server.active_channels.values() if not one.will_close]
    for connection in crowd.excess(here):
        connection.will_close = True
