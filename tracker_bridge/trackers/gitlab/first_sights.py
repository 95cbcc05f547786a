"""
What a first look needs of many issues at once: who edited their texts, which REST does not tell.

Everything else is asked of REST, issue by issue: GraphQL has times in whole seconds only, a comment need not move
its issue's time, and merge requests are told of one issue at a time. What was told here is used only about the
very version that REST shows, by its words and its time.

https://docs.gitlab.com/api/graphql/reference/#projectworkitems
https://docs.gitlab.com/api/graphql/reference/#projectissues
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, BaseModel, Field

from tracker_bridge.trackers._ahead import AT_ONCE
from tracker_bridge.trackers._authors import EditHistory
from tracker_bridge.trackers.gitlab.client import PAGE, Client
from tracker_bridge.trackers.gitlab.editors import EDITOR, Asked, answer_of
from tracker_bridge.trackers.gitlab.shapes import Edited

QUERY: Final = f"""
query($path: ID!, $iids: [String!]) {{
  project(fullPath: $path) {{
    workItems(iids: $iids, first: {AT_ONCE}) {{
      nodes {{ iid updatedAt widgets {{ ... on WorkItemWidgetDescription {{ description {EDITOR} }} }} }}
    }}
    issues(iids: $iids, first: {AT_ONCE}) {{
      nodes {{ iid notes(first: {PAGE}) {{ nodes {{ id body updatedAt {EDITOR} }} }} }}
    }}
  }}
}}
"""

_NOTE = re.compile(r"gid://gitlab/[A-Za-z]*Note/([0-9]+)", re.ASCII)


class _Text(Edited):
    updatedAt: AwareDatetime  # noqa: N815 -- GraphQL's name


class _Note(_Text):
    id: str


class _Notes(BaseModel):
    nodes: list[_Note | None]


class _Numbered(BaseModel):
    iid: str = Field(pattern=r"^[0-9]{1,18}$")


class _Issue(_Numbered):
    notes: _Notes


class _WorkItem(_Text, _Numbered):
    pass


class _Issues(BaseModel):
    nodes: list[_Issue | None]


class _WorkItems(BaseModel):
    nodes: list[_WorkItem | None]


class _Project(BaseModel):
    issues: _Issues
    workItems: _WorkItems  # noqa: N815 -- GraphQL's name


class _Shown(BaseModel):
    project: _Project | None


class _Told(BaseModel):
    data: _Shown | None = None
    errors: list[object] = []


@dataclass(frozen=True, slots=True)
class FirstSight:
    """Who edited the ``texts`` of an issue last, by the note's id, 0 for the description."""

    texts: Mapping[int, _Text]

    def answers(self, asked: Iterable[Asked], times: Mapping[int, datetime]) -> Mapping[int, EditHistory]:
        """Return the answers about texts that changed last at those ``times``, as far as they are of now."""
        found: dict[int, EditHistory] = {}
        for one in asked:
            told = self.texts.get(one.id)
            if told is None or told.text is None or _second(told.updatedAt) != _second(times[one.id]):
                continue
            answer = answer_of(one, told)
            if answer is not None:
                found[one.id] = answer
        return found


def first_sights(client: Client, project: str, numbers: Sequence[int]) -> Mapping[int, FirstSight]:
    """Return what is told of each issue; what is not, is left out."""
    path, action = client.names.now(project), f"ask who edited {len(numbers)} issues of gitlab:{project}"
    told = client.ask(QUERY, action, _Told, path=path, iids=[str(one) for one in numbers])
    if told.errors or told.data is None or told.data.project is None:
        return {}
    texts: dict[int, dict[int, _Text]] = {int(o.iid): {0: o} for o in told.data.project.workItems.nodes if o}
    for one in told.data.project.issues.nodes:
        if one is not None:
            texts.setdefault(int(one.iid), {}).update(_comments(one))
    return {number: FirstSight(shown) for number, shown in texts.items()}


def _comments(issue: _Issue) -> Iterable[tuple[int, _Text]]:
    """Replies in a discussion have another name than notes, and the same numbers."""
    for note in issue.notes.nodes:
        if note is not None and (number := _NOTE.fullmatch(note.id)):
            yield int(number[1]), note


def _second(time: datetime) -> datetime:
    """GraphQL leaves out the rest."""
    return time.replace(microsecond=0)
