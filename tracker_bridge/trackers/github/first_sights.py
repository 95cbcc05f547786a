"""
What a first reconcile needs of many issues at once: their comments, who edited what, and what refers to them.

REST tells each issue itself, and what was done to it. What was told here is used only if it is of the very state
that REST shows: as many comments, and no change since. More than a page of comments are listed by REST, and so are
those of other bots: GraphQL has other names for them.

https://docs.github.com/en/graphql/reference/objects#issue
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from tracker_bridge.domain.issue.issue import Person, Reference
from tracker_bridge.trackers._authors import EditHistory
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.editors import Asked, answer_of
from tracker_bridge.trackers.github.references import EVENTS, referring
from tracker_bridge.trackers.github.shapes import (
    Account,
    Edited,
    PageInfo,
    References,
    ShownComment,
    ShownIssue,
)

_PAGE: Final = 100
_ACCOUNT: Final = "login ... on User { databaseId } ... on Bot { databaseId }"
_TEXT: Final = f"body lastEditedAt editor {{ {_ACCOUNT} }}"
_ISSUE: Final = (
    f"databaseId updatedAt {_TEXT} {EVENTS} comments(first: {_PAGE}) {{ totalCount pageInfo {{ hasNextPage }} "
    f"nodes {{ id databaseId url createdAt updatedAt isMinimized author {{ __typename {_ACCOUNT} }} {_TEXT} }} }}"
)


class _Comment(Edited):
    id: str
    databaseId: int  # noqa: N815 -- GraphQL's name
    url: str
    createdAt: AwareDatetime  # noqa: N815 -- GraphQL's name
    updatedAt: AwareDatetime  # noqa: N815 -- GraphQL's name
    isMinimized: bool  # noqa: N815 -- GraphQL's name
    author: dict[str, Any] | None

    def account(self, viewer: Person) -> Account | None:
        """Return the author as REST shows them. Raises ``ValueError`` where that is not known."""
        if self.author is None:
            return None
        kind, login, number = (self.author.get(name) for name in ("__typename", "login", "databaseId"))
        if number == viewer.id:
            return Account(id=viewer.id, login=viewer.login, type="Bot" if viewer.bot else "User")
        if kind != "User" or not isinstance(number, int):
            raise ValueError(f"REST may show a {kind} in another way")
        return Account(id=number, login=str(login))


class _Comments(BaseModel):
    totalCount: int  # noqa: N815 -- GraphQL's name
    pageInfo: PageInfo  # noqa: N815 -- GraphQL's name
    nodes: list[_Comment | None]


class _Issue(Edited):
    databaseId: int  # noqa: N815 -- GraphQL's name
    updatedAt: AwareDatetime  # noqa: N815 -- GraphQL's name
    timelineItems: References  # noqa: N815 -- GraphQL's name
    comments: _Comments


class _Fault(BaseModel):
    path: list[Any] = []


class _Told(BaseModel):
    data: dict[str, dict[str, _Issue | None] | None] | None = None
    errors: list[_Fault] = []


_TOLD: Final = TypeAdapter(_Told)


@dataclass(frozen=True, slots=True)
class FirstSight:
    """
    What GraphQL told of an issue at ``path``.

    ``texts`` are who edited what, 0 for the opening post.
    """

    path: str
    issue: _Issue
    texts: Mapping[int, Edited]
    references: tuple[Reference, ...]

    def fits(self, shown: ShownIssue) -> bool:
        """Whether it is of the state that REST shows."""
        told = self.issue.databaseId, self.issue.updatedAt, self.issue.comments.totalCount
        return told == (shown.id, shown.updated_at, shown.comments)

    def listed(self, viewer: Person) -> Mapping[int, ShownComment] | None:
        """Return the comments as REST shows them, by id; ``None`` where that is not known of all of them."""
        comments = [one for one in self.issue.comments.nodes if one is not None]
        if self.issue.comments.pageInfo.hasNextPage or len(comments) != self.issue.comments.totalCount:
            return None
        try:
            return {one.databaseId: _listed(self.path, one, viewer) for one in comments}
        except ValueError:
            return None

    def untouched(self, asked: Sequence[Asked]) -> Mapping[int, EditHistory]:
        """Return the answers about texts that were never changed: of others, the versions are needed as well."""
        answers = {one.id: answer_of(one, self.texts.get(one.id)) for one in asked}
        return {id_: answer for id_, answer in answers.items() if answer is not None and not answer.changed}


def first_sights(client: Client, project: str, numbers: Sequence[int]) -> Mapping[int, FirstSight]:
    """Return what is told of each issue; what is not, is left out."""
    action = f"read {len(numbers)} issues of {project}"
    owner, _, name = client.names.now(project).partition("/")
    issues = " ".join(f"i{number}: issue(number: {number}) {{ {_ISSUE} }}" for number in numbers)
    query = f"query {{ repository(owner: {json.dumps(owner)}, name: {json.dumps(name)}) {{ {issues} }} }}"
    told = client.query(action, query, {}, project=project).parse(_TOLD, action)
    found = (told.data or {}).get("repository") or {}
    doubtful = {str(one.path[1]) for one in told.errors if len(one.path) > 1}
    if told.errors and len(doubtful) < len(told.errors):
        return {}
    shown = ((number, found.get(f"i{number}")) for number in numbers if f"i{number}" not in doubtful)
    return {number: _sight(f"/repos/{project}/issues/{number}", one) for number, one in shown if one}


def _sight(path: str, issue: _Issue) -> FirstSight:
    texts: dict[int, Edited] = {0: issue, **{one.databaseId: one for one in issue.comments.nodes if one}}
    return FirstSight(path, issue, texts, referring(issue.timelineItems))


def _listed(path: str, one: _Comment, viewer: Person) -> ShownComment:
    return ShownComment(
        id=one.databaseId,
        node_id=one.id,
        issue_url=path,
        html_url=one.url,
        user=one.account(viewer),
        created_at=one.createdAt,
        updated_at=one.updatedAt,
        body=one.body,
        minimized={} if one.isMinimized else None,
    )
