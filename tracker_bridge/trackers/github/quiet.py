"""
In which repositories nothing happened: one request tells that of fifty, in place of lists of each.

It is asked when an issue changed last, and which version the folder of the settings has. Whether an edited comment
changes its issue is not documented: a full sweep lists the comments.

https://docs.github.com/en/graphql/reference/objects#repository
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, TypeAdapter

from tracker_bridge.trackers._authors import batches
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.sweeping import OVERLAP

AT_ONCE: Final = 50

SETTLED: Final = 15 * 60.0
"""Seconds for which a folder must be the same: the settings are read again some minutes after they changed."""

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


class Quiet:
    """Knows which version the folders had, and since when; ``clock`` tells seconds."""

    def __init__(self, client: Client, clock: Callable[[], float]) -> None:
        self._client = client
        self._clock = clock
        self._folders: dict[str, tuple[str, float]] = {}

    def among(self, since: Mapping[str, datetime]) -> Set[str]:
        """Return the projects in which nothing happened since then for certain. Raises as every request."""
        same: dict[str, list[str]] = {}
        for project in since:
            same.setdefault(self._client.credential(project), []).append(project)
        return {
            project
            for projects in same.values()
            for batch in batches(projects, AT_ONCE)
            for project, found in self._asked(batch)
            if self._same_folder(project, found) and all(at < since[project] - OVERLAP for at in found.changed)
        }

    def _asked(self, projects: Sequence[str]) -> Iterator[tuple[str, _Repository]]:
        action = f"ask what changed in {projects[0]} and {len(projects) - 1} others"
        names = {f"r{place}": project for place, project in enumerate(projects)}
        parts = []
        for alias, project in names.items():
            owner, _, name = self._client.names.now(project).partition("/")
            parts.append(_ONE % (alias, json.dumps(owner), json.dumps(name)))
        query = f"query($latest: IssueOrder!) {{ {' '.join(parts)} }}"
        told = self._client.query(action, query, {"latest": _LATEST}, project=projects[0]).parse(_TOLD, action)
        doubtful = {one.path[0] for one in told.errors if one.path}
        if told.data is None or (told.errors and not doubtful):
            return
        for alias, project in names.items():
            if (found := told.data.get(alias)) is not None and alias not in doubtful:
                yield project, found

    def _same_folder(self, project: str, found: _Repository) -> bool:
        """Settings that changed are in force only after they were read again."""
        version = found.object.oid if found.object else ""
        known, at = self._folders.get(project, (None, 0.0))
        if version != known:
            self._folders[project] = version, self._clock()
            return False
        return self._clock() - at >= SETTLED
