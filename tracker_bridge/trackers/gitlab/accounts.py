"""
Who may see a project; and whose a name is: a user's, or a group's. https://docs.gitlab.com/api/users/, https://docs.gitlab.com/api/groups/

Users and groups share their names. A group that the token's account may not see is none: GitLab would not tell its
members of a mention either.
"""

import re
from urllib.parse import quote

from tracker_bridge.domain.issue.elsewhere import Visibility
from tracker_bridge.domain.issue.issue import Person
from tracker_bridge.trackers import Denied, Gone
from tracker_bridge.trackers.gitlab.client import Client, project_path
from tracker_bridge.trackers.gitlab.shapes import Group, GroupMember, ListedUser, SeenProject, User, person

_NAME = re.compile(r"(?=.{1,255}$)[a-z0-9_][a-z0-9_.-]*(?:/[a-z0-9_][a-z0-9_.-]*)*", re.ASCII | re.IGNORECASE)
_LOCKED_OUT = frozenset({"blocked", "ldap_blocked", "banned", "blocked_pending_approval"})


def account(client: Client, name: str) -> Person | None:
    if not _NAME.fullmatch(name):
        return None
    found = None if "/" in name else _user(client, name)
    return found or _group(client, name)


def _user(client: Client, name: str) -> Person | None:
    """The listing tells administrators only who is a bot; the user's own page tells everybody."""
    action = f"ask GitLab who {name} is"
    users = client.pages("/users", action, ListedUser, username=name)
    found = next((one for one in users if one.username.casefold() == name.casefold()), None)
    if found is None or found.state in _LOCKED_OUT:
        return None
    shown: User = found
    if found.bot is None:
        try:
            shown = client.get(f"/users/{found.id}", action, User)
        except Gone:
            shown = found
    return person(shown)


def visibility(client: Client, tracker: str, project: str) -> Visibility:
    """https://docs.gitlab.com/api/projects/#get-a-single-project; what is not known is taken for private."""
    action = f"ask who may see {tracker}:{project}"
    seen = client.get(project_path(project), action, SeenProject)
    known = {"public": Visibility.PUBLIC, "internal": Visibility.INTERNAL}
    return known.get(seen.visibility, Visibility.PRIVATE)


def members(client: Client, name: str) -> tuple[Person, ...] | None:
    """
    Return who is in a group directly: who is in one above it need not be on its team.

    https://docs.gitlab.com/api/group_members/
    """
    path = f"/groups/{quote(name, safe='')}/members"
    try:
        found = list(client.pages(path, f"ask GitLab who is in {name}", GroupMember))
    except (Gone, Denied):
        return None
    active = (one for one in found if one.state == one.membership_state == "active")
    return tuple(Person(one.id, one.username) for one in active)


def _group(client: Client, name: str) -> Person | None:
    path = f"/groups/{quote(name, safe='')}?with_projects=false"
    try:
        group = client.get(path, f"ask GitLab for the group {name}", Group)
    except Gone:
        return None
    return Person(0, group.full_path, team=True)
