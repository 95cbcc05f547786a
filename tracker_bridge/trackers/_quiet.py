"""
In which of many projects nothing happened: no issue changed, and the folder of the settings is the same.

The forge tells that of many at once, in place of lists of each. What it does not tell is not quiet.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.trackers._authors import batches

AT_ONCE: Final = 50

SETTLED: Final = 15 * 60.0
"""Seconds for which a folder must be the same: the settings are read again some minutes after they changed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """When the issue that changed last did so, nothing without issues; and the version of the folder."""

    changed: Sequence[datetime]
    folder: str


Ask = Callable[[Sequence[str]], Iterable[tuple[str, Seen]]]
"""Tells what is seen of projects; of which nothing is told, are left out. Raises as every request."""


class Quiet:
    """
    Knows which version the folders had, and since when; ``clock`` tells seconds.

    ``overlap``: how far before a moment changes count. Projects of one ``credential`` are asked about together.
    """

    def __init__(
        self,
        ask: Ask,
        clock: Callable[[], float],
        overlap: timedelta,
        credential: Callable[[str], str] = lambda _: "",
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._overlap = overlap
        self._credential = credential
        self._folders: dict[str, tuple[str, float]] = {}

    def among(self, since: Mapping[str, datetime]) -> Set[str]:
        """Return the projects in which nothing happened since then for certain. Raises as every request."""
        same: dict[str, list[str]] = {}
        for project in since:
            same.setdefault(self._credential(project), []).append(project)
        return {
            project
            for projects in same.values()
            for batch in batches(projects, AT_ONCE)
            for project, seen in self._ask(batch)
            if self._same_folder(project, seen.folder)
            and all(at < since[project] - self._overlap for at in seen.changed)
        }

    def _same_folder(self, project: str, version: str) -> bool:
        """Settings that changed are in force only after they were read again."""
        known, at = self._folders.get(project, (None, 0.0))
        if version != known:
            self._folders[project] = version, self._clock()
            return False
        return self._clock() - at >= SETTLED
