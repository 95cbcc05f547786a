"""
Whose a name is, and who may see a repository. https://docs.github.com/en/rest/users/users#get-a-user

An organisation is nobody: mentioning it reaches no one. A team can only be one of the organisation that owns the
repository; GitHub says 404 for teams that the credential may not see as well as for those that are not there, so
"none" is believed only where the credential may list teams.
"""

import re
from urllib.parse import quote

from tracker_bridge.domain.issue.elsewhere import Visibility
from tracker_bridge.domain.issue.issue import Person
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.shapes import ACCOUNT, ACCOUNTS, SEEN, TEAM, person
from tracker_bridge.trackers.together import Together

_LOGIN = re.compile(r"(?=.{1,100}$)[a-z0-9][a-z0-9-]*(?:_[a-z0-9]+)?(?:\[bot\])?", re.ASCII | re.IGNORECASE)
"""39 characters, with the short name of a company behind them for its managed users; Apps' names are longer."""

_TEAM = re.compile(r"(?P<org>[a-z0-9-]+)/(?P<slug>[a-z0-9_-]+)", re.ASCII | re.IGNORECASE)


def account(client: Client, project: str, owner: str, login: str) -> Person | None:
    """``owner`` is the organisation that owns ``project`` now."""
    if "/" in login:
        return _team(client, project, owner, login)
    if not _LOGIN.fullmatch(login):
        return None
    action = f"ask GitHub who {login} is"
    answer = client.send(action, "GET", f"/users/{quote(login, safe='')}", project=project, fine=(404,))
    if answer.status == 404:
        return None
    shown = answer.parse(ACCOUNT, action)
    is_somebody = shown.type in ("User", "Bot") and shown.login.casefold() == login.casefold()
    return person(shown) if is_somebody else None


def visibility(client: Client, tracker: str, project: str) -> Visibility:
    """https://docs.github.com/en/rest/repos/repos#get-a-repository"""
    action = f"ask who may see {tracker}:{project}"
    seen = client.send(action, "GET", f"/repos/{project}", project=project).parse(SEEN, action)
    if not seen.private:
        return Visibility.PUBLIC
    return Visibility.INTERNAL if seen.visibility == "internal" else Visibility.PRIVATE


def members(client: Client, project: str, owner: str, name: str, together: Together) -> tuple[Person, ...] | None:
    """
    Return who is in a team, or in one below it. https://docs.github.com/en/rest/teams/members#list-team-members

    That takes the organisation's permission Members: read; without it GitHub says 403 or 404.
    """
    found = _TEAM.fullmatch(name)
    if found is None or found["org"].casefold() != owner.casefold():
        return None
    action, path = f"ask GitHub who is in {name}", f"/orgs/{owner}/teams/{quote(found['slug'].lower(), safe='')}"
    first = client.send(action, "GET", f"{path}/members", project=project, query={"per_page": 1}, fine=(403, 404))
    if first.status >= 400:
        return None
    shown = client.all_pages(action, f"{path}/members", ACCOUNTS, project=project, together=together)
    return tuple(person(one) for one in shown)


def _team(client: Client, project: str, owner: str, name: str) -> Person | None:
    found = _TEAM.fullmatch(name)
    if found is None or found["org"].casefold() != owner.casefold():
        return None
    action, teams = f"ask GitHub for the team {name}", f"/orgs/{owner}/teams"
    path = f"{teams}/{quote(found['slug'].lower(), safe='')}"
    answer = client.send(action, "GET", path, project=project, fine=(403, 404))
    if answer.status < 400:
        return Person(0, f"{owner}/{answer.parse(TEAM, action).slug}", team=True)
    listing = client.send(action, "GET", teams, project=project, query={"per_page": 1}, fine=(403, 404))
    return None if answer.status == 404 and listing.status < 400 else Person(0, name, team=True)
