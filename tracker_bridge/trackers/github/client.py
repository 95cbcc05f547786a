"""Requests to GitHub, signed, from any thread: one connection per credential and thread, pages, limits."""

import re
import threading
import time
from collections.abc import Callable, Container, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from github import Auth, Github
from pydantic import TypeAdapter, ValidationError
from requests.utils import parse_header_links

from tracker_bridge.events import CredentialEnds, Observer, silent
from tracker_bridge.trackers import Busy, Gone, Later, TrackerError
from tracker_bridge.trackers._governor import Governor
from tracker_bridge.trackers._names import Names
from tracker_bridge.trackers._odd import Oddities
from tracker_bridge.trackers._parking import Scope
from tracker_bridge.trackers._trying import tried
from tracker_bridge.trackers.github.conditional import Answers
from tracker_bridge.trackers.github.connection import Redirected, connect, exchange
from tracker_bridge.trackers.github.credentials import App, InstallationAuth, Installations, Token, expiry
from tracker_bridge.trackers.github.errors import (
    LIMITED,
    ErrorResponse,
    delay,
    limited,
    limited_query,
    problem,
    scope_of,
)
from tracker_bridge.trackers.github.shapes import REPOSITORY
from tracker_bridge.trackers.served import Served
from tracker_bridge.trackers.together import Together, all_of

MAX_PAGES = 1000

_REQUEST_ID = "x-github-request-id"

_ELEMENTS = TypeAdapter(list[Any])

NUMBERED = re.compile(r"/repositories/[0-9]+")
"""How GitHub addresses a repository that has another name by now."""

T = TypeVar("T")


class QueriesLimited(Later):
    """GraphQL alone is limited, and REST is not."""


class Client:
    """
    Sends requests with one credential.

    Every thread has a connection of its own, kept until :meth:`close`. A limit holds for all of them: until
    it has passed, :class:`Later` is raised without asking GitHub, which may ban those that go on asking.
    """

    def __init__(
        self,
        url: str,
        credential: Token | App,
        *,
        governor: Governor | None = None,
        clock: Callable[[], float] = time.monotonic,
        observe: Observer = silent,
        names: Names | None = None,
    ) -> None:
        """Raise ``ValueError``, naming the problem and no secret, for what cannot work."""
        if urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname:
            raise ValueError(f"{url!r} is not the address of an API; write it like https://api.github.com")
        if isinstance(credential, Token) and not credential.secret:
            raise ValueError("the GitHub token is empty")
        self.url = url.rstrip("/")
        self.names = names or Names("github", Served(()))
        self._governor = governor or Governor(clock=clock)
        self._clock = clock
        self._observe = observe
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._all: list[Github] = []
        self._oddities = Oddities(clock)
        self._answers = Answers()
        self._since: dict[tuple[str, str], str] = {}
        self.installations: Installations | None = None
        self._auth: Callable[[int], Auth.Auth]
        if isinstance(credential, App):
            self.installations = installations = Installations(
                credential, self._connect, self._exchange, clock=clock
            )
            self._auth = lambda installation: InstallationAuth(installations, installation)
        else:
            token = Auth.Token(credential.secret)
            self._auth = lambda _: token

    @property
    def web(self) -> str:
        """The address of the pages that people see."""
        api = urlsplit(self.url)
        return f"{api.scheme}://{api.netloc.removeprefix('api.')}{api.path.removesuffix('/api/v3')}"

    def send(
        self,
        action: str,
        verb: str,
        path: str,
        *,
        project: str,
        query: Mapping[str, str | int] | None = None,
        body: Mapping[str, Any] | None = None,
        fine: Container[int] = (),
        again: bool = False,
    ) -> ErrorResponse:
        """
        Send one request on behalf of ``project``, which chooses the App's installation.

        ``action`` completes "could not ..." in the errors. Answers of 400 and above are raised, but for those in
        ``fine``. A repository that was renamed or transferred is followed: a redirect means that nothing was done.
        ``again``: what was answered before will do, where GitHub says that it is the same.
        """
        before = self.names.now(project)
        send = partial(
            self._send, action, verb, path, project=project, query=query, body=body, fine=fine, again=again
        )
        try:
            return send()
        except Redirected:
            if self.names.now(project) == before and not self._follow(project):
                raise
            return send()

    def _send(
        self,
        action: str,
        verb: str,
        path: str,
        *,
        project: str,
        query: Mapping[str, str | int] | None,
        body: Mapping[str, Any] | None,
        fine: Container[int],
        again: bool = False,
    ) -> ErrorResponse:
        path = self._path_now(path, project)
        installation = self.installations.id_of(project) if self.installations else 0
        credential = self.credential(project)
        scope = Scope.GRAPHQL if path.endswith("/graphql") else Scope.REST
        if wait := self._governor.parked(credential, scope):
            only_queries = scope is Scope.GRAPHQL and not self._governor.parked(credential)
            kind = QueriesLimited if only_queries else Later
            raise kind(f"could not {action}: waiting for GitHub's rate limit to reset", wait)
        if scope is Scope.REST:
            self._governor.sent(credential, writes=verb != "GET")
        key = (credential, path, tuple(sorted((query or {}).items())))
        etag = self._answers.etag(key) if again else ""
        ask = partial(self._exchange, self._github(installation), action, verb, path, query=query, body=body)
        answer = ask(etag=etag)
        if verb == "GET":
            answer = self._answers.settle(key, etag, answer) or ask()
        if (limited_query if scope is Scope.GRAPHQL else limited)(answer):
            about = scope_of(answer, scope)
            wait = self._governor.limited(credential, about, delay(answer))
            if answer.status >= 400:
                kind = QueriesLimited if about is Scope.GRAPHQL else Later
                raise kind(f"could not {action}: GitHub limits requests ({answer.status})", wait)
        else:
            self._governor.passed(credential, Scope.ALL, scope)
        if answer.status < 400 or answer.status in fine:
            return answer
        error = problem(answer, action)
        if answer.status == 401 and self.installations:
            self.installations.forget(installation)
        raise error

    def credential(self, project: str) -> str:
        """Return what GitHub counts by: the user, or the installation that covers ``project``."""
        return f"{self.url} {self.installations.id_of(project) if self.installations else 0}"

    def _path_now(self, path: str, project: str) -> str:
        old = f"/repos/{project}"
        here = path == old or path.startswith(f"{old}/")
        return f"/repos/{self.names.now(project)}{path.removeprefix(old)}" if here else path

    def _follow(self, project: str) -> bool:
        """
        Find out what the repository is called now; tell whether that is another name.

        If not, what was redirected is an issue that was transferred. An App may have another installation there.
        """
        action = f"find the current name of github:{project}"
        asked: dict[str, Any] = {"project": project, "query": None, "body": None, "fine": ()}
        try:
            answer = self._send(action, "GET", f"/repos/{project}", **asked)
        except Redirected as moved:
            number = NUMBERED.search(moved.path)
            if number is None:
                raise
            answer = self._send(action, "GET", number[0], **asked)
        found = answer.parse(REPOSITORY, action)
        if not self.names.is_same(project, found.id) or not self.names.met(project, found.id, found.full_name):
            return False
        if self.installations:
            self.installations.forget(self.installations.id_of(project))
        return True

    def pages(
        self,
        action: str,
        path: str,
        shape: TypeAdapter[list[T]],
        *,
        project: str,
        query: Mapping[str, str | int] | None = None,
        again: bool = False,
    ) -> Iterator[T]:
        """
        Yield everything of a listing, page after page; ``again`` as in :meth:`send`.

        Of the ``Link`` header only the next query is taken: the path stays the one that was asked for.
        """
        for answer in self._listed(action, path, project, query or {}, again=again):
            yield from self._elements(answer, shape, action)

    def all_pages(
        self,
        action: str,
        path: str,
        shape: TypeAdapter[list[T]],
        *,
        project: str,
        query: Mapping[str, str | int] | None = None,
        again: bool = False,
        together: Together,
    ) -> list[T]:
        """Return everything of a listing; the pages side by side, where the first one tells how many there are."""

        def page(number: int) -> ErrorResponse:
            asked = {**(query or {}), "per_page": 100, **({"page": number} if number > 1 else {})}
            return self.send(action, "GET", path, project=project, query=asked, again=again)

        answers = [page(1)]
        last = min(last_page(answers[0]), MAX_PAGES)
        answers += all_of(together, [partial(page, number) for number in range(2, last + 1)])
        following = next_query(answers[-1])
        answers += self._listed(action, path, project, following, again=again) if following else []
        return [one for answer in answers for one in self._elements(answer, shape, action)]

    def changes(
        self,
        action: str,
        path: str,
        shape: TypeAdapter[list[T]],
        *,
        project: str,
        query: Mapping[str, str],
        since: str,
    ) -> Iterator[T]:
        """
        Yield what a listing says has changed after ``since``, a time as GitHub writes it; and more, perhaps.

        A time that moves is another address each time, which nothing is known of: a short list is asked for from
        the same moment on, until there is something new in it.
        """
        key = (project, path)
        kept = self._since.get(key, since)
        asked = min(kept, since)
        answers, unchanged = 0, True
        for answer in self._listed(action, path, project, {**query, "since": asked}, again=True):
            answers, unchanged = answers + 1, unchanged and answer.unchanged
            yield from self._elements(answer, shape, action)
        if answers == 1 and (unchanged or key not in self._since):
            self._since[key] = asked
        else:
            self._since.pop(key, None)

    def _listed(
        self, action: str, path: str, project: str, query: Mapping[str, str | int], *, again: bool
    ) -> Iterator[ErrorResponse]:
        """Yield the pages of a listing, one after the other."""
        following: Mapping[str, str | int] | None = {**query, "per_page": 100}
        for _ in range(MAX_PAGES):
            answer = self.send(action, "GET", path, project=project, query=following, again=again)
            yield answer
            following = next_query(answer)
            if following is None:
                return
        raise Busy(f"could not {action}: GitHub's pagination does not end", LIMITED)

    def _elements(self, answer: ErrorResponse, shape: TypeAdapter[list[T]], action: str) -> Iterator[T]:
        """Yield what a page lists, but for what is odd and stays so."""
        try:
            whole = answer.parse(shape, action)
        except Busy:
            yield from self._some(answer.parse(_ELEMENTS, action), shape, action)
        else:
            yield from whole

    def _some(self, elements: list[Any], shape: TypeAdapter[list[T]], action: str) -> Iterator[T]:
        odd = []
        for element in elements:
            try:
                yield from shape.validate_python([element])
            except ValidationError:
                odd.append(element)
        for element in odd:
            self._oddities.pass_over(element, action)

    def query(self, action: str, text: str, variables: Mapping[str, Any], *, project: str) -> ErrorResponse:
        """Ask GraphQL, which knows a few things that REST does not tell."""
        return self.mutate(action, text, variables, project=project)

    def mutate(self, action: str, text: str, variables: Mapping[str, Any], *, project: str) -> ErrorResponse:
        """Let GraphQL do something, once; it answers 200 to most of what goes wrong."""
        installation = self.installations.id_of(project) if self.installations else 0
        address = self._github(installation).requester.graphql_url
        body = {"query": text, "variables": variables}
        return self.send(action, "POST", address, project=project, body=body)

    def close(self) -> None:
        """Close every thread's connections. The client opens new ones if it is used again."""
        with self._lock:
            for github in self._all:
                github.close()

    def _exchange(self, github: Github, action: str, verb: str, path: str, **sent: Any) -> ErrorResponse:
        """Send one request, and tell who watches."""
        begun = self._clock()
        told = partial(tried, self._observe, "github", verb=verb, path=path, limits="x-", request_id=_REQUEST_ID)
        try:
            answer = exchange(github, action, verb, path, **sent)
        except TrackerError as error:
            told(seconds=self._clock() - begun, status=301 if isinstance(error, Gone) else 0)
            raise
        told(seconds=self._clock() - begun, status=answer.status, headers=answer.headers)
        if self.installations is None and (end := expiry(answer.headers)) is not None:
            self._observe(CredentialEnds("github", end.timestamp()))  # those of an App's installation end hourly
        return answer

    def _github(self, installation: int) -> Github:
        mine: dict[int, Github] = self._mine.__dict__.setdefault("connections", {})
        if installation not in mine:
            mine[installation] = self._connect(self._auth(installation))
        return mine[installation]

    def _connect(self, auth: Auth.Auth) -> Github:
        github = connect(self.url, auth)
        with self._lock:
            self._all.append(github)
        return github


def next_query(answer: ErrorResponse) -> Mapping[str, str | int] | None:
    for link in parse_header_links(answer.headers.get("link", "")):
        if link.get("rel") == "next":
            return dict(parse_qsl(urlsplit(link["url"]).query))
    return None


def last_page(answer: ErrorResponse) -> int:
    """Return the number of a listing's last page; 1 where there is no other, or it is not told by number."""
    for link in parse_header_links(answer.headers.get("link", "")):
        number = dict(parse_qsl(urlsplit(link["url"]).query)).get("page", "")
        if link.get("rel") == "last" and number.isdecimal():
            return int(number[:6])
    return 1
