"""
The thread that keeps what is shown up to date, so that no view asks a tracker anything.

While something cannot be read, the status page stays as it was: one with gaps would say that all is well.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.domain.derived.public import PageRules, PublicStatus, status_of
from tracker_bridge.showing.known import Incidents, Reads, Unread
from tracker_bridge.showing.site import Site

_log = logging.getLogger(__name__)

SOONEST: Final = 1.0
"""Seconds between two builds, however much changes."""

Files = Callable[[PublicStatus], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    """What the status page is made of: its ``projects``, all where none is named, and what makes its ``files``."""

    site: Site
    rules: PageRules
    projects: Iterable[str]
    files: Files


class Keeper:
    """Asks every ``every``, in a thread of its own. Without a ``page``, only what is known is kept."""

    def __init__(
        self,
        incidents: Incidents,
        reads: Reads,
        *,
        every: timedelta,
        clock: Callable[[], datetime],
        page: Page | None = None,
    ) -> None:
        self.incidents = incidents
        self._reads = reads
        self._every = every
        self._clock = clock
        self._page = page
        self._stopping = threading.Event()
        self._unread: tuple[Unread, ...] | None = None
        self._read_at: datetime | None = None
        self._thread = threading.Thread(target=self._run, name="showing", daemon=True)

    @property
    def read_at(self) -> datetime | None:
        """When everything was asked for last; ``None`` before that."""
        return self._read_at

    @property
    def unread(self) -> tuple[str, ...]:
        """The projects of which something could not be read then."""
        return tuple(dict.fromkeys(one.project for one in self._unread or ()))

    def once(self) -> None:
        """Ask what changed, and build the page of it."""
        now = self._clock()
        self._note(self.incidents.refresh(self._reads, now, self._stopping.is_set))
        self._read_at = now
        self._build(now)

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """Ask no more. What takes longer than ``timeout`` seconds is left behind."""
        self._stopping.set()
        self.incidents.changed.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.once()
            except Exception:  # noqa: BLE001 - whatever it is, the page of before is there
                _log.exception("what is shown cannot be brought up to date: unexpected error")
            self._wait()

    def _wait(self) -> None:
        """Wait for the next time to ask; meanwhile, what other threads of this process read is shown at once."""
        end = self._clock() + self._every
        while not self._stopping.wait(SOONEST):
            left = (end - self._clock()).total_seconds()
            if left <= 0 or left > self._every.total_seconds():
                return
            if self.incidents.changed.wait(min(left, SOONEST)) and not self._stopping.is_set():
                self._build(self._clock())

    def _build(self, now: datetime) -> None:
        self.incidents.changed.clear()
        page = self._page
        if page is None or self._unread is None or self._stopping.is_set():
            return
        names = tuple(page.projects)
        if any(not names or one.project in names for one in self._unread):
            return
        status = status_of(self.incidents.public(names), self.incidents.planned(names, now), now, page.rules)
        page.site.put(page.files(status), now)

    def _note(self, unread: tuple[Unread, ...]) -> None:
        """Say what cannot be read, once."""
        if self._stopping.is_set():
            return
        known = {one.project for one in self._unread or ()}
        for one in unread:
            if one.project not in known:
                _log.warning("%s: what is shown stays as it is: %s", one.project, one.why)
        for project in sorted(known - {one.project for one in unread}):
            _log.info("%s: what is shown is up to date again", project)
        self._unread = unread
