"""
Run as a program: the production server on loopback, with what ``nothing`` or the ``receiver`` costs behind it.

Arguments: which one, and the path of the queue. Prints the port.
"""

import sys
import threading
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks._delivery import SECRET
from tracker_bridge.events import Listeners, Standing
from tracker_bridge.observability.health import Health
from tracker_bridge.observability.metrics import Meter
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.serving import host, ports
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.web import asynchronous, create_app
from tracker_bridge.web.asgi import Application, Receive, Scope, Send
from tracker_bridge.web.receiver import NOTED, Outcome


class Nothing(Application):
    """Reads a delivery, and answers."""

    def at_once(self, path: str, headers: Mapping[str, str], body: bytes) -> Outcome | None:
        return Outcome(NOTED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = scope["state"]["connection"]
        connection.begun()
        while (await receive()).get("more_body"):
            pass
        await send({"type": "http.response.start", "status": NOTED.status, "headers": NOTED.raw_headers})
        await send({"type": "http.response.body", "body": NOTED.body})
        connection.answered()


def now() -> datetime:
    return datetime.now(UTC)


def serve(kind: str, queue_file: Path) -> None:
    listeners = Listeners()
    tracker = GitHubTracker("https://api.github.invalid", Token("x"), ["acme/api"], [SECRET])
    with closing(tracker), closing(SqliteQueue(queue_file)) as queue, ports.listening("127.0.0.1", 0) as listener:
        projects = {"github": tracker.projects}
        health = Health(queue, projects, now)
        listeners.add(health)
        listeners.add(Meter(queue, projects, now, Standing(), health.kinds))
        web = create_app({"github": tracker}, queue, clock=now, sweep_soon=lambda: None, observe=listeners)
        app = asynchronous(web, threads=1)
        if kind == "nothing":
            app.__class__ = Nothing
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        host.run(app, listener, threading.Event())


if __name__ == "__main__":
    serve(sys.argv[1], Path(sys.argv[2]))
