"""
Who changed a text last: the one question that GitHub's REST API does not answer.

People with triage rights and more can change what others wrote, and REST goes on naming the author. It is
asked of GraphQL, for changed texts only. Where the answer is missing - no GraphQL, no rights there, an answer
about another version of the text - the editor is not known: changed, and nobody knows by whom.

What else was changed before is asked in a question of its own: see :mod:`.versions`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tracker_bridge.domain.issue.issue import NOBODY, Person
from tracker_bridge.trackers import Busy, Denied, Gone
from tracker_bridge.trackers._authors import EditHistory, batches
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.errors import LIMITED, UNCLEAR
from tracker_bridge.trackers.github.shapes import TOLD, Edited, Editor, Fault, lines

AT_ONCE = 100

QUERY = """
query($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on Comment {
      body
      lastEditedAt
      editor { login ... on User { databaseId } ... on Bot { databaseId } }
    }
  }
}
"""
"""Issues and comments both are a ``Comment``: https://docs.github.com/en/graphql/reference/interfaces#comment"""


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A text that was, or may have been, changed. ``id`` is the comment's, 0 for the opening post.

    ``surely``: we saw it change, so that "never changed" is no answer yet.
    """

    id: int
    node: str
    author: Person
    body: str
    surely: bool = False

    def by(self, editor: Editor | None) -> Person:
        """Return who that is; the author as REST names them, which is not how GraphQL names a bot."""
        found = person(editor)
        return self.author if found.id == self.author.id else found


def editors(client: Client, project: str, texts: Iterable[Asked], action: str) -> Mapping[int, EditHistory]:
    """Return who changed each text last, by id; not in there is what was not told. No texts, no request."""
    found = {
        text.id: answer_of(text, node)
        for batch in batches(texts, AT_ONCE)
        for text, node in zip(batch, _ask(client, project, batch, action), strict=True)
    }
    return {id_: answer for id_, answer in found.items() if answer is not None}


def answer_of(text: Asked, node: Edited | None) -> EditHistory | None:
    if node is None or lines(node.body) != text.body:
        return None
    if node.lastEditedAt is None:
        return None if text.surely else EditHistory(None, changed=False)
    editor = text.by(node.editor)
    return EditHistory(None if editor is text.author and editor.id else editor)


def person(editor: Editor | None) -> Person:
    """``None`` is a deleted account; what has no id is neither a person nor a bot."""
    if editor is None or editor.databaseId is None:
        return NOBODY
    return Person(editor.databaseId, editor.login)


def _ask(client: Client, project: str, batch: Sequence[Asked], action: str) -> Sequence[Edited | None]:
    unknown = [None] * len(batch)
    try:
        answer = client.query(action, QUERY, {"ids": [text.node for text in batch]}, project=project)
    except (Gone, Denied):
        return unknown
    told = answer.parse(TOLD, action)
    check_faults(told.errors, action)
    return told.data.nodes if told.data and len(told.data.nodes) == len(batch) else unknown


def check_faults(faults: Iterable[Fault], action: str) -> None:
    """Raise :class:`Busy` for what passes; a query that GitHub will never answer is no error."""
    for fault in faults:
        if fault.type == "RATE_LIMITED":
            raise Busy(f"could not {action}: GitHub limits requests (GraphQL)", LIMITED)
        if fault.message.startswith("Something went wrong"):
            raise Busy(f"could not {action}: GitHub could not answer (GraphQL)", UNCLEAR)
