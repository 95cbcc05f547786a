"""
Whose credential each tracker has: found out beside everything else, by a process that only receives.

Without it, what the bridge does itself comes back as a delivery that looks like what a person did.
"""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from tracker_bridge.trackers import Telling, Tracker, TrackerError

AGAIN: Final = 30.0
"""Seconds until a forge that did not answer is asked again."""

_log = logging.getLogger(__name__)


@contextmanager
def introduced(trackers: Mapping[str, Tracker]) -> Iterator[None]:
    """Ask until every tracker knows, at most for as long as the context lasts."""
    ended = threading.Event()
    threading.Thread(target=_ask, args=(trackers, ended), name="introducing", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _ask(trackers: Mapping[str, Tracker], ended: threading.Event) -> None:
    left = {
        name: tracker for name, tracker in trackers.items() if isinstance(tracker, Telling) and tracker.projects
    }
    while left and not ended.is_set():
        for name, tracker in [*left.items()]:
            try:
                tracker.viewer(min(tracker.projects))
            except TrackerError as error:
                _log.info("%s: %s; retrying in %d s", name, error, AGAIN)
            else:
                del left[name]
        if left:
            ended.wait(AGAIN)
