"""Carries messages to their destinations: a lane for each, so that one that hangs holds up nobody but itself."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from tracker_bridge.destinations import Destination
from tracker_bridge.destinations.attempts import failed
from tracker_bridge.destinations.lane import Lane, Wait
from tracker_bridge.domain.incident.outward import Message
from tracker_bridge.domain.issue.dispatches import Outcome, Sent
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Underway

_log = logging.getLogger(__name__)

MOST_KNOWN: Final = 2_000
"""Issues of which it is known what came of their messages; the thread remembers it as well, a reconcile later."""

Told = Callable[[Message, Sent], None]


def _nobody(_message: Message, _sent: Sent) -> None:
    """Tell nobody."""


class Courier:
    """
    Takes messages and returns at once. ``told`` hears what came of each, in the thread of its lane.

    A message is carried once, whoever submits it again: while it waits, and after it is known what came of it.
    """

    def __init__(
        self,
        destinations: Iterable[Destination],
        told: Told = _nobody,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = threading.Condition.wait,
    ) -> None:
        self._told = told
        self._clock = clock
        self._lanes = {one.name: Lane(one, self._done, clock, wait) for one in destinations}
        self._known: OrderedDict[str, dict[tuple[str, str], Sent | None]] = OrderedDict()
        self._telling = 0
        self._changed = threading.Condition()

    def submit(self, message: Message, handle: str | None) -> None:
        """Take a message; ``handle`` is what the service knows an earlier one by."""
        name = message.destination, message.key
        with self._changed:
            known = self._known.setdefault(message.thread, {})
            self._known.move_to_end(message.thread)
            if name in known:
                return
            known[name] = None
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        lane = self._lanes.get(message.destination)
        if lane is None:
            self._done(message, failed("there is no such destination"))
        elif refused := lane.put(message, handle):
            self._done(message, failed(refused))

    def outcomes(self, ref: IssueRef) -> dict[tuple[str, str], Sent]:
        """Return what came of messages about an issue, by destination and key."""
        with self._changed:
            known = self._known.get(str(ref), {})
            return {name: sent for name, sent in known.items() if sent is not None}

    def underway(self) -> Sequence[Underway]:
        """Return what waits for each destination."""
        return [Underway(name, *lane.standing()) for name, lane in self._lanes.items()]

    def rest(self, seconds: float) -> bool:
        """
        Wait until something is known of every message, and was told; return whether that is so within so many
        seconds.
        """
        with self._changed:
            return self._changed.wait_for(self._at_rest, seconds)

    def stop(self, seconds: float) -> None:
        """Take nothing more. Attempts under way get so many seconds; what waits is told not to have been sent."""
        for lane in self._lanes.values():
            lane.stop()
        end = self._clock() + seconds
        for name, lane in self._lanes.items():
            if not lane.join(max(0.0, end - self._clock())):
                _log.warning("destination %s did not answer before the bridge stopped", name)

    def _at_rest(self) -> bool:
        return not self._telling and all(
            sent is not None for known in self._known.values() for sent in known.values()
        )

    def _done(self, message: Message, sent: Sent) -> None:
        with self._changed:
            self._known.setdefault(message.thread, {})[message.destination, message.key] = sent
            self._telling += 1
        if sent.outcome is not Outcome.DELIVERED:
            _log.warning(
                "%s: a message to %s: %s, %s", message.thread, message.destination, sent.outcome.value, sent.reason
            )
        try:
            self._told(message, sent)
        except Exception:  # noqa: BLE001 - who is told of a message must not end the lane of all others
            _log.exception("%s: what came of a message could not be told: unexpected error", message.thread)
        finally:
            with self._changed:
                self._telling -= 1
                self._changed.notify_all()
