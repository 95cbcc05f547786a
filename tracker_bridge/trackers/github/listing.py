"""
The lists of a first sweep at once: which issues wear which label.

A list of more than a page is left to REST. So is one whose label the repository spells in another way: REST does
not tell upper from lower case, and of GraphQL it is not documented.

https://docs.github.com/en/graphql/reference/objects#repository
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Labelled, TrackerError
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.sweeping import after

_PAGE: Final = 100
_ORDER: Final = {"field": "CREATED_AT", "direction": "ASC"}


class _Page(BaseModel):
    hasNextPage: bool  # noqa: N815 -- GraphQL's name


class _Node(BaseModel):
    """A label, or an issue."""

    name: str = ""
    number: int = 0


class _List(BaseModel):
    nodes: list[_Node]
    pageInfo: _Page  # noqa: N815 -- GraphQL's name


class _Names(BaseModel):
    repository: dict[str, _List] | None


class _Told(BaseModel):
    data: _Names | None = None
    errors: list[Any] = []


_TOLD: Final = TypeAdapter(_Told)


def by_label(
    client: Client, tracker: str, project: str, wanted: Sequence[Labelled]
) -> Mapping[Labelled, Sequence[IssueRef]]:
    """Return the lists that are told completely; none while GitHub limits GraphQL, which it counts by itself."""
    owner, _, name = client.names.now(project).partition("/")
    variables: dict[str, Any] = {"owner": owner, "name": name, "order": _ORDER}
    for place, one in enumerate(wanted):
        variables[f"l{place}"] = [one.label]
        variables[f"f{place}"] = {"states": ["OPEN"]} if one.since is None else after(one.since)
    action = f"list the issues of {tracker}:{project}"
    try:
        told = client.query(action, _query(len(wanted)), variables, project=project).parse(_TOLD, action)
    except TrackerError:
        return {}
    if told.errors or told.data is None or told.data.repository is None:
        return {}
    found = told.data.repository
    return {
        one: [IssueRef(tracker, project, issue.number) for issue in issues.nodes]
        for one, issues in _complete(found, wanted)
    }


def _query(lists: int) -> str:
    types = "".join(f", $l{place}: [String!], $f{place}: IssueFilters" for place in range(lists))
    fields = " ".join(
        f"i{place}: issues(labels: $l{place}, filterBy: $f{place}, orderBy: $order, first: {_PAGE}) "
        "{ nodes { number } pageInfo { hasNextPage } }"
        for place in range(lists)
    )
    labels = f"labels(first: {_PAGE}) {{ nodes {{ name }} pageInfo {{ hasNextPage }} }}"
    return (
        f"query($owner: String!, $name: String!, $order: IssueOrder!{types}) "
        f"{{ repository(owner: $owner, name: $name) {{ {labels} {fields} }} }}"
    )


def _complete(found: Mapping[str, _List], wanted: Sequence[Labelled]) -> Iterator[tuple[Labelled, _List]]:
    """Yield the lists that are whole, of labels that are spelled as they were asked for, or that are not there."""
    labels = found["labels"]
    names = {one.name for one in labels.nodes}
    folded = {name.casefold() for name in names}
    for place, one in enumerate(wanted):
        issues = found[f"i{place}"]
        is_absent = not labels.pageInfo.hasNextPage and one.label.casefold() not in folded
        if (one.label in names or is_absent) and not issues.pageInfo.hasNextPage:
            yield one, issues
