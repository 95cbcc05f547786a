"""
In which repositories nothing happened: one request tells that of fifty, in place of lists of each.

It is asked when an issue changed last, and which version the folder of the settings has. Whether an edited comment
changes its issue is not documented: a full sweep lists the comments.

https://docs.github.com/en/graphql/reference/objects#repository
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from tracker_bridge.trackers._quiet import Seen
from tracker_bridge.trackers.github.client import Client

_FOLDER: Final = json.dumps("HEAD:.github")
_ONE: Final = (
    "%s: repository(owner: %s, name: %s) { issues(first: 1, orderBy: $latest) { nodes { updatedAt } } "
    f"object(expression: {_FOLDER}) {{ oid }} }}"
)
_LATEST: Final = {"field": "UPDATED_AT", "direction": "DESC"}


class _Changed(BaseModel):
    updatedAt: AwareDatetime  # noqa: N815 -- GraphQL's name


class _Issues(BaseModel):
    nodes: list[_Changed]


class _Object(BaseModel):
    oid: str


class _Repository(BaseModel):
    issues: _Issues
    object: _Object | None

    @property
    def changed(self) -> list[datetime]:
        """When the issue that changed last did so; nothing without issues."""
        return [one.updatedAt for one in self.issues.nodes]


class _Fault(BaseModel):
    path: list[Any] = []


class _Told(BaseModel):
    data: dict[str, _Repository | None] | None = None
    errors: list[_Fault] = []


_TOLD: Final = TypeAdapter(_Told)


def seen(client: Client, projects: Sequence[str]) -> Iterator[tuple[str, Seen]]:
    """Yield what is seen of the projects, as far as it is told."""
    action = f"ask what changed in {projects[0]} and {len(projects) - 1} others"
    names = {f"r{place}": project for place, project in enumerate(projects)}
    parts = []
    for alias, project in names.items():
        owner, _, name = client.names.now(project).partition("/")
        parts.append(_ONE % (alias, json.dumps(owner), json.dumps(name)))
    query = f"query($latest: IssueOrder!) {{ {' '.join(parts)} }}"
    told = client.query(action, query, {"latest": _LATEST}, project=projects[0]).parse(_TOLD, action)
    doubtful = {one.path[0] for one in told.errors if one.path}
    if told.data is None or (told.errors and not doubtful):
        return
    for alias, project in names.items():
        if (found := told.data.get(alias)) is not None and alias not in doubtful:
            yield project, Seen(found.changed, found.object.oid if found.object else "")
