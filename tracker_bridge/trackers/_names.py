"""
What projects are called by now. Their ids stay when they are renamed, or transferred to another owner.

Refs go on with the configured name, whatever the forge calls the project; only requests use the one of now.
"""

import logging
import threading
from functools import lru_cache
from typing import Final

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import Observer, Renamed, silent
from tracker_bridge.trackers.served import Served

_log = logging.getLogger(__name__)

ref_of: Final = lru_cache(1_000)(IssueRef)
"""
The ref of an issue by tracker, project and number. Most deliveries are about a few issues, and the same object is
found in dictionaries without being compared.
"""


class Names:
    """The projects of ``tracker``, as they are configured or were found. Safe to use from several threads."""

    def __init__(self, tracker: str, served: Served, observe: Observer = silent) -> None:
        self._tracker = tracker
        self._observe = observe
        self._served = served
        self._ids: dict[str, int] = {}
        self._by_id: dict[int, str] = {}
        self._now: dict[str, str] = {}
        self._lock = threading.Lock()

    def now(self, project: str) -> str:
        """Return the name that the forge uses."""
        with self._lock:
            return self._now.get(project, project)

    def met(self, project: str, id_: int, name: str) -> bool:
        """Note what the forge says of a configured project; tell whether its name has changed."""
        with self._lock:
            before = self._now.get(project, project)
            if self._ids.get(project) != id_:
                self._ids[project] = id_
                self._by_id = {known: one for one, known in reversed(self._ids.items())}
            self._now[project] = name
            new = before.casefold() != name.casefold()
        if new:
            _log.warning(
                "%s:%s is now called %s, and is followed there; update the setting projects",
                self._tracker,
                project,
                name,
            )
            self._observe(Renamed(self._tracker, project, name))
        return new

    def is_same(self, project: str, id_: int) -> bool:
        """Whether that may be the id of the project, as far as it is known."""
        with self._lock:
            return self._ids.get(project, id_) == id_

    def moved(self, before: str, name: str, id_: int | None = None) -> None:
        """
        Note that the project that was called ``before`` is called ``name`` now, as a delivery tells.

        Of a project that is not served, nothing is noted.
        """
        with self._lock:
            known = {now.casefold(): one for one, now in self._now.items()}
            by_id = next((one for one, number in self._ids.items() if number == id_), None)
            project = by_id or known.get(before.casefold())
            if project is None and before.casefold() not in known and self._served.fits(before):
                project = next((one for one in self._served.all if one.casefold() == before.casefold()), None)
            number = id_ or self._ids.get(project or "", 0)
        if project is not None:
            self.met(project, number, name)

    def group_moved(self, before: str, name: str) -> None:
        """Note that a group is called otherwise: all of its projects are."""
        for project in self._served.all:
            now = self.now(project)
            if now.casefold().startswith(f"{before.casefold()}/"):
                self.moved(now, f"{name}{now[len(before) :]}")

    def found(self, name: str, id_: int | None) -> str | None:
        """
        Return which configured project a delivery is about, by its id and the name that it has.

        A name that was left behind may belong to another project by then.
        """
        with self._lock:
            project = None if id_ is None else self._by_id.get(id_)
            if project is not None and self._now.get(project) == name:
                return project
            if project is None and self._served.fits(name):
                by_name = self._served.found(name)
                moved = by_name in self._now and self._now[by_name].casefold() != name.casefold()
                project = None if moved else by_name
        if project is not None and id_ is not None:
            self.met(project, id_, name)
        return project


class LastRead:
    """Whose delivery was read last: that is asked right afterwards, of what is none of ours. Any thread may."""

    def __init__(self) -> None:
        self._last: tuple[bytes | None, str] = None, ""

    def note(self, body: bytes, project: str) -> None:
        self._last = body, project

    def of(self, body: bytes) -> str:
        """Return the project that a delivery names, and forget it; empty where another one was read meanwhile."""
        read, project = self._last
        self._last = None, ""
        return project if read is body else ""
