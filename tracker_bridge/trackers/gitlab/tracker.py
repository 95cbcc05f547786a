"""One GitLab with one credential: every verb of ``Tracker``, from the modules beside it."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta
from functools import partial

from tracker_bridge.domain.derived.similar import PastIssue
from tracker_bridge.domain.incident.labels import ProjectLabel, PutLabel
from tracker_bridge.domain.issue.changes import Change, Link, Open, Post, Reaction
from tracker_bridge.domain.issue.elsewhere import Visibility
from tracker_bridge.domain.issue.issue import Access, Issue, IssueRef, Person
from tracker_bridge.domain.issue.native import OF_INCIDENTS
from tracker_bridge.domain.issue.plan import carries
from tracker_bridge.events import Observer, silent
from tracker_bridge.trackers import DONE, Applied, Denied, Gone, IssueChanged, Labelled, still_there
from tracker_bridge.trackers._cache import AccessCache, Accounts, Remembered, ThreadCache
from tracker_bridge.trackers._governor import Governor
from tracker_bridge.trackers._names import LastRead, Names
from tracker_bridge.trackers._pace import Pace
from tracker_bridge.trackers._quiet import Quiet
from tracker_bridge.trackers.doubts import Doubts
from tracker_bridge.trackers.facts import Facts
from tracker_bridge.trackers.gitlab import accounts, checkup, files, hooks, labels, listing, live, quiet, shapes
from tracker_bridge.trackers.gitlab.at_once import AtOnce
from tracker_bridge.trackers.gitlab.client import Client, project_path
from tracker_bridge.trackers.gitlab.discovering import projects_below
from tracker_bridge.trackers.gitlab.opening import GitLabOpener
from tracker_bridge.trackers.gitlab.pacing import pace
from tracker_bridge.trackers.gitlab.reading import Reader
from tracker_bridge.trackers.gitlab.reserved import QUICK_ACTIONS
from tracker_bridge.trackers.gitlab.shapes import Listed, ListedMember, Member, User
from tracker_bridge.trackers.gitlab.sweeping import Teller
from tracker_bridge.trackers.gitlab.writing import Writer
from tracker_bridge.trackers.live import Bounds, Ledger, Made, Result
from tracker_bridge.trackers.quotas import Quotas
from tracker_bridge.trackers.served import Served
from tracker_bridge.trackers.together import OneByOne, Together

__all__ = ["GITLAB_COM", "GitLabTracker"]

GITLAB_COM = "https://gitlab.com"
GITLAB_COM_PACE = pace(600, 50, 1800)
"""Below its limits: 2,000 requests of a user in a minute, 60 new notes."""

THROTTLE = timedelta(seconds=180)
"""
How far back of ``since`` to ask.

A note moves its issue's ``updated_at`` only if the issue was not touched within the last minute
(``ThrottledTouch``); the rest is for clocks that differ.
"""


class GitLabTracker:
    """
    One GitLab server with one access token. Close it after use.

    ``url`` is the server's address: :data:`GITLAB_COM`, or another with its sub-path if it has one.
    ``projects`` are full paths; ``webhook_tokens`` and ``signing_tokens`` are the secrets that deliveries are
    proved with. ``clock`` tells seconds since 1970; how long something is remembered, or waited for, is reckoned
    by ``monotonic``. ``pace``: how much may be written; ``together`` asks what can be asked at once.
    """

    name = "gitlab"
    max_title = shapes.MAX_TITLE
    max_comments = 5000
    """https://docs.gitlab.com/administration/instance_limits/: user comments; system notes do not count."""
    max_body = 200_000
    """
    GitLab takes 1,000,000 characters. But each reconcile carries what changed whole, a hundred comments a page,
    and GitLab stops rendering Markdown that takes it long.
    """
    max_delivery = 25 * 1024 * 1024
    """A description and a note of 1,000,000 characters each, with room for what is escaped in JSON."""
    native = OF_INCIDENTS
    reserved = QUICK_ACTIONS

    def __init__(
        self,
        url: str,
        token: str,
        projects: Collection[str],
        webhook_tokens: Collection[str] = (),
        signing_tokens: Collection[str] = (),
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        pace: Pace = GITLAB_COM_PACE,
        together: Together | None = None,
        observe: Observer = silent,
        quotas: Quotas | None = None,
    ) -> None:
        """Raise ``ValueError``, naming the problem and no secret, for values that cannot work."""
        self._served = Served(projects)
        self._names = Names(self.name, self._served, observe)
        self._clock = clock
        self._seals = hooks.WebhookVerifier(webhook_tokens, signing_tokens)
        self._governor = Governor(pace, monotonic, quotas)
        self._client = Client(
            url,
            token,
            clock=clock,
            monotonic=monotonic,
            governor=self._governor,
            observe=observe,
            names=self._names,
        )
        self._rights = AccessCache(monotonic)
        self._accounts = Accounts(monotonic)
        self._members: Remembered[tuple[Person, ...] | None] = Remembered(monotonic)
        self._visible: Remembered[Visibility] = Remembered(monotonic)
        self._threads = threads = ThreadCache()
        self._together = together or OneByOne()
        self._reader = Reader(self._client, threads, monotonic, self._together)
        self._doubts = Doubts(monotonic)
        at_once = AtOnce(self._client, monotonic)
        self._writer = Writer(self._client, threads, self._doubts, at_once)
        self._teller = Teller(self._client, monotonic)
        self._quiet = Quiet(partial(quiet.seen, self._client), monotonic, THROTTLE)
        self._opener = GitLabOpener(self._client, monotonic)
        self._viewer: Person | None = None
        self._viewer_lock = threading.Lock()
        self._last = LastRead()

    @property
    def projects(self) -> frozenset[str]:
        return self._served.all

    def serves(self, project: str) -> bool:
        return project in self._served.all or self._served.fits(project)

    def precheck(self, headers: Mapping[str, str]) -> None:
        self._seals.precheck(headers, self._clock())

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> IssueChanged | None:
        self._seals.verify(headers, body, self._clock())
        viewer = self._viewer.id if self._viewer else None
        return hooks.parse_webhook(body, self._names, viewer, lambda name: self._last.note(body, name))

    def discover(self) -> tuple[frozenset[str], frozenset[str]]:
        if not self._served.owners:
            return frozenset(), frozenset()
        return self._served.listed(projects_below(self._client, self._served.owners))

    def event_of(self, headers: Mapping[str, str]) -> str:
        return headers.get("x-gitlab-event", "")

    def delivery_of(self, headers: Mapping[str, str]) -> str:
        return headers.get("x-gitlab-event-uuid") or headers.get("webhook-id", "")

    def project_of(self, body: bytes) -> str | None:
        return self._last.of(body) or hooks.project_of(body)

    def changed(
        self, project: str, *, since: datetime | None, label: str, labelled: bool = False
    ) -> Iterator[IssueRef]:
        """One listing for the whole project (https://docs.gitlab.com/api/issues/#list-project-issues)."""
        query = {"labels": label} if labelled or since is None else {}
        if since is None:
            query["state"] = "opened"
        else:
            query |= _changed_after(since)
        for issue in self._listing(project, query):
            yield IssueRef(self.name, project, issue.iid)

    def _listing(self, project: str, query: Mapping[str, str]) -> Iterator[Listed]:
        action = f"list what changed in {self.name}:{project}"
        return self._client.pages(f"{project_path(project)}/issues", action, Listed, scope="all", **query)

    def viewer(self, project: str) -> Person:  # noqa: ARG002 - one account for all projects
        return self._me()

    def by_label(self, project: str, wanted: Sequence[Labelled]) -> Mapping[Labelled, Sequence[IssueRef]]:
        asked = {one._replace(since=one.since and one.since - THROTTLE): one for one in wanted}
        told = listing.by_label(self._client, self.name, project, [*asked])
        return {asked[one]: refs for one, refs in told.items()}

    def quiet(self, since: Mapping[str, datetime]) -> Set[str]:
        return self._quiet.among(since)

    def told(self, project: str, *, since: datetime, read: Set[IssueRef]) -> Iterator[IssueChanged]:
        return self._teller.told(self.name, project, self._listing(project, _changed_after(since)), read)

    def foresee(self, refs: Sequence[IssueRef]) -> None:
        self._reader.ahead.foresee([ref for ref in refs if self._threads.get(ref) is None])

    def read(self, ref: IssueRef, *, whole: bool = False) -> Issue:
        if not whole:
            self._governor.afford(self._client.credential, ref, new=self._threads.get(ref) is None)
        return self._reader.read(ref, self._me(), whole=whole)

    def access(self, ref: IssueRef, person: Person, *, fresh: bool = False) -> Access:
        """
        Members only, inherited ones included; who is not a member may do nothing, on public projects as well.

        https://docs.gitlab.com/api/project_members/
        """
        known = self._rights.get(ref.project, person, fresh=fresh)
        if known is not None:
            return known
        path = f"{project_path(ref.project)}/members/all/{person.id}"
        action = f"ask what {person.login} may do in {self.name}:{ref.project}"
        try:
            member = self._client.get(path, action, Member)
            access = shapes.access(member, datetime.fromtimestamp(self._clock(), UTC).date())
        except Gone:
            access = self._listed(ref.project, person, action)
        self._rights.put(ref.project, person, access)
        return access

    def _listed(self, project: str, person: Person, action: str) -> Access:
        """
        Ask in another way: a 404 may pass. That somebody is no member is told by a list without them.

        Where GitLab gives no list either, it is believed when that comes twice.
        """
        path = f"{project_path(project)}/members/all"
        members = self._client.pages(path, action, ListedMember, **{"user_ids[]": str(person.id)})
        doubt = (project, person.id)
        try:
            found = [one for one in members if one.id == person.id]
        except Gone as gone:
            self._doubts.believe(doubt, str(gone))
            return Access.NONE
        self._doubts.forget(doubt)
        today = datetime.fromtimestamp(self._clock(), UTC).date()
        return max((shapes.access(one, today) for one in found), default=Access.NONE)

    def apply(self, ref: IssueRef, change: Change) -> Applied:
        with self._governor.paying(self._client.credential, ref, change):
            return self._apply(ref, change)

    def _apply(self, ref: IssueRef, change: Change) -> Applied:
        if isinstance(change, Open):
            return self._opener.apply(ref, change, self._me())
        if isinstance(change, Link):
            return self._link(ref, change)
        if isinstance(change, Post) and self._reader.types.holds(ref):
            self._reader.types.tell(ref, change.document)
            return DONE
        return self._writer.apply(ref, change, self._me())

    def visibility(self, project: str) -> Visibility:
        return self._visible.find(project, lambda: accounts.visibility(self._client, self.name, project))

    def reactions(self, ref: IssueRef, comments: Collection[int]) -> Mapping[int, Reaction | None]:
        return self._writer.reactions(ref, comments, self._me())

    def labels(self, project: str) -> Iterator[ProjectLabel]:
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

    def ends(self) -> datetime | None:
        return checkup.ends(self._client)

    def version(self) -> str:
        return checkup.edition(self._client)

    def past(self, ref: IssueRef, labels: Collection[str]) -> Sequence[PastIssue]:
        return self._opener.past(ref, labels)

    def alike(self, ref: IssueRef, title: str, label: str) -> int | None:
        return self._opener.alike(ref, title, label)

    def account(self, ref: IssueRef, login: str) -> Person | None:
        with self._doubts.about((ref.project, "accounts")):
            return self._accounts.find(login, lambda: accounts.account(self._client, login))

    def members(self, ref: IssueRef, team: str) -> tuple[Person, ...] | None:  # noqa: ARG002 - it is so everywhere
        return self._members.find(team, lambda: accounts.members(self._client, team))

    def _link(self, ref: IssueRef, change: Link) -> Applied:
        other = change.other(ref)
        applied = DONE
        with self._doubts.about((ref, "link")), still_there(other):
            applied = self._opener.relate(ref, other)
            if not carries(self.read(other, whole=True), change.document):
                self._writer.apply(other, Post(change.document), self._me())
        return applied

    def close(self) -> None:
        """Close every connection; the tracker opens new ones if it is used again."""
        self._client.close()
        self._together.close()

    def _me(self) -> Person:
        """Return the bot's own account, asked for once. Every GitLab tells it: without, this is none."""
        action = "ask GitLab whose token this is"
        with self._viewer_lock:
            if self._viewer is None:
                try:
                    self._viewer = shapes.person(self._client.get("/user", action, User))
                except Gone:
                    raise Denied(
                        f"could not {action}: there is no GitLab at {self._client.url}; "
                        "set TRACKER_BRIDGE_GITLAB__URL to its address, without /api/v4"
                    ) from None
            return self._viewer


def _changed_after(since: datetime) -> dict[str, str]:
    after = (since - THROTTLE).astimezone(UTC)
    return {"state": "all", "updated_after": after.isoformat().replace("+00:00", "Z")}
