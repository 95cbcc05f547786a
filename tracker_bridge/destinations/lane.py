"""What waits for one destination: in the order in which it came, each until something is known of it."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tracker_bridge.destinations import Destination
from tracker_bridge.destinations.attempts import Attempt, failed, unknown
from tracker_bridge.domain.incident.outward import PAGING, Kind, Message
from tracker_bridge.domain.issue.dispatches import Outcome, Sent

_log = logging.getLogger(__name__)

GIVEN_UP: Final = 600.0
"""Seconds after which a message that fails for certain is given up: it would be no news."""

MOST_WAITING: Final = 200
"""Messages that wait for one destination; more of them means that nobody reads them there."""

LONGEST_PAUSE: Final = 60.0

STOPPED: Final = "the bridge was stopped before it was sent"
LATE: Final = "it had to wait too long behind others"
OVER: Final = "it had ended before it could be sent"
FULL: Final = "too many messages wait for this destination"

Done = Callable[[Message, Sent], None]
Wait = Callable[[threading.Condition, float | None], object]
"""Waits for a condition to be told of, or for so many seconds."""


@dataclass(slots=True, eq=False)
class _Job:
    message: Message
    handle: str | None
    since: float
    due: float
    attempts: int = 0
    doubtful: bool = False


class Lane:
    """
    Carries messages to one destination, one after the other, in a thread that is there once there is something.

    What failed for certain is tried again, with pauses that double; all that is behind it waits as well, because
    it would fail the same way.
    """

    def __init__(
        self,
        destination: Destination,
        done: Done,
        clock: Callable[[], float] = time.monotonic,
        wait: Wait = threading.Condition.wait,
    ) -> None:
        self._destination = destination
        self._done = done
        self._clock, self._wait = clock, wait
        self._jobs: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._current: _Job | None = None
        self._stopped = False

    def put(self, message: Message, handle: str | None) -> str:
        """Take a message; return why it is not taken, empty where it is."""
        with self._changed:
            if self._stopped or len(self._jobs) >= MOST_WAITING:
                return STOPPED if self._stopped else FULL
            now = self._clock()
            outdated = self._outdated(message)
            self._jobs.append(_Job(message, handle, since=now, due=now))
            if self._thread is None:
                thread = threading.Thread(target=self._run, name=f"to-{self._destination.name}", daemon=True)
                thread.start()
                self._thread = thread
            self._changed.notify_all()
        for job in outdated:
            self._done(job.message, unknown(OVER) if job.doubtful else failed(OVER))
        return ""

    def _outdated(self, over: Message) -> list[_Job]:
        """Take out the pages that nobody must be woken by any more: an alert that ended would begin again."""
        found = [job for job in self._jobs if job is not self._current and _ends(over, job.message)]
        for job in found:
            self._jobs.remove(job)
        return found

    def standing(self) -> tuple[int, float]:
        """Return how many messages wait, and for how many seconds the first of them has."""
        with self._changed:
            return len(self._jobs), self._clock() - self._jobs[0].since if self._jobs else 0.0

    def stop(self) -> None:
        """Take nothing more, and tell of what waits that it was not sent. An attempt under way goes on."""
        with self._changed:
            self._stopped = True
            left = [job for job in self._jobs if job is not self._current]
            for job in left:
                self._jobs.remove(job)
            self._changed.notify_all()
        for job in left:
            self._done(job.message, unknown(STOPPED) if job.doubtful else failed(STOPPED))

    def join(self, seconds: float) -> bool:
        """Return whether the attempt under way has ended within so many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            sent = self._late(job) or self._settled(job, self._attempt(job))
            with self._changed:
                self._current = None
                if sent is not None:
                    self._jobs.remove(job)
            if sent is not None:
                self._done(job.message, sent)

    def _next(self) -> _Job | None:
        with self._changed:
            while not self._stopped:
                now = self._clock()
                if self._jobs and self._jobs[0].due <= now:
                    self._current = self._jobs[0]
                    return self._current
                self._wait(self._changed, self._jobs[0].due - now if self._jobs else None)
            return None

    def _late(self, job: _Job) -> Sent | None:
        """Give up what waited so long behind others that it is no news: its thread expects to hear by now."""
        if self._clock() < job.since + GIVEN_UP:
            return None
        return unknown(LATE) if job.doubtful else failed(LATE)

    def _attempt(self, job: _Job) -> Attempt:
        job.attempts += 1
        try:
            return self._destination.send(job.message, job.handle)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not end the lane, nor show an address
            _log.error("destination %s: %s", self._destination.name, type(error).__name__)
            return unknown("an unexpected error")

    def _settled(self, job: _Job, attempt: Attempt) -> Sent | None:
        """Return what came of it in the end; ``None`` where it is tried again."""
        if isinstance(attempt, Sent):
            return attempt
        job.doubtful = job.doubtful or attempt.doubtful
        pause = max(min(2.0 ** (job.attempts - 1), LONGEST_PAUSE), attempt.after or 0.0)
        due = self._clock() + pause
        with self._changed:
            over = any(_ends(other.message, job.message) for other in self._jobs)
            if not self._stopped and not over and due < job.since + GIVEN_UP:
                job.due = due
                return None
            why = STOPPED if self._stopped else OVER if over else "given up"
        return Sent(Outcome.UNKNOWN if job.doubtful else Outcome.FAILED, f"{attempt.reason}; {why}")


def _ends(over: Message, page: Message) -> bool:
    """Whether the one says that the other has ended."""
    paging = page.kind in PAGING and page.kind is not Kind.PAGE_OVER
    return over.kind is Kind.PAGE_OVER and paging and over.thread == page.thread and _epoch(over) >= _epoch(page)


def _epoch(message: Message) -> int:
    return message.facts.epoch if message.facts else 0
