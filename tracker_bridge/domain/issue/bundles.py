"""
Several things said in one comment, so that it is one mail: which comment says what.

The key of such a comment names all that it said when it was written: ``nudge:quiet.7.1.ab+update.7.1.cd``. What
was said stays where it was said, also when the rest of that comment is over; only what is new makes a new comment.
So nobody is told twice, and a comment that is edited, which pings nobody, never has to tell anybody anything.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tracker_bridge.domain.issue.changes import kind_of_key

MOST: Final = 40
"""Things in one comment; the forges ping no more than about fifty people in one."""


def bundled(kind: str, items: Mapping[str, object], there: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """
    Return the comments of a ``kind`` by their keys, each with the ``items`` that it says.

    ``items`` are told by names without ``+``; those whose values are equal go together. ``there`` are the keys in
    the thread, the oldest comment first.
    """
    said: dict[str, str] = {}
    for key in there:
        if kind_of_key(key) == kind:
            for item in items_of(key):
                said.setdefault(item, key)
    found: dict[str, list[str]] = {}
    fresh: dict[object, list[str]] = {}
    for item, together in items.items():
        if item in said:
            found.setdefault(said[item], []).append(item)
        else:
            fresh.setdefault(together, []).append(item)
    parts = (part for group in fresh.values() for part in _parts(group))
    new = {f"{kind}:{'+'.join(part)}": tuple(part) for part in parts}
    return {**{key: tuple(own) for key, own in found.items()}, **new}


def items_of(key: str) -> list[str]:
    """Return what a comment of that key says."""
    return key.partition(":")[2].split("+")


def _parts(group: Sequence[str]) -> Iterable[Sequence[str]]:
    return (group[begin : begin + MOST] for begin in range(0, len(group), MOST))
