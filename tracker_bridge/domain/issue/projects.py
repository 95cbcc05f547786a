"""
Names of projects, and patterns of them.

``acme/*`` are the projects right below, ``acme/**`` those of the groups below as well, and ``!acme/secret-*`` are
left out of what patterns find. A project that is named counts in any case.
"""

import re
from collections.abc import Collection

_WILD = re.compile(r"\*\*|\*")


def is_pattern(given: str) -> bool:
    """Whether a name stands for several projects, or leaves some out."""
    return given.startswith("!") or "*" in given


class Projects:
    """Those that are ``given`` by name or by pattern."""

    def __init__(self, given: Collection[str]) -> None:
        self.named = frozenset(one for one in given if not is_pattern(one))
        self._folded = {one.casefold() for one in self.named}
        self._wanted = [_compiled(one) for one in given if is_pattern(one) and not one.startswith("!")]
        self._unwanted = [_compiled(one.removeprefix("!")) for one in given if one.startswith("!")]

    def fits(self, project: str) -> bool:
        """Whether a project is one of them."""
        if project.casefold() in self._folded:
            return True
        if not self._wanted or not any(one.fullmatch(project) for one in self._wanted):
            return False
        return not any(one.fullmatch(project) for one in self._unwanted)


def _compiled(pattern: str) -> re.Pattern[str]:
    parts = _WILD.split(pattern)
    wild = [".*" if one == "**" else "[^/]*" for one in _WILD.findall(pattern)]
    text = "".join(re.escape(part) + sign for part, sign in zip(parts, [*wild, ""], strict=True))
    return re.compile(text, re.IGNORECASE)
