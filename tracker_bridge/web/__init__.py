"""
HTTP in: deliveries of the trackers, and the questions of whoever keeps the bridge running.

POST /hooks/<tracker>   a delivery: receiver.py, behind asgi.py (serve) or hooks.py (any WSGI server)
POST /alerts/<name>     alerts of a monitoring; alerts.py
GET  /healthz           does the process answer?
GET  /readyz            can it take deliveries? Not: can the trackers be reached; their hooks would be lost
GET  /health, /metrics  how is it doing? operator.py; for this machine, or with a token
GET  /status/           the public status page; status.py
GET  /                  the board, for those who work on incidents; board.py
"""

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from tracker_bridge.events import Observer, silent
from tracker_bridge.ours import Ours
from tracker_bridge.queue import Queue, QueueError
from tracker_bridge.trackers import Tracker
from tracker_bridge.web.alerts import alerts as alert_pages
from tracker_bridge.web.alerts import wanted
from tracker_bridge.web.asgi import Application
from tracker_bridge.web.board import Desk, board_pages
from tracker_bridge.web.hooks import Hooks
from tracker_bridge.web.operator import Window, pages
from tracker_bridge.web.receiver import SAFE, SETTLE, Receiver
from tracker_bridge.web.refusals import Refusals
from tracker_bridge.web.room import Room
from tracker_bridge.web.status import Shown, status_pages

if TYPE_CHECKING:
    from tracker_bridge.intake.reception import Reception

_log = logging.getLogger(__name__)


def create_app(
    trackers: Mapping[str, Tracker],
    queue: Queue,
    *,
    clock: Callable[[], datetime],
    sweep_soon: Callable[[], None],
    settle: timedelta = SETTLE,
    observe: Observer = silent,
    window: Window | None = None,
    ours: Ours | None = None,
    alerts: "Reception | None" = None,
    status: Shown | None = None,
    board: Desk | None = None,
) -> Flask:
    """
    Return the WSGI application. Its extensions ``receiver`` and ``wanted`` are for :func:`asynchronous`.

    ``sweep_soon`` is called when a delivery may have been lost. A reconcile is due at once, and the next one
    ``settle`` later, so that a burst of deliveries is answered by two. ``observe`` is told of deliveries;
    ``window`` is what operators see. ``ours`` tells which deliveries need no reconcile. ``alerts`` answers sources
    of alerts, if there are any. ``status`` is the public status page, and ``board`` the board, where they
    are shown.
    """
    app = Flask(__name__, static_folder=None)
    refusals = Refusals(time.monotonic)
    receiver = Receiver(trackers, queue, clock, sweep_soon, refusals, settle=settle, observe=observe, ours=ours)
    app.wsgi_app = Hooks(app.wsgi_app, receiver)  # type: ignore[method-assign] # Flask's own way
    app.extensions["receiver"] = receiver
    app.extensions["wanted"] = partial(wanted, alerts)
    window = window or Window()
    app.register_blueprint(pages(window))
    app.register_blueprint(alert_pages(alerts, observe, refusals))
    app.register_blueprint(status_pages(status))
    app.register_blueprint(board_pages(board))

    @app.get("/healthz")
    def healthz() -> Response:
        return _line(200, "alive")

    @app.get("/readyz")
    def readyz() -> Response:
        try:
            unsaved = queue.stats().unsaved
        except QueueError as error:
            _log.warning("not ready: %s", error)
            return _line(503, "The queue cannot be used; see the log.")
        if unsaved:
            return _line(200, "ready, but a restart would lose the queue; see the log")
        said = "; ".join(window.complaints())
        return _line(200, f"ready, but {said}; see the log and /health" if said else "ready")

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        return _line(error.code or 500, error.name)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        _log.error("a page failed", exc_info=error)
        return _line(500, "Something went wrong; see the log.")

    @app.after_request
    def keep_safe(response: Response) -> Response:
        for name, value in SAFE:
            response.headers.setdefault(name, value)
        return response

    return app


def asynchronous(app: Flask, *, threads: int, mebibytes: int = 64) -> Application:
    """Return the same for ASGI: with ``threads`` for its pages, and so much memory for bodies on their way."""
    room = Room(mebibytes * 1024 * 1024)
    receiver, wanted_bytes = app.extensions["receiver"], app.extensions["wanted"]
    return Application(receiver, app, wanted_bytes, threads=threads, room=room)


def _line(status: int, text: str) -> Response:
    return Response(f"{text}\n", status, mimetype="text/plain")
