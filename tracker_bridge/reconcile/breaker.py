"""
How much may be written in an hour: whatever goes round in circles ends here, and only that.

Somebody deletes a comment whenever it comes back; two bridges correct each other; a bug. What is counted are
writes that were carried out, so that a forge that fails for hours does not use them up. Nothing is lost: what is
held back is decided anew when the hour is over, or as soon as there is something new to say.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from math import ceil
from typing import Final

from tracker_bridge.domain.issue.changes import Change, React, kind_of_change
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Held, Observer, Scope, Tripped, silent

SPAN: Final = 3600.0
"""Seconds."""

AGAIN: Final = 10
"""
Times that one and the same change of an issue is made within :data:`SPAN`. Then nothing that was written there
before is written again; what is new is.

Texts grow with the thread, so that none comes back by itself; ten leave room for people who change their minds,
and for a forge that shows late what was written.
"""

REPEATS: Final = 200
"""Changes of a project, in all its issues, that were made within :data:`SPAN` before."""

DOCUMENT: Final = 600
"""Times that a document is written: ten a minute. GitHub takes fewer by itself, 500 of anything in an hour."""

PROJECT: Final = 10_000
"""Writes in a project. A storm of a thousand incidents within the hour takes fewer."""

_FEW: Final = 10_000
"""Counts that are kept without looking which of them are over."""

_WHY: Final[dict[Scope, str]] = {
    "again": f"the same text was written {AGAIN} times within the hour",
    "repeats": f"{REPEATS} changes were repeated within the hour, across the project",
    "document": f"it was written {DOCUMENT} times within the hour",
    "project": f"{PROJECT} changes were made within the hour, across the project",
}
_EVERYTHING: Final[dict[Scope, str]] = {"repeats": "what was written before", "project": "anything"}
"""What is held back all over the project."""

_ADVICE: Final = "someone undoes what the bridge writes, or another bridge works on the same project"

_log = logging.getLogger(__name__)


class Breaker:
    """
    Counts what was written. Safe to use from several threads. ``monotonic`` tells seconds.

    It belongs to a process, as all that is not in the thread.
    """

    def __init__(self, monotonic: Callable[[], float], observe: Observer = silent) -> None:
        self._monotonic = monotonic
        self._observe = observe
        self._written: dict[tuple[object, ...], deque[float]] = {}
        self._most = _FEW
        self._held: dict[tuple[str, str], tuple[float, Held]] = {}
        self._lock = threading.Lock()

    def seconds(self, ref: IssueRef, change: Change) -> float:
        """Return for how long the change is held back; 0 if it may be made. Says so when that begins."""
        kind = kind_of_change(change)
        with self._lock:
            now = self._monotonic()
            scope, wait = self._full(ref, change, now)
            if scope is None:
                return 0.0
            wide = scope in _EVERYTHING
            where = f"{ref.tracker}:{ref.project}" if wide else str(ref)
            key = where, kind if scope == "document" else scope
            held = Held(ref.tracker, ref.project, where, _EVERYTHING.get(scope, kind), wait, _WHY[scope])
            known = self._open(now).get(key)
            self._held[key] = now + wait, known[1] if known else held
        if not known:
            said = "%s: writing paused: %s: %s; %s; retrying in %d min"
            _log.error(said, where, held.what, held.why, _ADVICE, ceil(wait / 60), extra={"ref": str(ref)})
            self._observe(Tripped(ref.tracker, kind, scope))
        return wait

    def made(self, ref: IssueRef, change: Change) -> None:
        """Count a change that was carried out."""
        with self._lock:
            now, project = self._monotonic(), (ref.tracker, ref.project)
            same = self._count(("again", ref, hash(change)), now)
            self._count(("document", ref, _document(change)), now)
            self._count(("project", *project), now)
            if same > 1:
                self._count(("repeats", *project), now)
            if same >= AGAIN:
                self._count(("round", ref), now)
            if len(self._written) > self._most:
                self._written = {key: times for key, times in self._written.items() if self._times(key, now)}
                self._most = max(_FEW, 2 * len(self._written))

    def open(self) -> tuple[Held, ...]:
        """Return what is held back just now."""
        with self._lock:
            now = self._monotonic()
            return tuple(replace(held, seconds=until - now) for until, held in self._open(now).values())

    def _open(self, now: float) -> dict[tuple[str, str], tuple[float, Held]]:
        self._held = {key: one for key, one in self._held.items() if one[0] > now}
        return self._held

    def _full(self, ref: IssueRef, change: Change, now: float) -> tuple[Scope | None, float]:
        """Return which count is full, and for how many seconds yet."""
        project = (ref.tracker, ref.project)
        counts: list[tuple[Scope, tuple[object, ...], int]] = [
            ("document", ("document", ref, _document(change)), DOCUMENT),
            ("project", ("project", *project), PROJECT),
        ]
        if self._times(("again", ref, hash(change)), now):
            counts += [("again", ("round", ref), 1), ("repeats", ("repeats", *project), REPEATS)]
        for scope, key, most in counts:
            times = self._times(key, now)
            if len(times) >= most:
                return scope, times[-most] + SPAN - now
        return None, 0.0

    def _times(self, key: tuple[object, ...], now: float) -> deque[float]:
        times = self._written.get(key, deque())
        while times and now - times[0] >= SPAN:
            times.popleft()
        return times

    def _count(self, key: tuple[object, ...], now: float) -> int:
        times = self._written.setdefault(key, deque(maxlen=PROJECT))
        self._times(key, now).append(now)
        return len(times)


def _document(change: Change) -> object:
    """Return what tells documents apart; a change without one is known by what it does."""
    if isinstance(change, React):
        return React, change.comment
    document = getattr(change, "document", None)
    return document.key if document is not None else type(change)
