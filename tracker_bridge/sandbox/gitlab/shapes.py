"""
The world's things as GitLab's JSON (``lib/api/entities``): users, projects, issues, notes, labels, events.

Long, since GitLab's objects are. ``base`` is the address of this GitLab, without a slash at the end.
"""

from datetime import UTC, datetime

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.world import Account, Deed, Label, Link, Note, Project, PullRequest, Reaction, Ticket

Json = dict[str, object]

LEVELS = {
    Access.READ: 10,
    Access.TRIAGE: 20,
    Access.WRITE: 30,
    Access.MAINTAIN: 40,
    Access.ADMIN: 50,
}
"""GitLab's levels that have a word in the world; 15 (planner) and 25 are stored as 20 (reporter)."""

EMOJI = {
    "+1": "thumbsup",
    "-1": "thumbsdown",
    "laugh": "laughing",
    "hooray": "tada",
    "confused": "confused",
    "heart": "heart",
    "rocket": "rocket",
    "eyes": "eyes",
}
"""The world's (GitHub's) reactions in GitLab's names. Others have the same name in both."""

_FROM_GITLAB = {theirs: ours for ours, theirs in EMOJI.items()}


def world_emoji(name: str) -> str:
    return _FROM_GITLAB.get(name, name)


def moment(at: datetime | None) -> str | None:
    """GitLab sends milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def user(account: Account, base: str) -> Json:
    return {
        "id": account.id,
        "username": account.login,
        "public_email": "",
        "name": account.name,
        "state": "active",
        "locked": False,
        "avatar_url": None,
        "web_url": f"{base}/{account.login}",
    }


def whole_user(account: Account, base: str) -> Json:
    return user(account, base) | {"bot": account.bot, "email": f"{account.login}@example.com", "bio": ""}


def group(path: str, number: int, base: str) -> Json:
    """https://docs.gitlab.com/api/groups/#retrieve-a-group, the fields that everybody gets."""
    name = path.rpartition("/")[2]
    return {
        "id": number,
        "web_url": f"{base}/groups/{path}",
        "name": name.replace("-", " ").title(),
        "path": name,
        "description": "",
        "visibility": "private",
        "mentions_disabled": None,
        "full_name": " / ".join(part.title() for part in path.split("/")),
        "full_path": path,
        "created_at": "2020-01-01T00:00:00.000Z",
        "parent_id": None,
        "archived": False,
    }


def merge_request(pull: PullRequest, base: str) -> Json:
    """https://docs.gitlab.com/api/merge_requests/, the fields that matter to an issue."""
    return {
        "id": pull.id,
        "iid": pull.number,
        "project_id": pull.project.id,
        "title": pull.title,
        "description": "",
        "state": "merged" if pull.merged_at else "opened" if pull.open else "closed",
        "created_at": moment(pull.created_at),
        "merged_at": moment(pull.merged_at),
        "author": user(pull.author, base),
        "draft": False,
        "web_url": f"{base}/{pull.project.path}/-/merge_requests/{pull.number}",
        "references": {
            "short": f"!{pull.number}",
            "relative": f"!{pull.number}",
            "full": f"{pull.project.path}!{pull.number}",
        },
    }


def member(account: Account, access: Access, base: str) -> Json:
    return user(account, base) | {
        "access_level": LEVELS[access],
        "expires_at": None,
        "membership_state": "active",
    }


def project(one: Project, base: str) -> Json:
    parent, _, path = one.path.rpartition("/")
    web_url = f"{base}/{one.path}"
    return {
        "id": one.id,
        "name": path,
        "path": path,
        "path_with_namespace": one.path,
        "name_with_namespace": " / ".join(one.path.split("/")),
        "description": None,
        "default_branch": "main",
        "visibility": "private" if one.private else "public",
        "archived": one.archived,
        "issues_enabled": True,
        "issues_access_level": "enabled",
        "web_url": web_url,
        "http_url_to_repo": f"{web_url}.git",
        "namespace": {
            "id": 0,
            "name": parent.rpartition("/")[2],
            "path": parent.rpartition("/")[2],
            "kind": "group",
            "full_path": parent,
        },
        "open_issues_count": sum(ticket.open and not ticket.deleted for ticket in one.tickets.values()),
        "_links": {
            "self": f"{base}/api/v4/projects/{one.id}",
            "issues": f"{base}/api/v4/projects/{one.id}/issues",
        },
    }


def label(one: Label) -> Json:
    return {
        "id": one.id,
        "name": one.name,
        "description": one.description or None,
        "description_html": one.description,
        "text_color": "#1F1E24",
        "color": f"#{one.color}",
    }


def project_label(one: Label, owner: Project) -> Json:
    wearing = [ticket for ticket in owner.tickets.values() if one in ticket.labels and not ticket.deleted]
    return label(one) | {
        "open_issues_count": sum(ticket.open for ticket in wearing),
        "closed_issues_count": sum(not ticket.open for ticket in wearing),
        "open_merge_requests_count": 0,
        "subscribed": False,
        "priority": None,
        "is_project_label": True,
    }


def issue_url(ticket: Ticket, base: str) -> str:
    kind = "incident/" if ticket.kind == "incident" else ""
    return f"{base}/{ticket.project.path}/-/issues/{kind}{ticket.number}"


def issue(ticket: Ticket, base: str, *, label_details: bool = False) -> Json:
    labels = sorted(ticket.labels, key=lambda one: one.name)
    assignees = [user(account, base) for account in ticket.assignees]
    api = f"{base}/api/v4/projects/{ticket.project.id}"
    return {
        "id": ticket.id,
        "iid": ticket.number,
        "project_id": ticket.project.id,
        "title": ticket.title,
        "description": ticket.body,
        "state": "opened" if ticket.open else "closed",
        "created_at": moment(ticket.created_at),
        "updated_at": moment(ticket.updated_at),
        "closed_at": moment(ticket.closed_at),
        "closed_by": user(ticket.closed_by, base) if ticket.closed_by else None,
        "labels": [label(one) for one in labels] if label_details else [one.name for one in labels],
        "milestone": None,
        "assignees": assignees,
        "assignee": assignees[0] if assignees else None,
        "author": user(ticket.author, base),
        "type": ticket.kind.upper(),
        "issue_type": ticket.kind,
        "severity": ticket.severity.upper(),
        "user_notes_count": len(ticket.comments),
        "merge_requests_count": 0,
        "upvotes": sum(reaction.name == "+1" for reaction in ticket.reactions),
        "downvotes": sum(reaction.name == "-1" for reaction in ticket.reactions),
        "due_date": None,
        "confidential": ticket.confidential,
        "discussion_locked": ticket.locked or None,
        "web_url": issue_url(ticket, base),
        "references": {
            "short": f"#{ticket.number}",
            "relative": f"#{ticket.number}",
            "full": f"{ticket.project.path}#{ticket.number}",
        },
        "time_stats": {
            "time_estimate": 0,
            "total_time_spent": 0,
            "human_time_estimate": None,
            "human_total_time_spent": None,
        },
        "task_completion_status": {"count": 0, "completed_count": 0},
        "has_tasks": False,
        "subscribed": False,
        "moved_to_id": None,
        "service_desk_reply_to": None,
        "_links": {
            "self": f"{api}/issues/{ticket.number}",
            "notes": f"{api}/issues/{ticket.number}/notes",
            "award_emoji": f"{api}/issues/{ticket.number}/award_emoji",
            "project": api,
        },
    }


def linked_issue(link: Link, base: str) -> Json:
    return issue(link.other, base) | {
        "issue_link_id": link.id,
        "link_type": link.kind,
        "link_created_at": None,
        "link_updated_at": None,
    }


def note(one: Note, ticket: Ticket, base: str, changes: Json | None = None) -> Json:
    return {
        "id": one.id,
        "type": None,
        "body": one.body,
        "author": user(one.author, base),
        "created_at": moment(one.created_at),
        "updated_at": moment(one.updated_at),
        "system": one.system,
        "noteable_id": ticket.id,
        "noteable_type": "Issue",
        "project_id": ticket.project.id,
        "noteable_iid": ticket.number,
        "resolvable": False,
        "confidential": one.internal,
        "internal": one.internal,
        "imported": False,
        "imported_from": "none",
        "commands_changes": changes or {},
    }


def award(reaction: Reaction, target: Ticket | Note, base: str) -> Json:
    return {
        "id": reaction.id,
        "name": EMOJI.get(reaction.name, reaction.name),
        "user": user(reaction.account, base),
        "created_at": moment(reaction.at),
        "updated_at": moment(reaction.at),
        "awardable_id": target.id,
        "awardable_type": "Issue" if isinstance(target, Ticket) else "Note",
        "url": None,
    }


def label_event(deed: Deed, ticket: Ticket, base: str) -> Json:
    return _event(deed, ticket, base) | {
        "label": deed.label and label(deed.label),
        "action": "add" if deed.kind == "labeled" else "remove",
    }


def state_event(deed: Deed, ticket: Ticket, base: str) -> Json:
    return _event(deed, ticket, base) | {"state": deed.kind}


def project_event(deed: Deed, ticket: Ticket, project: Project, base: str) -> Json:
    """https://docs.gitlab.com/api/events/"""
    return {
        "id": deed.id,
        "project_id": project.id,
        "action_name": deed.kind,
        "target_id": ticket.id,
        "target_iid": ticket.number,
        "target_type": "Issue",
        "author_id": deed.actor.id,
        "target_title": ticket.title,
        "created_at": moment(deed.at),
        "author": user(deed.actor, base),
        "imported": False,
        "imported_from": "none",
        "author_username": deed.actor.login,
    }


def _event(deed: Deed, ticket: Ticket, base: str) -> Json:
    return {
        "id": deed.id,
        "user": user(deed.actor, base),
        "created_at": moment(deed.at),
        "resource_type": "Issue",
        "resource_id": ticket.id,
    }
