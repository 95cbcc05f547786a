"""
Work items that REST does not show: those of types that an organisation made itself (GitLab 19, Premium).

They are in no list, and 404 by their number; only GraphQL knows them, and webhooks tell of them. The bridge cannot
work on them; it can leave a comment. https://docs.gitlab.com/api/graphql/reference/#projectworkitems
"""

import logging
import threading
from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel

from tracker_bridge.domain.issue.changes import Document, key_of
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.trackers import Busy, Denied, OutOfReach, TrackerError
from tracker_bridge.trackers.gitlab.client import Client
from tracker_bridge.trackers.gitlab.errors import UNCLEAR
from tracker_bridge.trackers.gitlab.shapes import Editor

QUERY: Final = """
query($path: ID!, $iid: String!) {
  project(fullPath: $path) {
    workItems(iid: $iid) {
      nodes {
        id
        workItemType { name }
        widgets {
          ... on WorkItemWidgetLabels { labels { nodes { title } } }
          ... on WorkItemWidgetNotes {
            discussions(last: 20, filter: ONLY_COMMENTS) {
              nodes { notes { nodes { body author { id username } } } }
            }
          }
        }
      }
    }
  }
}
"""

WRITE: Final = """
mutation($input: CreateNoteInput!) { told: createNote(input: $input) { errors } }
"""
"""https://docs.gitlab.com/api/graphql/reference/#mutationcreatenote"""

SHOWN: Final = frozenset({"issue", "incident", "task", "test case"})
"""Types that REST shows; one of these that is not there is not visible yet."""

TYPES: Final = "query($path: ID!) { project(fullPath: $path) { workItemTypes { nodes { name } } } }"
"""https://docs.gitlab.com/api/graphql/reference/#projectworkitemtypes"""

BUILT_IN: Final = SHOWN | {"epic", "key result", "objective", "requirement", "ticket"}

_MOST: Final = 1000

_log = logging.getLogger(__name__)


class _Note(BaseModel):
    body: str
    author: Editor | None = None

    def by(self, person: Person) -> bool:
        return self.author is not None and self.author.id.endswith(f"/{person.id}")


class _Notes(BaseModel):
    nodes: list[_Note]


class _Discussion(BaseModel):
    notes: _Notes


class _Discussions(BaseModel):
    nodes: list[_Discussion]


class _Label(BaseModel):
    title: str


class _Labels(BaseModel):
    nodes: list[_Label]


class _Widget(BaseModel):
    """Any of them: most have neither."""

    labels: _Labels | None = None
    discussions: _Discussions | None = None


class _Type(BaseModel):
    name: str


class _Item(BaseModel):
    id: str
    workItemType: _Type  # noqa: N815 -- GraphQL's name
    widgets: list[_Widget] = []

    @property
    def type(self) -> str:
        return self.workItemType.name

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(one.title for widget in self.widgets if widget.labels for one in widget.labels.nodes)

    @property
    def notes(self) -> Iterator[_Note]:
        for widget in self.widgets:
            for discussion in widget.discussions.nodes if widget.discussions else ():
                yield from discussion.notes.nodes


class _Items(BaseModel):
    nodes: list[_Item]


class _Project(BaseModel):
    workItems: _Items  # noqa: N815 -- GraphQL's name


class _Shown(BaseModel):
    project: _Project | None


class _Types(BaseModel):
    nodes: list[_Type]


class _TypedProject(BaseModel):
    workItemTypes: _Types  # noqa: N815 -- GraphQL's name


class _ShownTypes(BaseModel):
    project: _TypedProject | None


class _ToldTypes(BaseModel):
    data: _ShownTypes | None = None


class _Told(BaseModel):
    data: _Shown | None = None


def own_types(client: Client, project: str) -> tuple[str, ...] | None:
    """Return the types that the project's organisation made itself; ``None``: it is not told."""
    try:
        told = client.ask(TYPES, f"ask for the types of gitlab:{project}", _ToldTypes, path=project)
    except TrackerError:
        return None
    if told.data is None or told.data.project is None:
        return None
    names = (one.name for one in told.data.project.workItemTypes.nodes)
    return tuple(name for name in names if name.casefold() not in BUILT_IN)


class Types:
    """Knows the work items that are out of reach, and tells once of each. Safe to use from several threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._items: dict[IssueRef, str] = {}
        self._lock = threading.Lock()

    def out_of_reach(self, ref: IssueRef, viewer: Person) -> OutOfReach | None:
        """Return what there is although REST says that ``ref`` is not; ``None`` for nothing, or no answer."""
        path, iid = self._client.names.now(ref.project), str(ref.number)
        try:
            told = self._client.ask(QUERY, f"ask of which type {ref} is", _Told, path=path, iid=iid)
        except TrackerError:
            return None
        project = told.data.project if told.data else None
        found = [one for one in project.workItems.nodes if one.type.casefold() not in SHOWN] if project else []
        if not found:
            return None
        item = found[0]
        with self._lock:
            known = ref in self._items
            self._items[ref] = item.id
            while len(self._items) > _MOST:
                del self._items[next(iter(self._items))]
        if not known:
            said = "%s is of the type %s, which GitLab's REST API does not show: it cannot be processed; "
            _log.warning(said + "change it to an issue or an incident", ref, item.type, extra={"ref": str(ref)})
        message = f"could not read {ref}: GitLab's REST API does not show the type {item.type}"
        keys = frozenset(key for one in item.notes if one.by(viewer) and (key := key_of(one.body)))
        return OutOfReach(message, item.type, item.labels, keys, viewer)

    def holds(self, ref: IssueRef) -> bool:
        """Whether a comment for it has to take the other way."""
        with self._lock:
            return ref in self._items

    def within_reach(self, ref: IssueRef) -> None:
        """Its type was changed."""
        with self._lock:
            self._items.pop(ref, None)

    def tell(self, ref: IssueRef, document: Document) -> None:
        """Leave a comment there."""
        action = f"post {document.key} to {ref}"
        done = self._client.mutate(WRITE, action, input={"noteableId": self._items[ref], "body": document.text})
        told = (done.data or {}).get("told")
        if told is None:
            raise Denied(f"could not {action}: {str(done.errors)[:200]}")
        if told.errors:
            raise Busy(f"could not {action}: {told.errors[0]}", UNCLEAR)
