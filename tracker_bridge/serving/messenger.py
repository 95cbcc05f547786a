"""What carries messages to the operator's destinations, and lets the threads know what came of them."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from tracker_bridge.domain.incident.outward import Message
from tracker_bridge.domain.issue.dispatches import Sent
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Carried, Observer, silent
from tracker_bridge.queue import QueueError
from tracker_bridge.settings import Settings, demand_libraries
from tracker_bridge.trackers import TrackerError

_log = logging.getLogger(__name__)

LAST_ATTEMPTS: Final = 3.0
"""Seconds that attempts under way get when the bridge stops."""

LAST_RECONCILES: Final = 3.0
"""Seconds after which no further thread is told what came of messages when it stopped."""

SETTLING: Final = 45.0
"""Seconds that a command waits for its messages: an attempt takes at most thirty."""

_ROUNDS: Final = 4
"""What came of a message may be what the next one is about, and so on."""

Reconcile = Callable[[IssueRef], Any]
"""Reconciles an issue, or asks for that."""


class Messenger:
    """
    The courier, and who hears what came of a message: whoever counts them, and the issue that it was about.

    While it serves, a worker is asked to reconcile the issue. A command, and a bridge that stops, do it
    themselves.
    """

    def __init__(self, settings: Settings, observe: Observer = silent) -> None:
        """Raises :class:`BadSettings` where a library is missing."""
        from tracker_bridge.destinations.courier import Courier  # noqa: PLC0415 - only where there are destinations
        from tracker_bridge.destinations.opening import opened  # noqa: PLC0415 - the same

        demand_libraries(settings)
        self.courier = Courier(map(opened, settings.notify), self._told)
        self._reconcile_soon: Reconcile | None = None
        self._reconcile: Reconcile | None = None
        self._observe = observe
        self._untold: dict[IssueRef, None] = {}
        self._lock = threading.Lock()

    def serve(self, reconcile_soon: Reconcile, reconcile: Reconcile) -> None:
        """From now on, ask for a reconcile at once; the last ones are made by ``reconcile``."""
        self._reconcile_soon, self._reconcile = reconcile_soon, reconcile

    def settle(self, reconcile: Reconcile, seconds: float | None = None) -> None:
        """
        Wait until something is known of every message, and let the threads know, which may send more.

        What is not sent after so many ``seconds`` will not be: the threads are told that as well.
        """
        end = time.monotonic() + (SETTLING if seconds is None else seconds)
        for _ in range(_ROUNDS):
            if not self.courier.rest(max(0.0, end - time.monotonic())):
                self.courier.stop(LAST_ATTEMPTS)
            if not self._tell(reconcile):
                return

    def stop(self) -> None:
        """Take nothing more. What waits is told not to have been sent."""
        self._reconcile_soon = None
        self.courier.stop(LAST_ATTEMPTS)

    def tell_the_last(self) -> None:
        """Let threads know what came of messages while it stopped, as far as there is time."""
        if self._reconcile is not None:
            self._tell(self._reconcile, time.monotonic() + LAST_RECONCILES)

    def _told(self, message: Message, sent: Sent) -> None:
        self._observe(Carried(message.destination, sent.outcome.value))
        ref = IssueRef.parse(message.thread)
        reconcile_soon = self._reconcile_soon
        if reconcile_soon is None:
            with self._lock:
                self._untold[ref] = None
            return
        try:
            reconcile_soon(ref)
        except QueueError as error:
            _log.warning("%s: what came of a message is seen at the next sweep: %s", ref, error)

    def _tell(self, reconcile: Reconcile, until: float | None = None) -> bool:
        """Return whether there was anything to tell."""
        with self._lock:
            left, self._untold = self._untold, {}
        for ref in left:
            if until is not None and time.monotonic() > until:
                _log.warning("%s: no time is left to write what came of a message", ref)
                continue
            try:
                reconcile(ref)
            except (TrackerError, QueueError) as error:  # hosts share by their queue what was sent
                _log.warning("%s: what came of a message could not be written: %s", ref, error)
        return bool(left)


@contextmanager
def open_messenger(settings: Settings, observe: Observer = silent) -> Iterator[Messenger | None]:
    """Open what carries messages, where there are destinations. Nothing is connected to."""
    if not settings.notify:
        yield None
        return
    messenger = Messenger(settings, observe)
    try:
        yield messenger
    finally:
        messenger.stop()
