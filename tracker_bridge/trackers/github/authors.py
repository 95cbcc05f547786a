"""Who wrote the texts of an issue: the last editors, and of changed texts every version."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import replace

from tracker_bridge.domain.issue.changes import is_shared, key_of
from tracker_bridge.domain.issue.issue import Comment
from tracker_bridge.trackers._authors import Answers, perhaps_edited
from tracker_bridge.trackers._cache import Thread
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.editors import Asked, editors
from tracker_bridge.trackers.github.shapes import ShownComment, ShownIssue, lines, person
from tracker_bridge.trackers.github.versions import Histories


class Authors:
    """Asks GraphQL. ``clock`` is monotonic, in seconds."""

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._histories = Histories(client, clock)

    def of(self, project: str, texts: Sequence[Asked], action: str) -> Answers:
        """Return what GitHub tells of the texts. No texts, no request."""
        last = editors(self._client, project, texts, action)
        edited = [text for text in texts if text.id in last and last[text.id].changed]
        versions = self._histories.of(project, edited, action)
        told = {id_: replace(answer, revisions=versions.get(id_) or ()) for id_, answer in last.items()}
        unheard = {text.id for text in texts if text.id not in last}
        return Answers(told, frozenset(unheard | {id_ for id_, found in versions.items() if found is None}))


def asked(
    issue: ShownIssue,
    listed: Mapping[int, ShownComment],
    fresh: Iterable[Comment],
    known: Thread | None,
    again: Container[int],
) -> Iterable[Asked]:
    """Yield the texts to ask about: those that changed, and those that were asked about in vain."""
    before, body = known.comments if known else {}, lines(issue.body)
    for one in fresh:
        was = before.get(one.id)
        if perhaps_edited(one, was) or _written_into(one, was) or one.id in again:
            surely = was is not None and one.body != was.body
            yield Asked(one.id, listed[one.id].node_id, one.author, one.body, surely)
    if body_changed(issue, body, known) or 0 in again:
        surely = known is not None and known.body != body
        yield Asked(0, issue.node_id, person(issue.user), body, surely)


def _written_into(one: Comment, before: Comment | None) -> bool:
    """Whether people may have written into a comment that is theirs as well while we wrote it."""
    if not one.ours or not is_shared(key_of(one.body) or ""):
        return False
    return one.updated_at != one.created_at if before is None else one.body != before.body


def body_changed(issue: ShownIssue, body: str, known: Thread | None) -> bool:
    """
    Tell the same of the opening post, of which REST has no time of its own: ``updated_at`` moves with everything.

    So the first reconcile asks, once, about every issue that had a text and anything happen to it; a later one
    only when the text is another. An issue that is read as soon as it is opened costs nothing.
    """
    if known is not None:
        return body != known.body
    return body != "" and issue.updated_at != issue.created_at
