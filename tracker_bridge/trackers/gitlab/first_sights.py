"""
What a first look needs of many issues at once: the issues themselves, which of them were never closed, who edited
their texts, which REST does not tell, and whether the project has any merge request that could refer to one.

Who edited a text is told by GraphQL, and is used only about the very version that REST shows, by its words and its
time. The issues are listed by REST, as it shows each of them. Whatever is done to an issue later leaves a note of
GitLab's in it, or an event (labels, state): it is used as it was listed while its notes are those that were told
before the list, and its events lead to what it shows.

Everything else is asked of REST, issue by issue: GraphQL has times in whole seconds only, a comment need not move
its issue's time, and lists of events and of merge requests are told of one issue at a time.

https://docs.gitlab.com/api/graphql/reference/#projectworkitems
https://docs.gitlab.com/api/graphql/reference/#projectissues
https://docs.gitlab.com/api/issues/#list-all-project-issues
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from pydantic import AwareDatetime, BaseModel, Field

from tracker_bridge.trackers import TrackerError
from tracker_bridge.trackers._ahead import AT_ONCE
from tracker_bridge.trackers._authors import EditHistory
from tracker_bridge.trackers.gitlab.client import PAGE, Client, project_path
from tracker_bridge.trackers.gitlab.closings import never_closed
from tracker_bridge.trackers.gitlab.editors import EDITOR, Asked, answer_of
from tracker_bridge.trackers.gitlab.shapes import Edited, ShownIssue, ShownNote

QUERY: Final = f"""
query($path: ID!, $iids: [String!]) {{
  project(fullPath: $path) {{
    workItems(iids: $iids, first: {AT_ONCE}) {{
      nodes {{ iid updatedAt widgets {{ ... on WorkItemWidgetDescription {{ description {EDITOR} }} }} }}
    }}
    issues(iids: $iids, first: {AT_ONCE}) {{
      nodes {{ iid notes(first: {PAGE}) {{ nodes {{ id body updatedAt {EDITOR} }} }} }}
    }}
    mergeRequests(first: 1) {{ nodes {{ iid }} }}
  }}
}}
"""

FRESH: Final = 5.0
"""Seconds for which an issue may be used as it was listed."""

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


class _Requests(BaseModel):
    nodes: list[object]


class _Project(BaseModel):
    issues: _Issues
    mergeRequests: _Requests | None = None  # noqa: N815 -- GraphQL's name
    workItems: _WorkItems  # noqa: N815 -- GraphQL's name


class _Shown(BaseModel):
    project: _Project | None


class _Told(BaseModel):
    data: _Shown | None = None
    errors: list[object] = []


@dataclass(frozen=True, slots=True)
class FirstSight:
    """
    What was told of an issue: who edited its ``texts`` last, by the note's id, 0 for the description; the
    ``issue``, if it was listed, as it was at ``at``, in seconds. ``is_referred_to``: merge requests may refer to
    it. ``was_closed``: it may have been closed before.
    """

    texts: Mapping[int, _Text]
    issue: ShownIssue | None
    at: float
    is_referred_to: bool
    was_closed: bool

    def saw(self, listed: Iterable[ShownNote]) -> bool:
        """Whether these are the notes that were told: nothing was done to the issue since that leaves one."""
        return {note.id for note in listed} == self.texts.keys() - {0}

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


def first_sights(
    client: Client, clock: Callable[[], float], project: str, numbers: Sequence[int]
) -> Mapping[int, FirstSight]:
    """Return what is told of each issue; what is not, is left out."""
    path, action = client.names.now(project), f"ask who edited {len(numbers)} issues of gitlab:{project}"
    told = client.ask(QUERY, action, _Told, path=path, iids=[str(one) for one in numbers])
    if told.errors or told.data is None or told.data.project is None:
        return {}
    found = told.data.project
    texts: dict[int, dict[int, _Text]] = {int(o.iid): {0: o} for o in found.workItems.nodes if o}
    for one in found.issues.nodes:
        if one is not None:
            texts.setdefault(int(one.iid), {}).update(_comments(one))
    at, issues = clock(), _listed(client, project, numbers)
    never = never_closed(client, project, issues.values())
    referred = found.mergeRequests is None or bool(found.mergeRequests.nodes)
    return {
        number: FirstSight(shown, issues.get(number), at, referred, number not in never)
        for number, shown in texts.items()
    }


def _listed(client: Client, project: str, numbers: Sequence[int]) -> Mapping[int, ShownIssue]:
    """Return the issues as REST shows them, after their notes were told; none where it does not list them."""
    path, action = f"{project_path(project)}/issues", f"list {len(numbers)} issues of gitlab:{project}"
    wanted = {"iids[]": [str(one) for one in numbers]}
    listed = client.pages(path, action, ShownIssue, scope="all", state="all", **wanted)
    try:
        shown = [*islice(listed, len(numbers))]
    except TrackerError:
        return {}
    return {one.iid: one for one in shown}


def _comments(issue: _Issue) -> Iterable[tuple[int, _Text]]:
    """Replies in a discussion have another name than notes, and the same numbers."""
    for note in issue.notes.nodes:
        if note is not None and (number := _NOTE.fullmatch(note.id)):
            yield int(number[1]), note


def _second(time: datetime) -> datetime:
    """GraphQL leaves out the rest."""
    return time.replace(microsecond=0)
