"""
What a forge turned out to lack: it is tried again a day later, by every process that has just begun, and as soon
as the server is another version.
"""

import threading
from collections.abc import Callable, Set
from typing import Final

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.native import Capability

BELIEVED: Final = 24 * 3600.0
"""Seconds after which a plan, a version or the role of the bot's account may have changed."""


WONDERING: Final = 3600.0
"""Seconds after which a server that lacks something is asked again which version it is."""


class Lacks:
    """
    Remembers what was refused for which issue, and when. Safe to use from several threads.

    ``monotonic`` tells seconds.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._found: dict[tuple[IssueRef, Capability], float] = {}
        self._versions: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def found(self, ref: IssueRef, unsupported: Set[Capability]) -> None:
        with self._lock:
            self._found |= {(ref, one): self._monotonic() for one in unsupported}

    def wonders(self, tracker: str) -> bool:
        """Whether it is time to ask the server for its version: it lacks something, and was not asked lately."""
        if not any(ref.tracker == tracker for ref, _ in self._believed()):
            return False
        with self._lock:
            known = self._versions.get(tracker)
            return known is None or self._monotonic() - known[1] >= WONDERING

    def met(self, tracker: str, version: str) -> None:
        """Take what the server says that it is; if it was something else, forget what that lacked."""
        with self._lock:
            before, _ = self._versions.get(tracker, (version, 0.0))
            self._versions[tracker] = version, self._monotonic()
            if before != version:
                self._found = {key: at for key, at in self._found.items() if key[0].tracker != tracker}

    def of(self, ref: IssueRef) -> frozenset[Capability]:
        return frozenset(capability for known, capability in self._believed() if known == ref)

    def all(self) -> tuple[tuple[str, str, str], ...]:
        """Return tracker, project and ability of each."""
        return tuple((ref.tracker, ref.project, one.name.lower()) for ref, one in self._believed())

    def _believed(self) -> tuple[tuple[IssueRef, Capability], ...]:
        with self._lock:
            now = self._monotonic()
            self._found = {key: at for key, at in self._found.items() if now - at < BELIEVED}
            return tuple(self._found)
