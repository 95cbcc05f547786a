"""
Every version of a text, and who wrote it.

GitHub lists them newest first, each with its whole text in ``diff``; the oldest is the text as it was written.
Texts from before it kept versions, and versions that somebody deleted, are there without a text. It is asked about
texts that were changed, in a question of its own: a server that does not understand it answers the others still.

https://docs.github.com/en/graphql/reference/objects#usercontentedit
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from tracker_bridge.domain.issue.issue import NOBODY, Revision
from tracker_bridge.trackers import TrackerError
from tracker_bridge.trackers._authors import MAX_REVISIONS, batches
from tracker_bridge.trackers._silence import Silence
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.editors import Asked, person
from tracker_bridge.trackers.github.shapes import TOLD_VERSIONS, Version, Versioned, Versions, lines

AT_ONCE = 10
"""Texts asked about at once: the answer holds every version of each, up to 65,536 characters."""

QUERY = """
query($ids: [ID!]!, $after: String) {
  nodes(ids: $ids) {
    ... on Comment {
      userContentEdits(first: 25, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          editedAt
          deletedAt
          diff
          editor { login ... on User { databaseId } ... on Bot { databaseId } }
        }
      }
    }
  }
}
"""

Told = Mapping[int, tuple[Revision, ...] | None]


class Histories:
    """The versions of texts, as far as the server tells. ``clock`` is monotonic, in seconds."""

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._silence = Silence(clock)

    def of(self, project: str, texts: Iterable[Asked], action: str) -> Told:
        """
        Return the versions by the texts' ids, none where they are not told; ``None`` where the answer is missing.

        Nothing that goes wrong here keeps a reconcile from being made: the last editors are known already.
        """
        found: dict[int, tuple[Revision, ...] | None] = {}
        for batch in batches(texts, AT_ONCE):
            if self._silence.holds:
                found |= {text.id: () for text in batch}
                continue
            try:
                nodes = self._ask(project, [text.node for text in batch], None, action)
                told = zip(batch, nodes or [None] * len(batch), strict=True)
                found |= {text.id: self._read(project, text, node, action) for text, node in told}
            except TrackerError:
                found |= {text.id: None for text in batch if text.id not in found}
        return found

    def _read(self, project: str, text: Asked, node: Versioned | None, action: str) -> tuple[Revision, ...] | None:
        """Follow the pages of one text."""
        if node is None:
            return None
        if node.userContentEdits is None:
            return ()
        listed: list[Version | None] = []
        edits: Versions | None = node.userContentEdits
        while edits is not None:
            listed += edits.nodes
            if not edits.pageInfo.hasNextPage:
                return revisions(text, [one for one in listed if one is not None])
            if len(listed) >= MAX_REVISIONS:
                return ()
            more = self._ask(project, [text.node], edits.pageInfo.endCursor, action)
            edits = more[0].userContentEdits if more and more[0] else None
        return None

    def _ask(
        self, project: str, nodes: Sequence[str], after: str | None, action: str
    ) -> Sequence[Versioned | None] | None:
        """
        Return what was told of each, ``None`` for what failed.

        A server that does not understand the question is not asked again for a while.
        """
        answer = self._client.query(action, QUERY, {"ids": nodes, "after": after}, project=project)
        told = answer.parse(TOLD_VERSIONS, action)
        if told.data is not None:
            found = told.data.nodes if len(told.data.nodes) == len(nodes) else []
            return [one if one and (one.userContentEdits or not told.errors) else None for one in found]
        if any(fault.is_for_good for fault in told.errors):
            self._silence.begin()
        return None


def revisions(text: Asked, listed: Sequence[Version]) -> tuple[Revision, ...] | None:
    """
    Return the versions, the oldest first; none where they do not begin with the author's.

    ``None``: they do not lead to the text of now, which is newer than the list.
    """
    oldest_first = _ordered(text, listed)
    if not oldest_first:
        return None
    newest = oldest_first[-1]
    if newest.is_lost or person(oldest_first[0].editor).id != text.author.id:
        return ()
    if lines(newest.diff).rstrip() != text.body.rstrip():
        return None
    found: list[Revision] = []
    unseen: set[int] = set()
    for one in oldest_first:
        by = text.by(one.editor)
        if one.is_lost:
            unseen.add(by.id)
            continue
        found.append(Revision(lines(one.diff), by if unseen <= {by.id} else NOBODY))
        unseen.clear()
    found[-1] = Revision(text.body, found[-1].by)
    return tuple(found)


def _ordered(text: Asked, listed: Sequence[Version]) -> Sequence[Version]:
    """Put the oldest first, whichever way they come; within one second, the text of now is the newest."""
    if len(listed) < 2:
        return listed
    first, last = listed[0], listed[-1]
    newest_first = first.editedAt > last.editedAt
    if first.editedAt == last.editedAt:
        newest_first = lines(first.diff).rstrip() == text.body.rstrip()
    return listed[::-1] if newest_first else listed
