"""What the credential may do, against what is used. What only GitHub knows stays open."""

from collections.abc import Iterator

from pydantic import BaseModel

from tracker_bridge.trackers.facts import Right
from tracker_bridge.trackers.github.checkup.identity import Identity
from tracker_bridge.trackers.github.client import Client


class _Owner(BaseModel):
    type: str = "Organization"


class _Role(BaseModel):
    push: bool = False
    triage: bool = False


class Repository(BaseModel):
    id: int
    full_name: str
    owner: _Owner
    private: bool = True
    archived: bool = False
    has_issues: bool = True
    permissions: _Role | None = None


_USES = {
    "issues": ("Issues: read and write", "incident can be run", True),
    "metadata": ("Metadata: read", "incident can be run", True),
    "contents": ("Contents: read", "settings of the repository apply", False),
    "pull_requests": ("Pull requests: read", "merged change of a private repository is on the timeline", False),
    "members": ("Members: read", "team can be distinguished from a mistyped one", False),
}
"""GitHub's permissions: what the page calls them, what does not work without, and whether all depends on it."""

_PROBES = {"contents": "branches", "pull_requests": "pulls"}
"""What can be read only with that permission, or where the repository is public."""


def rights(client: Client, tracker: str, who: Identity, repository: Repository) -> Iterator[Right]:
    if who.permissions is not None:
        yield from _of_app(who, repository)
        return
    if who.scopes is not None:
        yield from _of_scopes(who, who.scopes, repository)
    else:
        yield from _probed(client, tracker, who, repository)
    yield from _role(client, repository)


def _of_app(who: Identity, repository: Repository) -> Iterator[Right]:
    granted = who.permissions or {}
    for permission, (name, use, needed) in _USES.items():
        if permission == "members" and repository.owner.type == "User":
            continue
        enough = ("write", "admin") if permission == "issues" else ("read", "write", "admin")
        yield Right(f"permission {name}", granted.get(permission) in enough, use, who.page, needed)


def _of_scopes(who: Identity, scopes: frozenset[str], repository: Repository) -> Iterator[Right]:
    """https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps"""
    wanted = ("repo",) if repository.private else ("repo", "public_repo")
    yield Right(f"scope {wanted[-1]}", not scopes.isdisjoint(wanted), "incident can be run", who.page)
    if repository.owner.type != "User":
        teams = not scopes.isdisjoint(("read:org", "write:org", "admin:org"))
        yield Right("scope read:org", teams, _USES["members"][1], who.page, needed=False)


def _probed(client: Client, tracker: str, who: Identity, repository: Repository) -> Iterator[Right]:
    """A refused read shows what is missing; whether anything may be written is seen by writing only."""
    name, use, needed = _USES["issues"]
    reads = _reads(client, tracker, repository, "issues")
    yield Right(f"permission {name}", None if reads else reads, use, who.page, needed)
    for permission, path in _PROBES.items():
        name, use, needed = _USES[permission]
        yield Right(f"permission {name}", _reads(client, tracker, repository, path), use, who.page, needed)


def _reads(client: Client, tracker: str, repository: Repository, path: str) -> bool | None:
    project = repository.full_name
    answer = client.send(
        f"list the {path} of {tracker}:{project}",
        "GET",
        f"/repos/{project}/{path}",
        project=project,
        query={"per_page": 1},
        fine=(403, 404),
    )
    return {403: False, 404: None}.get(answer.status, True)


def _role(client: Client, repository: Repository) -> Iterator[Right]:
    """GitHub drops labels and assignees without a word where the account may not set them."""
    role, page = repository.permissions, f"{client.web}/{repository.full_name}/settings/access"
    if role is None:
        return
    if not (role.push or role.triage):
        yield Right("role Write", held=False, use="label, assignee or end of an incident is set", page=page)
    else:
        use = "status comment is pinned, and no issue type set"
        yield Right("role Write", role.push, use, page, needed=False)
