"""
Which projects are served: those that are named, and those that fit a pattern and have been found.

How patterns are written is in :mod:`tracker_bridge.domain.issue.projects`.
"""

import threading
from collections.abc import Collection, Iterable

from tracker_bridge.domain.issue.projects import Projects


class Served:
    """Safe to use from several threads."""

    def __init__(self, given: Collection[str]) -> None:
        self._given = Projects(given)
        self._named = self._given.named
        self.owners = tuple(
            dict.fromkeys(_literal(one) for one in given if "*" in one and not one.startswith("!"))
        )
        """Below what to look for projects."""
        self._all = self._named
        self._by_name = _by_name(self._named)
        self._lock = threading.Lock()

    @property
    def all(self) -> frozenset[str]:
        """Return every project that is served now."""
        return self._all

    def fits(self, project: str) -> bool:
        """Whether a project is to be served as soon as it is met."""
        return self._given.fits(project)

    def found(self, project: str) -> str:
        """Serve a project that fits from now on; return its name, as it was met first."""
        with self._lock:
            known = self._by_name.get(project.casefold())
            if known is None:
                self._all |= {project}
                self._by_name[project.casefold()] = project
        return known or project

    def listed(self, projects: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Take in what there is below the owners; return what is new, and what is not there any more."""
        there = {one.casefold(): one for one in projects if self.fits(one)}
        with self._lock:
            before = self._by_name
            new = frozenset(name for key, name in there.items() if key not in before)
            gone = frozenset(name for key, name in before.items() if key not in there and name not in self._named)
            self._all = (self._all | new) - gone
            self._by_name = _by_name(self._all)
        return new, gone


def _by_name(projects: Iterable[str]) -> dict[str, str]:
    return {one.casefold(): one for one in projects}


def _literal(pattern: str) -> str:
    """Return the part of a pattern before its first star, as far as it is whole."""
    return pattern.partition("*")[0].rpartition("/")[0]
