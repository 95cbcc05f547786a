"""
Webhooks: what happens in the world goes out over real HTTP, in order, from one thread.

A forge's *writer* words an event for one hook, with headers and signature, at the moment it happens. Targets
must be on loopback: the sandbox never speaks to the outside. A test may hold deliveries back, drop or double
the next ones, and send an old one again.
"""

import http.client
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tracker_bridge.sandbox.world import Event, Hook, World

Message = tuple[dict[str, str], bytes]
Writer = Callable[[Hook, Event], Message | None]

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


@dataclass(slots=True, eq=False)
class Delivery:
    """
    One message on its way, or arrived. ``status`` is the receiver's, 0 until it has answered.

    ``error`` says why there is no answer. ``number`` is its place in the log, ``hook`` whose it is.
    """

    number: int
    hook: int
    at: datetime
    url: str
    headers: dict[str, str]
    body: bytes
    status: int = 0
    error: str = ""


class Hooks:
    """
    The delivery engine of one world. Use it in a ``with``.

    ``timeout`` is what a receiver has to answer, in seconds; nothing is ever tried again by itself.
    """

    def __init__(self, world: World, *, timeout: float = 10.0) -> None:
        self.log: list[Delivery] = []
        self._world = world
        self._timeout = timeout
        self._writers: dict[str, Writer] = {}
        self._queue: deque[Delivery] = deque()
        self._changed = threading.Condition()
        self._busy = self._held = self._closed = False
        self._dropping = self._doubling = 0
        self._thread = threading.Thread(target=self._run, name="sandbox-hooks", daemon=True)

    def __enter__(self) -> Self:
        self._world.listeners.append(self._hear)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._world.listeners.remove(self._hear)
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(self._timeout + 1)

    def register(self, forge: str, writer: Writer) -> None:
        """From now on ``writer`` words the events of ``forge``."""
        self._writers[forge] = writer

    def send(self, hook: Hook, message: Message) -> None:
        """Queue a message that no event has caused, such as a ping."""
        with self._changed:
            self._add(hook.id, hook.url, message)

    def of(self, hook: int) -> list[Delivery]:
        """Return what went out to one hook, the newest first."""
        with self._changed:
            return [one for one in reversed(self.log) if one.hook == hook]

    # For tests

    def hold(self) -> None:
        """Keep everything back until :meth:`release`."""
        with self._changed:
            self._held = True

    def release(self, *, backwards: bool = False) -> None:
        """Send what was held, newest first if ``backwards``."""
        with self._changed:
            if backwards:
                self._queue.reverse()
            self._held = False
            self._changed.notify_all()

    def drop(self, count: int) -> None:
        """Lose the next ``count`` messages; they are in the log, with an error."""
        with self._changed:
            self._dropping = count

    def duplicate(self, count: int) -> None:
        """Send each of the next ``count`` messages twice."""
        with self._changed:
            self._doubling = count

    def redeliver(self, number: int) -> None:
        """Send an old message again, with the same id, as the forges' button does."""
        with self._changed:
            old = self.log[number]
            self._add(old.hook, old.url, (old.headers, old.body))

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until all that was queued is answered. Raise ``TimeoutError`` when it takes too long."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._held or not (self._queue or self._busy), timeout):
                raise TimeoutError(f"{len(self._queue)} webhooks still waiting after {timeout} s")

    # Inside

    def _hear(self, event: Event) -> None:
        project = event.ticket.project
        writer = self._writers.get(project.forge)
        if writer is None:
            return
        for hook in [*project.hooks.values(), *self._world.wide_hooks_of(project)]:
            message = writer(hook, event)
            if message is not None:
                with self._changed:
                    self._add(hook.id, hook.url, message)

    def _add(self, hook: int, url: str, message: Message) -> None:
        copies = 1
        if self._doubling:
            self._doubling -= 1
            copies = 2
        for _ in range(copies):
            delivery = Delivery(len(self.log), hook, self._world.clock(), url, *message)
            self.log.append(delivery)
            if self._dropping:
                self._dropping -= 1
                delivery.error = "dropped"
            else:
                self._queue.append(delivery)
        self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or (self._queue and not self._held))
                if self._closed:
                    return
                delivery = self._queue.popleft()
                self._busy = True
            status, error = _post(delivery, self._timeout)
            with self._changed:
                delivery.status, delivery.error = status, error
                self._busy = False
                self._changed.notify_all()


def _post(delivery: Delivery, timeout: float) -> tuple[int, str]:
    """Return the receiver's status, or 0 and why there is none."""
    try:
        url = urlsplit(delivery.url)
        host, port = url.hostname or "", url.port or 80
    except ValueError as error:
        return 0, str(error)
    if url.scheme != "http" or host not in _LOOPBACK:
        return 0, f"{delivery.url} is not on this machine: the sandbox delivers to http://127.0.0.1 only"
    connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request("POST", target, delivery.body, delivery.headers)
        return connection.getresponse().status, ""
    except (OSError, http.client.HTTPException) as error:
        return 0, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
