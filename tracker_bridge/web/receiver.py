"""
What becomes of a delivery: everything but the transport, so that every server that asks gets the same answers.

In this order: path, method, declared length, headers that could prove it, body up to its cap, signature over the
raw bytes, and only then the tracker parses. What it hints at goes into the queue; the rest is forgotten. An
authentic delivery is always answered with 202, whatever becomes of it: GitLab disables a hook that fails four
times in a row. What could not be kept, the sweep finds.
"""

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import NamedTuple

from tracker_bridge.domain.issue.issue import IssueRef
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


@dataclass(frozen=True)
class Answer:
    """A status and one short line of plain text."""

    status: HTTPStatus
    line: str
    allow: str = ""

    @cached_property
    def body(self) -> bytes:
        return f"{self.line}\n".encode()

    @cached_property
    def headers(self) -> list[tuple[str, str]]:
        length = str(len(self.body))
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", length), *SAFE]
        return [*headers, ("Allow", self.allow)] if self.allow else headers

    @cached_property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """As ASGI has them."""
        return [(name.lower().encode(), value.encode()) for name, value in self.headers]

    @cached_property
    def written(self) -> tuple[bytes, bytes]:
        """As HTTP/1.1 has it: its first line, and what follows the server's own headers."""
        first = f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n".encode()
        headers = b"".join(b"%b: %b\r\n" % header for header in self.raw_headers)
        return first, b"%b\r\n%b" % (headers, self.body)


NOTED = Answer(HTTPStatus.ACCEPTED, "noted")
NOT_POST = Answer(HTTPStatus.METHOD_NOT_ALLOWED, "Deliveries are POSTed here.", allow="POST")
NO_LENGTH = Answer(HTTPStatus.BAD_REQUEST, "The header Content-Length is not a number.")
TOO_LONG = Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is too long.")
FORGED = Answer(HTTPStatus.UNAUTHORIZED, "The signature is missing, malformed or wrong.")


class Outcome(NamedTuple):
    """
    What a delivery is answered with, once ``saved`` is done. If that fails, or takes too long, whoever waits for
    it says so with :meth:`Receiver.not_saved`, and answers all the same.
    """

    answer: Answer
    ref: IssueRef | None = None
    saved: Future[None] | None = None


_DONE = Outcome(NOTED)


@lru_cache(64)
def hook_name(path: str) -> str | None:
    """
    Return what stands behind ``/hooks/``, and may be empty; ``None`` for another path.

    Slashes that are too many do not count: no forge follows a redirect, and a delivery that is refused is lost.
    """
    path = _SLASHES.sub("/", path).removesuffix("/") + "/"
    return path.removeprefix(PATH).removesuffix("/") if path.startswith(PATH) else None


def length_of(declared: str) -> int:
    """Return the number; one that is longer than any body's is as good as another."""
    digits = declared.lstrip("0")[:12]
    return int(digits or "0")


class Receiver:
    """Safe to use from several threads. Headers have lower-case names."""

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        queue: Queue,
        clock: Callable[[], datetime],
        sweep_soon: Callable[[], None],
        refusals: Refusals,
        *,
        settle: timedelta = SETTLE,
        observe: Observer = silent,
        ours: Ours | None = None,
    ) -> None:
        self._ours = ours or Ours()
        self.asks = self._ours.asks
        """Whether :meth:`take` asks somebody else, and so may take a while."""
        self._trackers = trackers
        self._telling = {name: one for name, one in trackers.items() if isinstance(one, Deliveries)}
        self._queue = queue
        self._clock = clock
        self._sweep_soon = sweep_soon
        self._edge = LeadingEdge(settle)
        self._refusals = refusals
        self._observe = observe

    def refusal(self, name: str, method: str, headers: Mapping[str, str]) -> Answer | None:
        """Return the answer that needs no body, if there is one."""
        tracker = self._trackers.get(name)
        if tracker is None:
            return self._unknown()
        if method != "POST":
            return NOT_POST
        declared = headers.get("content-length") or "0"
        if not _LENGTH.fullmatch(declared):
            return NO_LENGTH
        if length_of(declared) > tracker.max_delivery:
            return self.too_long(name)
        return self._unproven(name, tracker, headers)

    def may_prove(self, name: str, headers: Mapping[str, str]) -> bool:
        """Whether there is a body that would make an authentic delivery with these headers. Nobody is told."""
        tracker = self._trackers.get(name)
        try:
            if tracker is not None:
                tracker.precheck(headers)
        except Exception:  # noqa: BLE001 - who is told of it asks once more
            return False
        return tracker is not None

    def cap(self, name: str) -> int:
        """Return the bytes that a body may have."""
        return self._trackers[name].max_delivery

    def too_long(self, name: str) -> Answer:
        """Return the answer to a body that turned out to be longer."""
        self._observe(Delivered(name, "", "too large", self._clock()))
        return TOO_LONG

    def given_up(self, name: str) -> None:
        """Say that a body took too much of what all may take. ``name`` is empty where it was no delivery."""
        self._refusals.log(name or "alerts", "bodies that were being received took more than webhook_memory")
        if name:
            self._observe(Delivered(name, "", "too large", self._clock()))

    def take_whole(self, name: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Judge what was POSTed, all of which is there: what it lacks costs nobody a body any more."""
        tracker = self._trackers.get(name)
        if tracker is None:
            return Outcome(self._unknown())
        if len(body) > tracker.max_delivery:
            return Outcome(self.too_long(name))
        return self.take(name, headers, body)

    def take(self, name: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Judge a delivery that was not refused, and ask for a reconcile if it is worth one."""
        try:
            change = self._trackers[name].parse_webhook(headers, body)
            if change is not None and self._ours.spares(change):
                change = None
            now = self._clock()
            saved = None if change is None else self._submit(change, now)
            self._tell(name, headers, body, change, now)
        except Forged as error:
            return Outcome(self._forged(name, error))
        except Exception:  # noqa: BLE001 - a bug of ours must not disable the tracker's hook
            return Outcome(self._bug(name))
        return _DONE if change is None or saved is None else Outcome(NOTED, change.ref, saved)

    def not_saved(self, ref: IssueRef | None, reason: object) -> None:
        _log.error("%s: a change could not be queued: %s", ref, reason)
        self._sweep_soon()

    def _unknown(self) -> Answer:
        hooks = " or ".join(f"{PATH}{known}" for known in sorted(self._trackers))
        return Answer(HTTPStatus.NOT_FOUND, f"No tracker of that name is configured; deliveries go to {hooks}.")

    def _unproven(self, name: str, tracker: Tracker, headers: Mapping[str, str]) -> Answer | None:
        try:
            tracker.precheck(headers)
        except Forged as error:
            return self._forged(name, error)
        except Exception:  # noqa: BLE001 - a bug of ours must not disable the tracker's hook
            return self._bug(name)
        return None

    def _submit(self, change: IssueChanged, now: datetime) -> Future[None] | None:
        try:
            priority = Priority.TIMER if change.echo else Priority.PERSON
            return self._queue.submit(change, self._edge.due(change.ref, now), priority)
        except QueueError as error:
            self.not_saved(change.ref, error)
            return None

    def _tell(
        self, name: str, headers: Mapping[str, str], body: bytes, change: IssueChanged | None, now: datetime
    ) -> None:
        """Tell whoever watches what became of an authentic delivery."""
        told = self._telling.get(name)
        event = told.event_of(headers) if told else ""
        if change is not None:
            delivered = Delivered(name, event, "taken", now, change.ref.project)
        else:
            project = told.project_of(body) if told else None
            served = project is None or self._trackers[name].serves(project)
            delivered = Delivered(name, event, "nothing of ours" if served else "other project", now, project)
        self._observe(delivered)
        if _log.isEnabledFor(logging.DEBUG):
            id_ = told.delivery_of(headers) if told else ""
            extra = {"ref": str(change.ref) if change else "", "delivery": id_, "project": delivered.project or ""}
            _log.debug("%s: a delivery (%s): %s", name, delivered.event, delivered.outcome, extra=extra)

    def _forged(self, name: str, error: Forged) -> Answer:
        self._refusals.log(name, str(error))
        self._observe(Delivered(name, "", "forged", self._clock()))
        return FORGED

    def _bug(self, name: str) -> Answer:
        _log.exception("%s: unexpected error while receiving a delivery", name)
        self._sweep_soon()
        return NOTED
