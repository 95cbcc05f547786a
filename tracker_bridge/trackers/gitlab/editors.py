"""
Who changed a text last: the one question that GitLab's REST API does not answer.

A note's ``updated_at`` proves nothing, since a reaction moves it. GraphQL tells the last editor, and tells
nobody exactly when the text was never changed (``Editable#last_edited_by`` and ``Note#edited?``);
``lastEditedAt`` is no help, since it falls back to ``updated_at``. For a description, a new title counts as
an edit as well. Earlier versions are told nowhere: they are known when a reconcile saw them.

An answer that is missing, or about another version of the text, is asked for again, for this issue alone. Only a
server whose schema has no such fields is taken at its word: what it does not tell then is left out, but for texts
that we saw change.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.issue.issue import NOBODY, Comment, Person
from tracker_bridge.trackers import Busy, TrackerError
from tracker_bridge.trackers._authors import Answers, EditHistory, batches, perhaps_edited
from tracker_bridge.trackers._cache import Thread
from tracker_bridge.trackers._silence import Silence
from tracker_bridge.trackers.gitlab.client import Client
from tracker_bridge.trackers.gitlab.errors import UNCLEAR
from tracker_bridge.trackers.gitlab.shapes import Edited, ShownIssue, editor, lines, person

BATCH = 40
"""Texts asked about at once: 5 fields each, under GitLab's limit of 250, and well under 10,000 characters."""

EDITOR: Final = "lastEditedBy { id username }"


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A text that was, or may have been, changed. ``id`` is the note's, 0 for the description.

    ``number`` is its global id. ``surely``: we saw it change, so that "never changed" is no answer yet.
    """

    id: int
    number: int
    author: Person
    body: str
    surely: bool = False

    @property
    def field(self) -> str:
        """
        Every issue is a work item with the same id (https://docs.gitlab.com/api/graphql/reference/#workitem).
        """
        if self.id:
            return f'note(id: "gid://gitlab/Note/{self.number}") {{ body {EDITOR} }}'
        widget = f"... on WorkItemWidgetDescription {{ description {EDITOR} }}"
        return f'workItem(id: "gid://gitlab/WorkItem/{self.number}") {{ widgets {{ {widget} }} }}'


class Editors:
    """The last editors of notes and descriptions, as far as the server tells. ``clock`` is monotonic."""

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._silence = Silence(clock)

    def of(self, texts: Iterable[Asked], action: str) -> Answers:
        """Return what GitLab tells of the texts. No texts, no request."""
        told: dict[int, EditHistory] = {}
        missing: set[int] = set()
        for batch in batches(texts, BATCH):
            answers = _taken_at_its_word(batch) if self._silence.holds else self._ask(batch, action)
            told |= answers
            missing |= {text.id for text in batch if text.id not in answers and not self._silence.holds}
        return Answers(told, frozenset(missing))

    def _ask(self, batch: Sequence[Asked], action: str) -> Mapping[int, EditHistory]:
        fields = "\n".join(f"t{text.id}: {text.field}" for text in batch)
        try:
            told = self._client.query(f"query {{\n{fields}\n}}", action)
        except Busy:
            raise
        except TrackerError:  # not offered at this address, or not to this token, or not now
            return {}
        if told.data is None and told.lacks_fields:
            self._silence.begin()
            return _taken_at_its_word(batch)
        if told.data is None and told.errors:
            return {}
        if told.data is None or told.errors:
            raise Busy(f"could not {action}: GitLab did not list all editors", UNCLEAR)
        answers = ((text.id, answer_of(text, told.data.get(f"t{text.id}"))) for text in batch)
        return {id_: answer for id_, answer in answers if answer is not None}


def answer_of(text: Asked, found: Edited | None) -> EditHistory | None:
    """``None``: it is not shown, or another version of it."""
    if found is None or (found.text is not None and lines(found.text) != text.body):
        return None
    last = editor(found)
    if last is None:
        return None if text.surely else EditHistory(None, changed=False)
    return EditHistory(None if last.id == text.author.id != NOBODY.id else last)


def asked(
    issue: ShownIssue, comments: Mapping[int, Comment], known: Thread | None, again: Container[int]
) -> Iterable[Asked]:
    """Yield the texts to ask about: those that changed, and those that were asked about in vain."""
    before, body = known.comments if known else {}, lines(issue.description)
    for one in comments.values():
        was = before.get(one.id)
        if perhaps_edited(one, was) or one.id in again:
            yield Asked(one.id, one.id, one.author, one.body, was is not None and was.body != one.body)
    if _perhaps_changed(issue, body, known) or 0 in again:
        surely = known is not None and known.body != body
        yield Asked(0, issue.id, person(issue.author), body, surely)


def _perhaps_changed(issue: ShownIssue, body: str, known: Thread | None) -> bool:
    """Tell whether to ask about the description: at a first look wherever anything happened to the issue."""
    if not body:
        return False
    return issue.updated_at != issue.created_at if known is None else known.body != body


def _taken_at_its_word(batch: Sequence[Asked]) -> Mapping[int, EditHistory]:
    """It cannot be told from a reaction whether these were changed, but for those that we saw change."""
    return {text.id: EditHistory(None, changed=False) for text in batch if not text.surely}
