"""
The lists of a first sweep at once: which issues wear which label, of the types that REST lists.

A list of more than a page is left to REST.

https://docs.gitlab.com/api/graphql/reference/#projectissues
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, Field

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Labelled, TrackerError
from tracker_bridge.trackers.gitlab.client import PAGE, Client

TYPES: Final = ("ISSUE", "INCIDENT", "TEST_CASE", "TASK")


class _Page(BaseModel):
    hasNextPage: bool  # noqa: N815 -- GraphQL's name


class _Numbered(BaseModel):
    iid: str = Field(pattern=r"^[0-9]{1,18}$")


class _Issues(BaseModel):
    nodes: list[_Numbered]
    pageInfo: _Page  # noqa: N815 -- GraphQL's name


class _Project(BaseModel):
    project: dict[str, _Issues] | None


class _Told(BaseModel):
    data: _Project | None = None
    errors: list[object] = []


def by_label(
    client: Client, tracker: str, project: str, wanted: Sequence[Labelled]
) -> Mapping[Labelled, Sequence[IssueRef]]:
    """Return the lists that are told completely."""
    variables: dict[str, Any] = {"path": client.names.now(project), "types": TYPES}
    for place, one in enumerate(wanted):
        variables[f"l{place}"] = [one.label]
        if one.since is not None:
            variables[f"s{place}"] = one.since.isoformat()
    try:
        told = client.ask(_query(wanted), f"list the issues of {tracker}:{project}", _Told, **variables)
    except TrackerError:
        return {}
    if told.errors or told.data is None or told.data.project is None:
        return {}
    lists = ((one, told.data.project.get(f"i{place}")) for place, one in enumerate(wanted))
    return {
        one: [IssueRef(tracker, project, int(issue.iid)) for issue in issues.nodes]
        for one, issues in lists
        if issues is not None and not issues.pageInfo.hasNextPage
    }


def _query(wanted: Sequence[Labelled]) -> str:
    types, fields = ["$path: ID!", "$types: [IssueType!]"], []
    for place, one in enumerate(wanted):
        types.append(f"$l{place}: [String]")
        which = "state: opened"
        if one.since is not None:
            types.append(f"$s{place}: Time")
            which = f"updatedAfter: $s{place}"
        fields.append(
            f"i{place}: issues(labelName: $l{place}, types: $types, {which}, sort: CREATED_DESC, first: {PAGE}) "
            "{ nodes { iid } pageInfo { hasNextPage } }"
        )
    return f"query({', '.join(types)}) {{ project(fullPath: $path) {{ {' '.join(fields)} }} }}"
