"""
What GitLab tells of itself, of the token, and of one project.

https://docs.gitlab.com/api/personal_access_tokens/#get-details-on-a-personal-access-token: any token may ask about
itself, those of projects, groups and service accounts as well. What a fine-grained one may do is not told.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from urllib.parse import quote

from pydantic import BaseModel

from tracker_bridge.domain.incident.labels import ProjectLabel
from tracker_bridge.http_time import seconds_of
from tracker_bridge.trackers import Busy, Denied, Gone
from tracker_bridge.trackers.facts import Budget, Credential, Delivered, Facts, Job, ProjectFacts, Right, Webhook
from tracker_bridge.trackers.gitlab import labels
from tracker_bridge.trackers.gitlab.client import Client, Redirected, project_path
from tracker_bridge.trackers.gitlab.shapes import Member, User
from tracker_bridge.trackers.gitlab.types import own_types

_REPORTER, _DEVELOPER = 20, 30
_TRIGGERS = {
    "issues_events": "Issues events (in newer versions: Work item events)",
    "confidential_issues_events": "Confidential issues events",
    "note_events": "Comments",
    "confidential_note_events": "Confidential comments",
}
"""What the bridge listens to, and how the page calls it."""


_JOB = "tracker-bridge"
"""What the description of its schedule has in it."""


class _Token(BaseModel):
    scopes: tuple[str, ...] = ()
    expires_at: date | None = None
    granular: bool = False

    @property
    def fine_grained(self) -> bool:
        """Whether it has permissions, which are not told, instead of scopes. Named so since 19.2."""
        return self.granular or "granular" in self.scopes or not self.scopes


class _Version(BaseModel):
    version: str


class _Edition(BaseModel):
    """https://docs.gitlab.com/api/metadata/, since 15.2."""

    version: str
    revision: str = ""
    enterprise: bool = False


class _Project(BaseModel):
    id: int
    path_with_namespace: str
    archived: bool = False
    issues_access_level: str = "enabled"


class _Hook(BaseModel):
    id: int
    url: str
    issues_events: bool = False
    confidential_issues_events: bool = False
    note_events: bool = False
    confidential_note_events: bool = False
    token_present: bool | None = None
    signing_token_present: bool | None = None
    alert_status: str = "executable"


class _Schedule(BaseModel):
    description: str = ""
    active: bool = True


class _Event(BaseModel):
    response_status: str | int | None = None


def facts(client: Client, tracker: str, project: str, clock: Callable[[], datetime]) -> Facts:
    """Ask for everything that :class:`Facts` holds; see :meth:`tracker_bridge.trackers.Checkup.facts`."""
    try:
        me = _user(client)
    except Gone:
        refusal, mend = f"there is no GitLab at {client.url} (404)", "correct gitlab.url, without /api/v4"
        return Facts(client.url, _skew(client.headers, clock()), refusal=refusal, mend=mend)
    told = Facts(client.url, _skew(client.headers, clock()), budget=_budget(client.headers))
    if me is None:
        refusal = "GitLab does not accept the token (401): it is wrong, was revoked, or has expired"
        mend = f"set a valid one in gitlab.token: {_token_page(client, project, '')}"
        return replace(told, refusal=refusal, mend=mend)
    token, page = _token(client), _token_page(client, project, me.username)
    kind = "a fine-grained token" if token and token.fine_grained else "an access token"
    told = replace(told, credential=Credential(me.username, kind, page, _end(token)), version=version(client))
    found = _project(client, tracker, project)
    if found is None:
        mend = f"correct the setting {tracker}.projects, or make {me.username} a member of the project"
        return replace(told, refusal="it does not exist, or this token cannot see it", mend=mend)
    path = found.path_with_namespace
    return replace(
        told,
        place=ProjectFacts(found.id, path, found.archived, found.issues_access_level != "disabled"),
        rights=(_scope(token, page), *_roles(client, path, me)),
        hooks=_hooks(client, project_path(path), path, f"{client.url}/{path}/-/hooks", tracker),
        hooks_page=f"{client.url}/{path}/-/hooks",
        wide_hooks=_group_hooks(client, tracker, path),
        own_types=own_types(client, path),
        labels=_labels(client, tracker, path),
        jobs=_schedules(client, tracker, path),
    )


def _user(client: Client) -> User | None:
    """Return whose token it is; ``None`` when it is refused."""
    try:
        return client.get("/user", "ask GitLab whose token this is", User)
    except Redirected:
        raise
    except Denied:
        if client.status != HTTPStatus.UNAUTHORIZED:
            raise
        return None


def _token_page(client: Client, project: str, login: str) -> str:
    """Tokens of projects have accounts of their own, ``project_<id>_bot_<hex>``."""
    if login.startswith("project_"):
        return f"{client.url}/{project}/-/settings/access_tokens"
    return f"{client.url}/-/user_settings/personal_access_tokens"


def _token(client: Client) -> _Token | None:
    try:
        return client.get("/personal_access_tokens/self", "ask GitLab about this token", _Token)
    except (Denied, Gone):
        return None


def ends(client: Client) -> datetime | None:
    """Return when the token ends; ``None``: never, or it is not told."""
    return _end(_token(client))


def _end(token: _Token | None) -> datetime | None:
    """At midnight, UTC."""
    return datetime.combine(token.expires_at, time(), UTC) if token and token.expires_at else None


def edition(client: Client) -> str:
    """What it is, to the letter, so that any other tells of a change; empty where it does not say."""
    try:
        told = client.get("/metadata", "ask GitLab which edition it is", _Edition)
    except (Denied, Gone):
        return version(client) or ""
    return f"{told.version} {told.revision} {'EE' if told.enterprise else 'CE'}"


def version(client: Client) -> str | None:
    try:
        return client.get("/version", "ask GitLab for its version", _Version).version
    except (Denied, Gone):
        return None


def _skew(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    theirs = seconds_of(headers.get("Date", ""))
    return None if theirs is None else datetime.fromtimestamp(theirs, UTC) - now


def _budget(headers: Mapping[str, str]) -> Budget | None:
    """Only a server with a rate limit tells it."""
    left, limit, reset = (headers.get(f"RateLimit-{what}", "") for what in ("Remaining", "Limit", "Reset"))
    if not (left.isdecimal() and limit.isdecimal() and reset.isdecimal()):
        return None
    return Budget(int(left), int(limit), datetime.fromtimestamp(int(reset), UTC))


def _project(client: Client, tracker: str, project: str) -> _Project | None:
    """Return the project, under whatever path it has now; ``None`` when it cannot be seen."""
    action = f"read {tracker}:{project}"
    try:
        return client.get(project_path(project), action, _Project)
    except Gone:
        return None
    except Redirected as moved:
        if moved.project is None:
            raise
        return client.get(f"/projects/{moved.project}", action, _Project)


def _scope(token: _Token | None, page: str) -> Right:
    held = None if token is None or token.fine_grained else "api" in token.scopes
    return Right("scope api", held, "incident can be run", page)


def _roles(client: Client, project: str, me: User) -> Iterator[Right]:
    page, use = f"{client.url}/{project}/-/project_members", "incident can be run"
    path = f"{project_path(project)}/members/all/{me.id}"
    level: int | None
    try:
        level = client.get(path, f"ask for the role of {me.username}", Member).access_level
    except Gone:
        level = 0
    except Denied:
        level = None
    yield Right("role Reporter", None if level is None else level >= _REPORTER, use, page)
    if level is None or level >= _REPORTER:
        use = "native incident status and timeline are kept"
        yield Right("role Developer", None if level is None else level >= _DEVELOPER, use, page, needed=False)


def _group_hooks(client: Client, tracker: str, project: str) -> tuple[Webhook, ...] | None:
    """https://docs.gitlab.com/api/group_webhooks/: owners only, in paid plans; also of the groups further up."""
    parts = project.split("/")
    found: list[Webhook] = []
    unseen = False
    for group in ("/".join(parts[:count]) for count in range(1, len(parts))):
        place, page = f"/groups/{quote(group, safe='')}", f"{client.url}/groups/{group}/-/hooks"
        hooks = _hooks(client, place, group, page, tracker)
        unseen |= hooks is None
        found += hooks or ()
    return None if unseen and not found else tuple(found)


def _hooks(client: Client, place: str, name: str, page: str, tracker: str) -> tuple[Webhook, ...] | None:
    """https://docs.gitlab.com/api/project_webhooks/: maintainers only."""
    action = f"list the webhooks of {tracker}:{name}"
    try:
        listed = list(client.pages(f"{place}/hooks", action, _Hook))
    except (Denied, Gone):
        return None
    found = [(hook, _webhook(hook, f"{page}/{hook.id}/edit")) for hook in listed]
    return tuple(
        replace(shown, last=_last(client, f"{place}/hooks/{hook.id}", action)) if shown.reaches(tracker) else shown
        for hook, shown in found
        if shown.reaches(tracker) or len(shown.missing) < len(_TRIGGERS)
    )


def _schedules(client: Client, tracker: str, project: str) -> tuple[Job, ...] | None:
    """
    Return the schedules that are described as the bridge's. https://docs.gitlab.com/api/pipeline_schedules/

    GitLab makes one inactive when its owner is blocked, or may not run pipelines any more.
    """
    action, page = f"list the schedules of {tracker}:{project}", f"{client.url}/{project}/-/pipeline_schedules"
    try:
        listed = list(client.pages(f"{project_path(project)}/pipeline_schedules", action, _Schedule))
    except (Denied, Gone, Busy):
        return None
    return tuple(
        Job(f"the schedule {one.description}", page, "" if one.active else "it is inactive")
        for one in listed
        if _JOB in one.description.casefold()
    )


def _webhook(hook: _Hook, page: str) -> Webhook:
    missing = tuple(name for flag, name in _TRIGGERS.items() if not getattr(hook, flag))
    known = (hook.token_present, hook.signing_token_present)
    secret = any(known) or None in known  # an older server does not tell
    return Webhook(page, hook.url, missing, stopped=hook.alert_status != "executable", secret=secret)


def _last(client: Client, path: str, action: str) -> Delivered | None:
    """The newest of seven days, since 17.3. https://docs.gitlab.com/api/project_webhooks/#list-all-events"""
    try:
        event = next(client.pages(f"{path}/events", action, _Event), None)
    except (Denied, Gone, Busy):
        return None
    if event is None or event.response_status is None:
        return None
    status = str(event.response_status)
    return Delivered(None, int(status) if status.isdecimal() else 0)


def _labels(client: Client, tracker: str, project: str) -> tuple[ProjectLabel, ...] | None:
    try:
        return tuple(labels.labels(client, tracker, project))
    except (Denied, Gone):
        return None
