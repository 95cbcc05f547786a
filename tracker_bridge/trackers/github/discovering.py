"""
Which repositories there are: those that an App is installed on, or those of an owner that a token sees.

https://docs.github.com/en/rest/apps/installations#list-repositories-accessible-to-the-app-installation
https://docs.github.com/en/rest/repos/repos#list-organization-repositories
"""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, TypeAdapter

from tracker_bridge.trackers.github.client import Client

_PAGE = 100


class _Repository(BaseModel):
    full_name: str
    archived: bool = False
    has_issues: bool = True


class _Repositories(BaseModel):
    repositories: list[_Repository]


_OF_INSTALLATION = TypeAdapter(_Repositories)
_OF_OWNER = TypeAdapter(list[_Repository])


def repositories(client: Client, owners: Sequence[str]) -> Iterator[str]:
    """Yield the repositories with issues that are not archived. Raises as every verb of a tracker does."""
    for owner in dict.fromkeys(owners):
        for one in _of_installation(client, owner) if client.installations else _of_owner(client, owner):
            if one.has_issues and not one.archived:
                yield one.full_name


def _of_installation(client: Client, owner: str) -> Iterator[_Repository]:
    action, number = f"list the repositories of github:{owner}", 1
    while True:
        query = {"per_page": _PAGE, "page": number}
        answer = client.send(action, "GET", "/installation/repositories", project=f"{owner}/*", query=query)
        found = answer.parse(_OF_INSTALLATION, action).repositories
        yield from found
        number += 1
        if len(found) < _PAGE:
            return


def _of_owner(client: Client, owner: str) -> Iterator[_Repository]:
    action = f"list the repositories of github:{owner}"
    organisation = client.send(action, "GET", f"/orgs/{owner}", project=f"{owner}/*", fine=(404,)).status == 200
    path, number = f"/{'orgs' if organisation else 'users'}/{owner}/repos", 1
    while True:
        query = {"per_page": _PAGE, "page": number, "type": "all" if organisation else "owner"}
        found = client.send(action, "GET", path, project=f"{owner}/*", query=query).parse(_OF_OWNER, action)
        yield from found
        number += 1
        if len(found) < _PAGE:
            return
