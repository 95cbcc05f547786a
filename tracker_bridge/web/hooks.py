"""
The receiver of deliveries: a thin WSGI application in front of Flask, which would cost more than the work.

In this order: path, method, declared length, headers that could prove it, body up to its cap, signature over the
raw bytes, and only then the tracker parses. What it hints at goes into the queue; the rest is forgotten. An
authentic delivery is always answered with 202, whatever becomes of it: GitLab disables a hook that fails four
times in a row. What could not be kept, the sweep finds.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from tracker_bridge.events import Delivered, Observer, silent
from tracker_bridge.ours import Ours
from tracker_bridge.queue import Priority, Queue, QueueError
from tracker_bridge.trackers import Deliveries, Forged, IssueChanged, Tracker
from tracker_bridge.web.leading_edge import LeadingEdge
from tracker_bridge.web.refusals import Refusals

_log = logging.getLogger(__name__)

PATH = "/hooks/"
SETTLE = timedelta(milliseconds=250)
"""Between two reconciles of an issue: what a person does at once (a label, a comment) becomes two at most."""

_LENGTH = re.compile("[0-9]+", re.ASCII)
_SLASHES = re.compile("//+")

SAFE = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
)
"""Headers of every answer."""


@dataclass(frozen=True, slots=True)
class HookResponse:
    """A status and one short line of plain text."""

    status: str
    line: str
    allow: str = ""

    def send(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """A HEAD gets the headers only: on a connection that is kept, a body would be the next answer."""
        body = f"{self.line}\n".encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *SAFE]
        if self.allow:
            headers.append(("Allow", self.allow))
        start_response(self.status, headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


_NOTED = HookResponse("202 Accepted", "noted")
_NOT_POST = HookResponse("405 Method Not Allowed", "Deliveries are POSTed here.", allow="POST")
_NO_LENGTH = HookResponse("400 Bad Request", "The header Content-Length is not a number.")
_TOO_LONG = HookResponse("413 Content Too Large", "The body is too long.")
_FORGED = HookResponse("401 Unauthorized", "The signature is missing, malformed or wrong.")


class Hooks:
    """
    Answers ``/hooks/<tracker>``; everything else goes to the application ``behind``.

    Slashes that are too many do not count: no forge follows a redirect, and a delivery that is refused is lost.
    """

    def __init__(
        self,
        behind: WSGIApplication,
        trackers: Mapping[str, Tracker],
        queue: Queue,
        clock: Callable[[], datetime],
        sweep_soon: Callable[[], None],
        *,
        settle: timedelta = SETTLE,
        observe: Observer = silent,
        ours: Ours | None = None,
    ) -> None:
        self._ours = ours or Ours()
        self._behind = behind
        self._trackers = trackers
        self._queue = queue
        self._clock = clock
        self._sweep_soon = sweep_soon
        self._edge = LeadingEdge(settle)
        self._refusals = Refusals(time.monotonic)
        self._observe = observe

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        name = _name(environ)
        if name is None:
            return self._behind(environ, start_response)
        return self._answer(name, environ).send(environ, start_response)

    def wants_body(self, environ: WSGIEnvironment) -> bool:
        """Tell whether a request with that method, path and headers can only be answered with its body."""
        name = _name(environ)
        try:
            return name is not None and self._refusal(name, environ) is None
        except Forged:
            return False

    def _answer(self, name: str, environ: WSGIEnvironment) -> HookResponse:
        try:
            answer = self._refusal(name, environ) or self._receive(self._trackers[name], environ)
        except Forged as error:
            self._refusals.log(name, str(error))
            self._observe(Delivered(name, "", "forged"))
            return _FORGED
        except Exception:  # noqa: BLE001 - a bug of ours must not disable the tracker's hook
            _log.exception("%s: unexpected error while receiving a delivery", name)
            self._sweep_soon()
            return _NOTED
        if answer is _TOO_LONG:
            self._observe(Delivered(name, "", "too large"))
        return answer

    def _refusal(self, name: str, environ: WSGIEnvironment) -> HookResponse | None:
        """Return the answer that needs no body, if there is one. Raises :class:`Forged`."""
        tracker = self._trackers.get(name)
        if tracker is None:
            hooks = " or ".join(f"{PATH}{known}" for known in sorted(self._trackers))
            return HookResponse(
                "404 Not Found", f"No tracker of that name is configured; deliveries go to {hooks}."
            )
        if environ["REQUEST_METHOD"] != "POST":
            return _NOT_POST
        declared = environ.get("CONTENT_LENGTH")
        if declared and not _LENGTH.fullmatch(declared):
            return _NO_LENGTH
        if declared and _length(declared) > tracker.max_delivery:
            return _TOO_LONG
        tracker.precheck(_headers(environ))
        return None

    def _receive(self, tracker: Tracker, environ: WSGIEnvironment) -> HookResponse:
        body = _body(environ, tracker.max_delivery)
        if body is None:
            return _TOO_LONG
        headers = _headers(environ)
        change = tracker.parse_webhook(headers, body)
        if change is not None and self._ours.spares(change):
            change = None
        if change is not None:
            self._add(change)
        delivered = _about(tracker, headers, body, change)
        self._observe(delivered)
        name = tracker.delivery_of(headers) if isinstance(tracker, Deliveries) else ""
        told = {"ref": str(change.ref) if change else "", "delivery": name, "project": delivered.project or ""}
        _log.debug("%s: a delivery (%s): %s", tracker.name, delivered.event, delivered.outcome, extra=told)
        return _NOTED

    def _add(self, change: IssueChanged) -> None:
        try:
            priority = Priority.TIMER if change.echo else Priority.PERSON
            self._queue.add(change, self._edge.due(change.ref, self._clock()), priority)
        except QueueError as error:
            _log.error("%s: a change could not be queued: %s", change.ref, error)
            self._sweep_soon()


def _name(environ: WSGIEnvironment) -> str | None:
    """Return what stands behind ``/hooks/``, and may be empty; ``None`` for another path."""
    path = _SLASHES.sub("/", environ.get("PATH_INFO", "")).removesuffix("/") + "/"
    return path.removeprefix(PATH).removesuffix("/") if path.startswith(PATH) else None


def _headers(environ: WSGIEnvironment) -> dict[str, str]:
    """Return the request's headers in lower case, but for its type and length."""
    return {
        name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
    }


def _about(tracker: Tracker, headers: Mapping[str, str], body: bytes, change: IssueChanged | None) -> Delivered:
    """Return what became of an authentic delivery."""
    told = tracker if isinstance(tracker, Deliveries) else None
    event = told.event_of(headers) if told else ""
    if change is not None:
        return Delivered(tracker.name, event, "taken", change.ref.project)
    project = told.project_of(body) if told else None
    served = project is None or project.casefold() in {one.casefold() for one in tracker.projects}
    return Delivered(tracker.name, event, "nothing of ours" if served else "other project", project)


def _length(declared: str) -> int:
    """Return the number; one that is longer than any body's is as good as another."""
    digits = declared.lstrip("0")[:12]
    return int(digits or "0")


def _body(environ: WSGIEnvironment, cap: int) -> bytes | None:
    """
    Read the body; ``None`` when it is longer than ``cap``.

    Without a length, it is read to its end if the server marks that (chunked), and empty otherwise.
    """
    declared = environ.get("CONTENT_LENGTH")
    endless = cap + 1 if environ.get("wsgi.input_terminated") else 0
    parts, left = [], _length(declared) if declared else endless
    while left > 0 and (part := environ["wsgi.input"].read(left)):
        parts.append(part)
        left -= len(part)
    body = b"".join(parts)
    return body if len(body) <= cap else None
