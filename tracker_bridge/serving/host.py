"""
The production server: uvicorn, in the process that runs everything else.

One thread receives all requests; whoever sends half of one holds a socket, no thread, and only for a while. What
uvicorn does not watch, guest.py and crowd.py do: connections that are silent, or never send all of a request, and
those that are too many. How much memory bodies may take is counted where they are read (web/room.py).
"""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn

from tracker_bridge.serving.crowd import Crowd, most_connections
from tracker_bridge.serving.guest import Connection
from tracker_bridge.serving.outbox import Outbox
from tracker_bridge.web.asgi import Application

PATIENCE = 30.0
"""Seconds that a request may take to arrive, and its answer to be given. The forges give up after ten."""

UNDER_WAY = 2
"""Seconds that requests under way get at the end."""

_GLANCE = 0.25
"""Seconds between two glances at what should end."""

_BACKLOG = 256
"""Connections that the system holds until they are accepted; they may come all at once."""


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
        http=partial(Connection, crowd, Outbox(), app),  # type: ignore[arg-type] # whatever makes one
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
