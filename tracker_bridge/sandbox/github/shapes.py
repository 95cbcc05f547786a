"""
How GitHub writes things in JSON: accounts, repositories, issues, comments, labels, reactions, events.

The shapes hold what GitHub's OpenAPI description requires, and what clients read. ``site`` is the address of
the sandbox without a slash at the end; the API lives below it at ``/api/v3``. Longer than other files: it is
one long list of fields.
"""

import base64
import re
import zlib
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Account, Deed, Label, Note, Project, Reaction, Ticket, World

Json = dict[str, Any]

REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")
_OFTEN = ("labels", "milestones", "issues", "pulls", "notifications", "releases", "assignees", "branches")


def stamp(at: datetime) -> str:
    """GitHub's times: UTC, whole seconds."""
    return f"{at.astimezone(UTC).isoformat()[:19]}Z"


def node_id(kind: str, number: int) -> str:
    """A global id, as opaque as GitHub's. :func:`node_of` reads it."""
    return f"{kind}_kwDO" + base64.urlsafe_b64encode(number.to_bytes(6, "big")).decode()


def node_of(text: str) -> tuple[str, int] | None:
    kind, mark, rest = text.partition("_kwDO")
    try:
        return (kind, int.from_bytes(base64.urlsafe_b64decode(rest), "big")) if mark else None
    except ValueError:
        return None


def user(site: str, account: Account) -> Json:
    url = f"{site}/api/v3/users/{account.login}"
    return {
        "login": account.login,
        "id": account.id,
        "node_id": node_id("BOT" if account.bot else "U", account.id),
        "avatar_url": f"{site}/avatars/{account.id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{site}/{account.login}",
        "followers_url": f"{url}/followers",
        "following_url": f"{url}/following{{/other_user}}",
        "gists_url": f"{url}/gists{{/gist_id}}",
        "starred_url": f"{url}/starred{{/owner}}{{/repo}}",
        "subscriptions_url": f"{url}/subscriptions",
        "organizations_url": f"{url}/orgs",
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events{{/privacy}}",
        "received_events_url": f"{url}/received_events",
        "type": "Bot" if account.bot else "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def profile(site: str, account: Account) -> Json:
    """What ``GET /user`` and ``GET /users/{login}`` add."""
    nothing = ("company", "location", "email", "hireable", "bio", "twitter_username")
    return user(site, account) | {
        "name": account.name,
        "blog": "",
        **dict.fromkeys(nothing),
        **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
    }


def owner(site: str, project: Project) -> Json:
    login = project.path.partition("/")[0]
    number = zlib.crc32(login.lower().encode())  # organisations are not in the world: any stable number will do
    shape = user(site, Account(number, login, login.title(), ""))
    return shape | {"type": "Organization", "node_id": node_id("O", number)}


def organisation(site: str, project: Project) -> Json:
    """What ``GET /users/{login}`` says of an organisation."""
    one = owner(site, project)
    return profile(site, Account(one["id"], one["login"], one["login"].title(), "")) | one


def team(site: str, path: str, number: int) -> Json:
    org, _, slug = path.partition("/")
    url = f"{site}/api/v3/organizations/{zlib.crc32(org.lower().encode())}/team/{number}"
    return {
        "id": number,
        "node_id": node_id("T", number),
        "url": url,
        "html_url": f"{site}/orgs/{org}/teams/{slug}",
        "name": slug.replace("-", " ").title(),
        "slug": slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "organization_id": zlib.crc32(org.lower().encode()),
        "parent": None,
    }


def full_team(site: str, path: str, number: int) -> Json:
    """What ``GET /orgs/{org}/teams/{slug}`` adds."""
    org = path.partition("/")[0]
    url, then = f"{site}/api/v3/orgs/{org}", "2020-01-01T00:00:00Z"
    parts = ("repos", "events", "hooks", "issues")
    organisation = {
        "login": org,
        "id": zlib.crc32(org.lower().encode()),
        "node_id": node_id("O", zlib.crc32(org.lower().encode())),
        "url": url,
        **{f"{part}_url": f"{url}/{part}" for part in parts},
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{site}/avatars/{org}",
        "html_url": f"{site}/{org}",
        "description": None,
        **dict.fromkeys(("has_organization_projects", "has_repository_projects"), True),
        **dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0),
        "type": "Organization",
        **dict.fromkeys(("created_at", "updated_at"), then),
        "archived_at": None,
    }
    counts = dict.fromkeys(("members_count", "repos_count"), 1)
    return (
        team(site, path, number) | counts | {"created_at": then, "updated_at": then, "organization": organisation}
    )


def repository_url(site: str, project: Project) -> str:
    return f"{site}/api/v3/repos/{project.path}"


def repository(site: str, project: Project) -> Json:
    """What an event of a webhook says of its repository."""
    url, page = repository_url(site, project), f"{site}/{project.path}"
    open_issues = sum(ticket.open and not ticket.deleted for ticket in project.tickets.values())
    plain = (
        "contributors deployments downloads events forks languages merges stargazers subscribers tags teams hooks"
    )
    templates = {
        "archive_url": "{archive_format}{/ref}",
        "blobs_url": "git/blobs{/sha}",
        "collaborators_url": "collaborators{/collaborator}",
        "comments_url": "comments{/number}",
        "commits_url": "commits{/sha}",
        "compare_url": "compare/{base}...{head}",
        "contents_url": "contents/{+path}",
        "git_commits_url": "git/commits{/sha}",
        "git_refs_url": "git/refs{/sha}",
        "git_tags_url": "git/tags{/sha}",
        "issue_comment_url": "issues/comments{/number}",
        "issue_events_url": "issues/events{/number}",
        "keys_url": "keys{/key_id}",
        "statuses_url": "statuses/{sha}",
        "subscription_url": "subscription",
        "trees_url": "git/trees{/sha}",
    }
    counts = ("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size")
    return {
        "id": project.id,
        "node_id": node_id("R", project.id),
        "name": project.path.rpartition("/")[2],
        "full_name": project.path,
        "owner": owner(site, project),
        "private": project.private,
        "visibility": "private" if project.private else "public",
        "html_url": page,
        "description": None,
        "fork": False,
        "url": url,
        **{f"{name}_url": f"{url}/{name}" for name in plain.split()},
        **{f"{name}_url": f"{url}/{name}{{/{name}}}" for name in _OFTEN},
        **{name: f"{url}/{rest}" for name, rest in templates.items()},
        "git_url": f"git:{page.partition(':')[2]}.git",
        "ssh_url": f"git@localhost:{project.path}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        **dict.fromkeys(("mirror_url", "homepage", "language", "license"), None),
        **dict.fromkeys(counts, 0),
        "open_issues": open_issues,
        "open_issues_count": open_issues,
        "default_branch": "main",
        "topics": [],
        **dict.fromkeys(("has_issues", "has_projects", "has_wiki", "has_downloads", "allow_forking"), True),
        **dict.fromkeys(("has_pages", "has_discussions", "archived", "disabled", "is_template"), False),
        "web_commit_signoff_required": False,
        "created_at": "2020-01-01T00:00:00Z",
        "updated_at": "2020-01-01T00:00:00Z",
        "pushed_at": "2020-01-01T00:00:00Z",
    }


def permissions(access: Access) -> Json:
    levels = {"admin": Access.ADMIN, "maintain": Access.MAINTAIN, "push": Access.WRITE}
    levels |= {"triage": Access.TRIAGE, "pull": Access.READ}
    return {name: access >= least for name, least in levels.items()}


def label(site: str, project: Project, one: Label) -> Json:
    return {
        "id": one.id,
        "node_id": node_id("LA", one.id),
        "url": f"{repository_url(site, project)}/labels/{quote(one.name)}",
        "name": one.name,
        "color": one.color,
        "default": False,
        "description": one.description or None,
    }


def reaction(site: str, one: Reaction) -> Json:
    return {
        "id": one.id,
        "node_id": node_id("REA", one.id),
        "user": user(site, one.account),
        "content": one.name,
        "created_at": stamp(one.at),
    }


def rollup(url: str, reactions: list[Reaction]) -> Json:
    shown = dict.fromkeys(REACTIONS, 0)
    for one in reactions:
        if one.name in shown:
            shown[one.name] += 1
    return {"url": f"{url}/reactions", "total_count": sum(shown.values()), **shown}


def association(world: World, project: Project, account: Account) -> str:
    return "COLLABORATOR" if account.id in project.members and world.access(project, account) else "NONE"


def issue_page(site: str, ticket: Ticket) -> str:
    return f"{site}/{ticket.project.path}/issues/{ticket.number}"


def issue_url(site: str, ticket: Ticket) -> str:
    return f"{repository_url(site, ticket.project)}/issues/{ticket.number}"


def comment_url(site: str, ticket: Ticket, note: Note) -> str:
    return f"{repository_url(site, ticket.project)}/issues/comments/{note.id}"


def comment(site: str, world: World, ticket: Ticket, note: Note) -> Json:
    url = comment_url(site, ticket, note)
    return {
        "id": note.id,
        "node_id": node_id("IC", note.id),
        "url": url,
        "html_url": f"{issue_page(site, ticket)}#issuecomment-{note.id}",
        "issue_url": issue_url(site, ticket),
        "body": note.body,
        "user": user(site, note.author),
        "created_at": stamp(note.created_at),
        "updated_at": stamp(note.updated_at),
        "author_association": association(world, ticket.project, note.author),
        "reactions": rollup(url, note.reactions),
        "performed_via_github_app": None,
        "pin": pin(site, ticket) if ticket.pinned is note else None,
        "minimized": {"reason": note.hidden_as} if note.hidden_as else None,
    }


def pin(site: str, ticket: Ticket) -> Json:
    by = ticket.pinned_by
    return {
        "pinned_at": stamp(ticket.pinned_at or ticket.updated_at),
        "pinned_by": user(site, by) if by else None,
    }


def issue(site: str, world: World, ticket: Ticket) -> Json:
    """An issue in a list; :func:`whole_issue` is what a single one adds."""
    url = issue_url(site, ticket)
    children = [link.other for link in ticket.links if link.kind == "sub_issue"]
    closed = sum(not child.open for child in children)
    parent = parent_of(world, ticket)
    return {
        "id": ticket.id,
        "node_id": node_id("I", ticket.id),
        "number": ticket.number,
        "url": url,
        "repository_url": repository_url(site, ticket.project),
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": issue_page(site, ticket),
        "title": ticket.title,
        "body": ticket.body or None,
        "user": user(site, ticket.author),
        "labels": [label(site, ticket.project, one) for one in ticket.labels],
        "state": "open" if ticket.open else "closed",
        "state_reason": ticket.state_reason,
        "locked": ticket.locked,
        "active_lock_reason": None,
        "assignee": user(site, ticket.assignees[0]) if ticket.assignees else None,
        "assignees": [user(site, account) for account in ticket.assignees],
        "milestone": None,
        "comments": len(ticket.comments),
        "created_at": stamp(ticket.created_at),
        "updated_at": stamp(ticket.updated_at),
        "closed_at": stamp(ticket.closed_at) if ticket.closed_at else None,
        "author_association": association(world, ticket.project, ticket.author),
        "type": issue_type(ticket.project, ticket.kind),
        "issue_field_values": [field_value(name, value) for name, value in ticket.fields.items()],
        "reactions": rollup(url, ticket.reactions),
        "performed_via_github_app": None,
        "sub_issues_summary": {
            "total": len(children),
            "completed": closed,
            "percent_completed": 100 * closed // len(children) if children else 0,
        },
        "issue_dependencies_summary": dict.fromkeys(
            ("blocked_by", "total_blocked_by", "blocking", "total_blocking"), 0
        ),
        **({"parent_issue_url": issue_url(site, parent)} if parent else {}),
    }


def issue_field(name: str, kind: str, choices: tuple[str, ...]) -> Json:
    """A field that an organisation defines."""
    number = zlib.crc32(name.encode())
    shape: Json = {
        "id": number,
        "node_id": node_id("IF", number),
        "name": name,
        "description": None,
        "data_type": kind,
        "visibility": "all",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }
    options = [
        {"id": zlib.crc32(one.encode()), "name": one, "description": None, "color": "gray"} for one in choices
    ]
    return shape | ({"options": options} if choices else {})


def field_value(name: str, value: str | float | tuple[str]) -> Json:
    """What stands in a field of the organisation's; of a choice, ``value`` is the option's number."""
    number = zlib.crc32(name.encode())
    shape: Json = {"issue_field_id": number, "issue_field_name": name, "node_id": node_id("IFV", number)}
    match value:
        case (choice,):
            option = {"id": zlib.crc32(choice.encode()), "name": choice, "color": "gray"}
            return shape | {"data_type": "single_select", "value": option["id"], "single_select_option": option}
        case str():
            date = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value)
            return shape | {"data_type": "date" if date else "text", "value": value}
    return shape | {"data_type": "number", "value": value}


def issue_type(project: Project, kind: str) -> Json | None:
    """The organisation's type that a kind of issue stands for; plain issues have none."""
    name = next((known for known in project.types if known.casefold() == kind), None)
    if name is None:
        return None
    number = zlib.crc32(name.encode())
    return {"id": number, "node_id": node_id("IT", number), "name": name, "description": None, "color": "red"}


def whole_issue(site: str, world: World, ticket: Ticket) -> Json:
    return issue(site, world, ticket) | {
        "closed_by": user(site, ticket.closed_by) if ticket.closed_by else None,
        "pinned_comment": comment(site, world, ticket, ticket.pinned) if ticket.pinned else None,
    }


def parent_of(world: World, ticket: Ticket) -> Ticket | None:
    everything = (other for project in world.projects.values() for other in project.tickets.values())
    return next(
        (
            other
            for other in everything
            for link in other.links
            if link.kind == "sub_issue" and link.other is ticket
        ),
        None,
    )


def event(site: str, ticket: Ticket, deed: Deed) -> Json:
    """What ``GET .../events`` says of one deed."""
    shape: Json = {
        "id": deed.id,
        "node_id": node_id("LE", deed.id),
        "url": f"{repository_url(site, ticket.project)}/issues/events/{deed.id}",
        "actor": user(site, deed.actor),
        "event": "issue_type_added" if deed.kind == "typed" else deed.kind,
        "commit_id": None,
        "commit_url": None,
        "created_at": stamp(deed.at),
        "performed_via_github_app": None,
    }
    if deed.kind == "typed":
        shape["issue_type"] = issue_type(ticket.project, deed.value)
    if deed.label:
        shape["label"] = {"name": deed.label.name, "color": deed.label.color}
    if deed.account:
        shape["assignee"], shape["assigner"] = user(site, deed.account), user(site, deed.actor)
    return shape
