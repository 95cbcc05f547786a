"""
Who wrote which command of a comment.

A command is its own text: whoever wrote that text first stays its author until the text changes, whatever else of
the comment is edited, and by whomever. Where that is not known, nobody is its author.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tracker_bridge.domain.issue.invocations import Found
from tracker_bridge.domain.issue.issue import Comment, Person

Reads = Callable[[str], Sequence[Found]]
"""Returns the commands of a text, in order."""


@dataclass(frozen=True, slots=True)
class Attributed:
    """
    A command, and who wrote it; ``None``: nobody can tell.

    ``mends`` is what it was, when somebody else said it first.
    """

    found: Found
    by: Person | None
    mends: "Attributed | None" = None


def writers(comment: Comment, now: Sequence[Found], reads: Reads) -> list[Attributed]:
    """
    Return ``now``, the commands of the comment as it stands, in order, each with its writer.

    The tracker tells it by the comment's versions, or by the fact that nobody else changed it.
    """
    if not comment.revisions:
        by = comment.author if comment.edited_by is None else None
        return [Attributed(found, by) for found in now]
    written: list[Attributed] = []
    for version in comment.revisions:
        written = _after(written, reads(version.body), version.by if version.by.id else None)
    return written


def _after(before: Sequence[Attributed], now: Sequence[Found], by: Person | None) -> list[Attributed]:
    """Return the commands of the next version: what stood there keeps its writer, what is new is by its editor."""
    left = list(before)
    kept = [_taken(left, [one for one in left if one.found.digest == found.digest]) for found in now]
    return [
        old or _mended(found, by, _taken(left, [one for one in left if one.found.verb == found.verb]))
        for found, old in zip(now, kept, strict=True)
    ]


def _taken(left: list[Attributed], fitting: Sequence[Attributed]) -> Attributed | None:
    """Take the first that fits out of what is left."""
    if not fitting:
        return None
    left[:] = [one for one in left if one is not fitting[0]]
    return fitting[0]


def _mended(found: Found, by: Person | None, old: Attributed | None) -> Attributed:
    first = (old.mends or old) if old else None
    theirs = first is not None and first.by is not None and first.by != by
    return Attributed(found, by, first if theirs else None)
