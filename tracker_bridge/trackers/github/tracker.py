"""One GitHub with one credential: every verb of ``Tracker``, from the modules beside it."""

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from urllib.parse import quote

from tracker_bridge.domain.derived.similar import PastIssue
from tracker_bridge.domain.incident.labels import ProjectLabel, PutLabel
from tracker_bridge.domain.issue.changes import Change, Link, Open, Post, Reaction
from tracker_bridge.domain.issue.elsewhere import Visibility
from tracker_bridge.domain.issue.issue import Access, Issue, IssueRef, Person
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.domain.issue.plan import carries
from tracker_bridge.events import Observer, silent
from tracker_bridge.trackers import DONE, Applied, IssueChanged, Labelled, still_there
from tracker_bridge.trackers._cache import AccessCache, Accounts, Remembered, ThreadCache
from tracker_bridge.trackers._governor import Governor
from tracker_bridge.trackers._names import LastRead, Names
from tracker_bridge.trackers._pace import Pace
from tracker_bridge.trackers._quiet import Quiet
from tracker_bridge.trackers.doubts import Doubts
from tracker_bridge.trackers.facts import Facts
from tracker_bridge.trackers.github import (
    accounts,
    checkup,
    files,
    hooks,
    labels,
    listing,
    live,
    quiet,
    shapes,
    sweeping,
)
from tracker_bridge.trackers.github.at_once import AtOnce
from tracker_bridge.trackers.github.client import Client
from tracker_bridge.trackers.github.credentials import App, Token
from tracker_bridge.trackers.github.discovering import repositories
from tracker_bridge.trackers.github.fields import Fields
from tracker_bridge.trackers.github.opening import GitHubOpener
from tracker_bridge.trackers.github.pacing import pace
from tracker_bridge.trackers.github.reading import Reader
from tracker_bridge.trackers.github.shapes import ACCOUNT, PERMISSION, VIEWER, access, person
from tracker_bridge.trackers.github.writing import Writer
from tracker_bridge.trackers.live import Bounds, Ledger, Made, Result
from tracker_bridge.trackers.quotas import Quotas
from tracker_bridge.trackers.served import Served
from tracker_bridge.trackers.together import OneByOne, Together

__all__ = ["GITHUB_COM", "App", "GitHubTracker", "Token"]

GITHUB_COM = "https://api.github.com"
GITHUB_COM_PACE = pace(1.0, 180, 60, 400, 850)
"""Below what is known of its secondary limits."""


class GitHubTracker:
    """
    One GitHub with one credential. Close it after use.

    ``url`` is the API's address: :data:`GITHUB_COM`, or ``https://HOST/api/v3`` for an Enterprise Server.
    ``projects`` are written ``owner/name``. ``issue_type`` is the type that the organisation has for incidents;
    empty to leave types alone. ``pace``: how much may be written; ``together`` asks what can be asked at once.
    ``clock`` is monotonic, in seconds.
    """

    name = "github"
    max_body = 60_000
    """GitHub takes 262,144 bytes, whatever it says; a character has four at most."""
    max_delivery = 5 * 1024 * 1024
    """A description and a comment of 262,144 bytes each, with room for what is escaped in JSON."""
    max_title = shapes.MAX_TITLE
    max_comments = 2_500
    reserved = frozenset({"alerts", "code", "details", "saved-replies", "table", "tasklist", "template"})
    """
    The editor's own menu: https://docs.github.com/en/issues/tracking-your-work-with-issues/about-slash-commands
    """

    def __init__(
        self,
        url: str,
        credential: Token | App,
        projects: Collection[str],
        webhook_secrets: Collection[str] = (),
        *,
        issue_type: str = "Incident",
        pace: Pace = GITHUB_COM_PACE,
        together: Together | None = None,
        clock: Callable[[], float] = time.monotonic,
        observe: Observer = silent,
        quotas: Quotas | None = None,
    ) -> None:
        """Raise ``ValueError``, naming the problem and no secret, for values that cannot work."""
        if not all(webhook_secrets):
            raise ValueError("an empty webhook secret would let anyone sign")
        self._served = Served(projects)
        self._names = Names(self.name, self._served, observe)
        self._keys = hooks.keyed(webhook_secrets)
        self._governor = Governor(pace, clock, quotas)
        self._client = Client(
            url,
            credential,
            governor=self._governor,
            clock=clock,
            observe=observe,
            names=self._names,
        )
        self._rights = AccessCache(clock)
        self._accounts = Accounts(clock)
        self._members: Remembered[tuple[Person, ...] | None] = Remembered(clock)
        self._visible: Remembered[Visibility] = Remembered(clock)
        self._threads = threads = ThreadCache()
        self._issue_type = issue_type
        self.native = frozenset({Capability.FIELDS, *({Capability.TYPE} if issue_type else ())})
        self._together = together or OneByOne()
        self._reader = Reader(self._client, threads, clock, issue_type, self._together)
        self._listed: set[str] = set()
        self._doubts = Doubts(clock)
        fields = Fields(self._client, self._doubts, clock)
        at_once = AtOnce(self._client, threads, clock)
        self._writer = Writer(self._client, threads, issue_type, self._doubts, at_once, fields=fields)
        self._opener = GitHubOpener(self._client, clock)
        self._strangers = Doubts(clock)
        self._quiet = Quiet(partial(quiet.seen, self._client), clock, sweeping.OVERLAP, self._client.credential)
        self._viewer: Person | None = None
        self._last = LastRead()

    def close(self) -> None:
        """Close the connections of every thread."""
        self._client.close()
        self._together.close()

    @property
    def projects(self) -> frozenset[str]:
        return self._served.all

    def serves(self, project: str) -> bool:
        return project in self._served.all or self._served.fits(project)

    def precheck(self, headers: Mapping[str, str]) -> None:
        hooks.signature(headers)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> IssueChanged | None:
        hooks.verify(headers, body, self._keys)
        event = headers.get("x-github-event", "")
        return hooks.parse_webhook(
            event,
            body,
            tracker=self.name,
            names=self._names,
            viewer=self._viewer,
            issue_type=self._issue_type,
            seen=lambda name: self._last.note(body, name),
        )

    def discover(self) -> tuple[frozenset[str], frozenset[str]]:
        if not self._served.owners:
            return frozenset(), frozenset()
        return self._served.listed(repositories(self._client, self._served.owners))

    def event_of(self, headers: Mapping[str, str]) -> str:
        return headers.get("x-github-event", "")

    def delivery_of(self, headers: Mapping[str, str]) -> str:
        return headers.get("x-github-delivery", "")

    def project_of(self, body: bytes) -> str | None:
        return self._last.of(body) or hooks.project_of(body)

    def changed(
        self, project: str, *, since: datetime | None, label: str, labelled: bool = False
    ) -> Iterable[IssueRef]:
        if since is None or labelled:
            return sweeping.labelled(self._client, self.name, project, label, since)
        return sweeping.each_once(self._touched(project, since))

    def viewer(self, project: str) -> Person:
        return self._who(project)

    def told(
        self,
        project: str,
        *,
        since: datetime,
        read: Set[IssueRef],  # noqa: ARG002 - the lists tell everything of each
    ) -> Iterable[IssueChanged]:
        return self._touched(project, since)

    def _touched(self, project: str, since: datetime) -> Iterable[IssueChanged]:
        return sweeping.touched(self._client, self.name, project, since, self._issue_type)

    def by_label(self, project: str, wanted: Sequence[Labelled]) -> Mapping[Labelled, Sequence[IssueRef]]:
        """Once: a list that is asked for again, by itself, costs nothing while it is the same."""
        if project in self._listed:
            return {}
        self._listed.add(project)
        return listing.by_label(self._client, self.name, project, wanted)

    def quiet(self, since: Mapping[str, datetime]) -> Set[str]:
        return self._quiet.among(since)

    def read(self, ref: IssueRef, *, whole: bool = False) -> Issue:
        if not whole:
            self._governor.afford(self._client.credential(ref.project), ref, new=self._threads.get(ref) is None)
        return self._reader.read(ref, self._who(ref.project), whole=whole)

    def foresee(self, refs: Sequence[IssueRef]) -> None:
        self._reader.ahead.foresee([ref for ref in refs if self._threads.get(ref) is None])

    def access(self, ref: IssueRef, person: Person, *, fresh: bool = False) -> Access:
        known = self._rights.get(ref.project, person, fresh=fresh)
        if known is None:
            known = self._access(ref.project, person)
            self._rights.put(ref.project, person, known)
        return known

    def apply(self, ref: IssueRef, change: Change) -> Applied:
        with self._governor.paying(self._client.credential(ref.project), ref, change):
            return self._apply(ref, change)

    def _apply(self, ref: IssueRef, change: Change) -> Applied:
        if isinstance(change, Open):
            return self._opener.apply(ref, change, self._who(ref.project))
        if isinstance(change, Link):
            return self._link(ref, change)
        return self._writer.apply(ref, change)

    def visibility(self, project: str) -> Visibility:
        return self._visible.find(project, lambda: accounts.visibility(self._client, self.name, project))

    def reactions(self, ref: IssueRef, comments: Collection[int]) -> Mapping[int, Reaction | None]:
        return self._writer.reactions(ref, comments, self._who(ref.project))

    def labels(self, project: str) -> Iterable[ProjectLabel]:
        return labels.labels(self._client, self.name, project)

    def put_label(self, project: str, put: PutLabel) -> None:
        labels.put_label(self._client, self.name, project, put)

    def file(self, project: str, path: str) -> str | None:
        return files.file(self._client, self.name, project, path)

    def facts(self, project: str, clock: Callable[[], datetime]) -> Facts:
        return checkup.facts(self._client, self.name, project, clock)

    def live(
        self, project: str, ledger: Ledger, bounds: Bounds, pause: Callable[[float], None]
    ) -> Iterator[Result]:
        return live.live(self._client, project, ledger, bounds, pause)

    def tidy(self, thing: Made, bounds: Bounds) -> str:
        return live.tidy(self._client, thing, bounds)

    def version(self) -> str:
        """Only an Enterprise Server has one."""
        return checkup.version(self._client, min(self.projects)) or "" if self.projects else ""

    def past(self, ref: IssueRef, labels: Collection[str]) -> Sequence[PastIssue]:
        return self._opener.past(ref, labels)

    def alike(self, ref: IssueRef, title: str, label: str) -> int | None:
        return self._opener.alike(ref, title, label)

    def account(self, ref: IssueRef, login: str) -> Person | None:
        owner = self._names.now(ref.project).partition("/")[0]
        where = f"{owner} {login}" if "/" in login else login

        with self._doubts.about((ref.project, "accounts")):
            return self._accounts.find(where, lambda: accounts.account(self._client, ref.project, owner, login))

    def members(self, ref: IssueRef, team: str) -> tuple[Person, ...] | None:
        owner = self._names.now(ref.project).partition("/")[0]
        return self._members.find(
            f"{owner} {team}",
            lambda: accounts.members(self._client, ref.project, owner, team, self._together),
        )

    def _link(self, ref: IssueRef, change: Link) -> Applied:
        """GitHub itself relates issues that name each other; one that repeats another is closed as such."""
        other = change.other(ref)
        with self._doubts.about((ref, "link")), still_there(other):
            if not carries(self.read(other, whole=True), change.document):
                self._writer.apply(other, Post(change.document))
        return DONE

    def _access(self, project: str, asked: Person) -> Access:
        """
        GitHub answers 404 for people that it does not know, and for Apps, which have no rights here.

        It also does for some seconds about people whom it knows very well: of a person it is believed when it
        comes twice, apart.
        """
        action = f"ask what {asked.login} may do in {self.name}:{project}"
        path = f"/repos/{project}/collaborators/{quote(asked.login, safe='')}/permission"
        answer = self._client.send(action, "GET", path, project=project, fine=(404,))
        if answer.status != 404:
            self._strangers.forget((project, asked.id))
            return access(answer.parse(PERMISSION, action), asked)
        if not asked.bot:
            self._strangers.believe((project, asked.id), f"could not {action}: GitHub does not know")
        return Access.NONE

    def _who(self, project: str) -> Person:
        """
        Return the bot's own account; asked once.

        An App has no ``/user``: its account is found by name, ``<slug>[bot]``. So has the token of a job in GitHub
        Actions, whose App only GraphQL tells.
        """
        if self._viewer is None:
            action = "ask GitHub whose credential this is"
            installations = self._client.installations
            path = f"/users/{quote(installations.slug() + '[bot]')}" if installations else "/user"
            answer = self._client.send(action, "GET", path, project=project, fine=() if installations else (403,))
            if answer.status == 403:
                path = f"/users/{quote(self._login_of_app(action, project) + '[bot]')}"
                answer = self._client.send(action, "GET", path, project=project)
            self._viewer = person(answer.parse(ACCOUNT, action))
        return self._viewer

    def _login_of_app(self, action: str, project: str) -> str:
        """https://docs.github.com/en/graphql/reference/queries#viewer"""
        told = self._client.query(action, "query { viewer { login } }", {}, project=project)
        login: str = told.parse(VIEWER, action).data.viewer.login
        return login.removesuffix("[bot]")
