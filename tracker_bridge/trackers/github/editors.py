"""
Who changed a text last: the one question that GitHub's REST API does not answer.

People with triage rights and more can change what others wrote, and REST goes on naming the author. It is
asked of GraphQL, for changed texts only. Where the answer is missing - no GraphQL, no rights there, an answer
about another version of the text - the editor is ``NOBODY``: changed, and nobody knows by whom.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from tracker_bridge.domain.issue import NOBODY, Person
from tracker_bridge.trackers import Busy, Denied, Gone
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.errors import LIMITED, UNCLEAR
from tracker_bridge.trackers.github.shapes import TOLD, Edited, Fault, lines

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
class Text:
    """A text that was, or may have been, changed. ``id`` is the comment's, 0 for the opening post."""

    id: int
    node: str
    author: Person
    body: str


def editors(client: Client, project: str, texts: Iterable[Text], act: str) -> Mapping[int, Person | None]:
    """Return who else than the author changed each text last, by id. No request when there are no texts."""
    return {
        text.id: editor_of(text, node)
        for batch in batches(texts)
        for text, node in zip(batch, _ask(client, project, batch, act), strict=True)
    }


def editor_of(text: Text, node: Edited | None) -> Person | None:
    if node is None or lines(node.body) != text.body:
        return NOBODY
    if node.lastEditedAt is None:
        return None
    if node.editor is None or node.editor.databaseId is None:
        return NOBODY
    if node.editor.databaseId == text.author.id:
        return None
    return Person(node.editor.databaseId, node.editor.login)


def batches(texts: Iterable[Text]) -> Iterator[Sequence[Text]]:
    rest = iter(texts)
    while batch := list(islice(rest, AT_ONCE)):
        yield batch


def _ask(client: Client, project: str, batch: Sequence[Text], act: str) -> Sequence[Edited | None]:
    unknown = [None] * len(batch)
    try:
        answer = client.query(act, QUERY, {"ids": [text.node for text in batch]}, project=project)
    except (Gone, Denied):
        return unknown
    told = answer.parse(TOLD, act)
    check_faults(told.errors, act)
    return told.data.nodes if told.data and len(told.data.nodes) == len(batch) else unknown


def check_faults(faults: Iterable[Fault], act: str) -> None:
    """Raise :class:`Busy` for what passes; a query that GitHub will never answer is no error."""
    for fault in faults:
        if fault.type == "RATE_LIMITED":
            raise Busy(f"could not {act}: GitHub limits our requests (GraphQL)", LIMITED)
        if fault.message.startswith("Something went wrong"):
            raise Busy(f"could not {act}: GitHub could not answer (GraphQL)", UNCLEAR)
