"""
The production server: uvicorn, in the process that runs everything else.

One thread receives all requests; whoever sends half of one holds a socket, no thread, and only for a while. What
uvicorn does not watch, guest.py and crowd.py do: connections that are silent, or never send all of a request, and
those that are too many. How much memory bodies may take is counted where they are read (web/room.py).
"""

import asyncio
import errno
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn

from tracker_bridge.serving.crowd import Crowd, most_connections
from tracker_bridge.serving.guest import Connection
from tracker_bridge.web.asgi import Application

PATIENCE = 30.0
"""Seconds that a request may take to arrive, and its answer to be given. The forges give up after ten."""

UNDER_WAY = 2
"""Seconds that requests under way get at the end."""

_GLANCE = 0.25
"""Seconds between two glances at what should end."""

_BACKLOG = 256
"""Connections that the system holds until they are accepted; they may come all at once."""


class PortTaken(Exception):
    """The address cannot be listened on. The message says which, and why."""


class _Server(uvicorn.Server):
    """Ends when it is told by this program, which handles the signals itself."""

    def __init__(self, config: uvicorn.Config, told: threading.Event) -> None:
        super().__init__(config)
        self._told = told

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        self.should_exit = self.should_exit or self._told.is_set()
        return await super().on_tick(counter)


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
    app: Application,
    listener: socket.socket,
    told: threading.Event,
    *,
    patience: float = PATIENCE,
    most: int | None = None,
) -> None:
    """
    Serve until ``told`` to end; then finish what is being answered, and close everything.

    ``patience``: seconds that a request may take to arrive. ``most`` connections at once.
    """
    crowd = Crowd(most or most_connections(), time.monotonic)
    config = uvicorn.Config(
        app,
        http=partial(Connection, crowd, app),  # type: ignore[arg-type] # whatever makes one
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=int(PATIENCE),
        timeout_graceful_shutdown=2 * UNDER_WAY,
    )
    asyncio.run(_serve(_Server(config, told), listener, crowd, told, patience))
    app.close()


async def _serve(
    server: uvicorn.Server, listener: socket.socket, crowd: Crowd, told: threading.Event, patience: float
) -> None:
    watching = asyncio.create_task(_watch(crowd, told, patience))
    await server.serve(sockets=[listener])
    watching.cancel()


async def _watch(crowd: Crowd, told: threading.Event, patience: float) -> None:
    while True:
        await asyncio.sleep(_GLANCE)
        crowd.end_late(min(patience, UNDER_WAY) if told.is_set() else patience)
