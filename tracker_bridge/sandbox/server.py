"""
The sandbox on one port: the web page, GitHub's API, GitLab's API, and webhooks going out.

Addresses: pages at ``/``, GitHub at ``/api/v3`` and ``/api/graphql``, GitLab below ``/gitlab``. It listens on
127.0.0.1 only.
"""

import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Self

from tracker_bridge.sandbox.faults import Faults, Hang
from tracker_bridge.sandbox.github import webhooks as github_webhooks
from tracker_bridge.sandbox.gitlab import webhooks as gitlab_webhooks
from tracker_bridge.sandbox.listener import Listener, Reply
from tracker_bridge.sandbox.switchboard import Request, Switchboard, checked
from tracker_bridge.sandbox.world import World

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

__all__ = ["Request", "Sandbox"]

_LONGEST_HANG = 60.0
"""Seconds."""


class Sandbox(Switchboard):
    """Serve one world. Use it in a ``with``; ``port`` 0 takes any free one."""

    def __init__(
        self,
        world: World,
        port: int = 0,
        *,
        faults: Faults | None = None,
        lacking: Mapping[str, Iterable[str]] | None = None,
        keep: int = 20_000,
    ) -> None:
        lacking = checked(lacking)
        self._server = Listener(port, self._reply)
        super().__init__(world, f"http://127.0.0.1:{self._server.port}", faults=faults, lacking=lacking, keep=keep)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="sandbox")

    def set_clock_ahead(self, seconds: float) -> None:
        """Let the clock that answers tell be wrong by so much; that of the world stays."""
        self._server.ahead = seconds

    def __enter__(self) -> Self:
        self.hooks.register("github", github_webhooks.writer(self.world, self.url))
        self.hooks.register("gitlab", gitlab_webhooks.writer(self.gitlab_url))
        self.hooks.__enter__()
        self.listen()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
        self.stop_listening()
        self.hooks.__exit__(kind, error, trace)

    def _reply(self, environ: "WSGIEnvironment") -> Reply:
        reply, fault = self.respond(environ)
        if isinstance(fault, Hang):
            self._closing.wait(_LONGEST_HANG)
        return reply

    def pause(self, seconds: float) -> None:
        self._closing.wait(seconds)
