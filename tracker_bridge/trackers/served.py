"""
Which projects are served: those that are named, and those that fit a pattern and have been found.

``acme/*`` are the projects right below, ``acme/**`` those of the groups below as well, and ``!acme/secret-*`` are
left out of what patterns find. A project that is named is served in any case.
"""

import re
import threading
from collections.abc import Collection, Iterable

_WILD = re.compile(r"\*\*|\*")


def is_pattern(given: str) -> bool:
    """Whether a name stands for several projects, or leaves some out."""
    return given.startswith("!") or "*" in given


class Served:
    """Safe to use from several threads."""

    def __init__(self, given: Collection[str]) -> None:
        self._named = frozenset(one for one in given if not is_pattern(one))
        self._wanted = [_compiled(one) for one in given if is_pattern(one) and not one.startswith("!")]
        self._unwanted = [_compiled(one.removeprefix("!")) for one in given if one.startswith("!")]
        self.owners = tuple(
            dict.fromkeys(_literal(one) for one in given if "*" in one and not one.startswith("!"))
        )
        """Below what to look for projects."""
        self._all = self._named
        self._lock = threading.Lock()

    @property
    def all(self) -> frozenset[str]:
        """Return every project that is served now."""
        return self._all

    def fits(self, project: str) -> bool:
        """Whether a project is to be served as soon as it is met."""
        if any(one.casefold() == project.casefold() for one in self._named):
            return True
        wanted = any(one.fullmatch(project) for one in self._wanted)
        return wanted and not any(one.fullmatch(project) for one in self._unwanted)

    def found(self, project: str) -> str:
        """Serve a project that fits from now on; return its name, as it was met first."""
        with self._lock:
            known = next((one for one in self._all if one.casefold() == project.casefold()), None)
            if known is None:
                self._all |= {project}
        return known or project

    def listed(self, projects: Iterable[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Take in what there is below the owners; return what is new, and what is not there any more."""
        there = {one.casefold(): one for one in projects if self.fits(one)}
        with self._lock:
            before = {one.casefold(): one for one in self._all}
            new = frozenset(name for key, name in there.items() if key not in before)
            gone = frozenset(name for key, name in before.items() if key not in there and name not in self._named)
            self._all = (self._all | new) - gone
        return new, gone


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = _WILD.split(pattern)
    wild = [".*" if one == "**" else "[^/]*" for one in _WILD.findall(pattern)]
    text = "".join(re.escape(part) + sign for part, sign in zip(parts, [*wild, ""], strict=True))
    return re.compile(text, re.IGNORECASE)


def _literal(pattern: str) -> str:
    """Return the part of a pattern before its first star, as far as it is whole."""
    return pattern.partition("*")[0].rpartition("/")[0]
