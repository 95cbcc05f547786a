"""The work on alerts: key after key, each in the order in which its news came; what fails is tried again."""

import logging
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.alerts.notice import Notice
from tracker_bridge.intake.case import Case
from tracker_bridge.intake.place import Tools, place_of
from tracker_bridge.intake.sources import Source
from tracker_bridge.queue import QueueError
from tracker_bridge.queue.journal import Held
from tracker_bridge.trackers import Busy, TrackerError

_log = logging.getLogger(__name__)

_FIRST_WAIT: Final = timedelta(seconds=5)
_MOST_WAIT: Final = timedelta(minutes=5)
_GATHERED: Final = timedelta(minutes=1)
"""In a storm many keys wait for the same reason: each source gets one line in this time."""
_PAUSE: Final = 0.5
"""Seconds between two looks at a journal that had nothing to do."""

Alone = Callable[[str], AbstractContextManager[bool]]
"""Keeps others who share the queue from the same key meanwhile."""


class Desk:
    """Carries out what the journal holds, in one thread of its own."""

    def __init__(self, tools: Tools, sources: Mapping[str, Source], alone: Alone) -> None:
        self._tools, self._sources, self._alone = tools, sources, alone
        self._waiting: dict[str, tuple[datetime, int]] = {}
        self._ended = threading.Event()
        self._woken = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something was accepted just now."""
        self._woken.set()

    def stop(self, timeout: float) -> None:
        """Finish what is under way; what is not finished in time is done again after a restart."""
        self._ended.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def step(self) -> bool:
        """Work on one key that is due; ``False`` when none is. Raises :class:`QueueError` only."""
        held = self._tools.journal.take(self._tools.clock())
        if held is None:
            return False
        try:
            self._work(held)
        except Busy as busy:
            self._put_off(held, timedelta(seconds=busy.retry_after), str(busy))
        except TrackerError as error:
            self._put_off(held, _backoff(held.tries), str(error))
        except QueueError:
            raise
        except Exception:  # noqa: BLE001 - a bug of ours must not lose an alert
            _log.exception("unexpected error about an alert of %s", held.source)
            self._put_off(held, _backoff(held.tries), "see above")
        else:
            self._tools.journal.done(held)
        return True

    def _work(self, held: Held) -> None:
        source = self._sources.get(held.source)
        if source is None:
            _log.error("alerts of %s are dropped: the settings have no such source", held.source)
            return
        with self._alone(held.key):
            for at, notice in held.news:
                self._case(source, held.key, notice, at).tell(notice, at)
            if held.check is not None:
                at = self._tools.clock()
                self._case(source, held.key, held.check, at).end(at)

    def _case(self, source: Source, key: str, notice: Notice, at: datetime) -> Case:
        return Case(self._tools, source, key, place_of(self._tools.bridge, source, notice, at))

    def _put_off(self, held: Held, wait: timedelta, why: str) -> None:
        now = self._tools.clock()
        self._tools.journal.put_off(held, now + wait)
        since, others = self._waiting.get(held.source, (None, 0))
        if since is not None and now - since < _GATHERED:
            self._waiting[held.source] = since, others + 1
            return
        self._waiting[held.source] = now, 0
        more = f" ({others} others in the minute before)" if others else ""
        _log.warning("alerts of %s wait for %d s: %s%s", held.source, wait.total_seconds(), why, more)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                busy = self.step()
            except QueueError as error:
                _log.error("%s", error)
                busy = False
            if not busy:
                self._woken.wait(_PAUSE)
                self._woken.clear()


def _backoff(tries: int) -> timedelta:
    return min(timedelta(seconds=_FIRST_WAIT.total_seconds() * 2 ** min(tries, 10)), _MOST_WAIT)
