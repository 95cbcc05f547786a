"""
Who wrote which command of a comment.

A command is its own text: whoever wrote that text first stays its author until the text changes, whatever else of
the comment is edited, and by whomever. Where that is not known, nobody is its author.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from tracker_bridge.domain.issue import Comment, Person

Digests = Callable[[str], Sequence[bytes]]
"""Returns the digest of each command in a text, in order."""


def writers(comment: Comment, digests: Digests) -> list[Person | None]:
    """
    Return who wrote each command of the comment as it stands, in order; ``None``: nobody can tell.

    The tracker tells it by the comment's versions, or by the fact that nobody else changed it.
    """
    if comment.revisions:
        return _through(comment, digests)
    return [comment.author if comment.edited_by is None else None for _ in digests(comment.body)]


def _through(comment: Comment, digests: Digests) -> list[Person | None]:
    """Go from version to version: what stood there before keeps its writer, what is new is by who changed it."""
    before: list[tuple[bytes, Person | None]] = []
    for version in comment.revisions:
        known = _by_digest(before)
        by = version.by if version.by.id else None
        now = digests(version.body)
        before = [(one, known[one].pop(0) if known[one] else by) for one in now]
    return [person for _, person in before]


def _by_digest(written: Iterable[tuple[bytes, Person | None]]) -> defaultdict[bytes, list[Person | None]]:
    found: defaultdict[bytes, list[Person | None]] = defaultdict(list)
    for digest, person in written:
        found[digest].append(person)
    return found
