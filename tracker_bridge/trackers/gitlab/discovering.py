"""
Which projects there are below groups. https://docs.gitlab.com/api/groups/#list-projects
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from pydantic import BaseModel

from tracker_bridge.trackers.gitlab.client import Client


class _Project(BaseModel):
    path_with_namespace: str
    archived: bool = False


def projects_below(client: Client, groups: Sequence[str]) -> Iterator[str]:
    """Yield the projects that are not archived, subgroups' as well. Raises as every verb of a tracker does."""
    for group in dict.fromkeys(groups):
        action, path = f"list the projects of gitlab:{group}", f"/groups/{quote(group, safe='')}/projects"
        query = {"include_subgroups": "true", "archived": "false", "with_issues_enabled": "true"}
        for one in client.pages(path, action, _Project, **query):
            if not one.archived:
                yield one.path_with_namespace
