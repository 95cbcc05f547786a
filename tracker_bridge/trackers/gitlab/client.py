"""
One GitLab server and one credential, spoken to through python-gitlab.

python-gitlab owns authentication, connections and paging; it is asked for plain dictionaries, and never
retries. What can go wrong is told in the words of :mod:`tracker_bridge.trackers`.
"""

import re
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qs, quote, unquote, urlsplit

import gitlab
import requests
from gitlab.exceptions import GitlabError, GitlabParsingError, RedirectError
from pydantic import BaseModel, ValidationError
from requests.adapters import HTTPAdapter
from requests.utils import parse_header_links

from tracker_bridge import __version__
from tracker_bridge.events import Asked, Observer, silent
from tracker_bridge.trackers import Busy, Denied, Gone, Later, TrackerError
from tracker_bridge.trackers._governor import Governor
from tracker_bridge.trackers._names import Names
from tracker_bridge.trackers._odd import Oddities, mended
from tracker_bridge.trackers._parking import Scope
from tracker_bridge.trackers._patience import TIMEOUT, Patience, patience
from tracker_bridge.trackers._trouble import unanswered
from tracker_bridge.trackers._trying import tried
from tracker_bridge.trackers.gitlab.errors import UNCLEAR, limits_texts, problem
from tracker_bridge.trackers.gitlab.shapes import Done, NamedProject, Told
from tracker_bridge.trackers.served import Served
from tracker_bridge.trackers.together import Together, all_of

NONSENSE = "it may be a proxy's page, or gitlab.url is not the address of a GitLab"

PAGE = 100
"""GitLab's largest page."""

MAX_PAGES = 1000

_PROJECT = re.compile(r"/api/v4/projects/([0-9]{1,18})(?:[/?]|$)")

Json = dict[str, Any]
Query = Mapping[str, str | list[str]]
T = TypeVar("T", bound=BaseModel)
R = TypeVar("R")

NOT_ALLOWED = 405
"""What GitLab answers to all but GET under a project's former path; nothing else of ours is refused like that."""

_OF_PROJECT = re.compile(r"/projects/([^/]+)")


_PATIENCE = patience(
    Patience,
    connect=0,  # urllib3 would repeat any verb after a failed connection
    redirect=0,
    other=0,
    allowed_methods=frozenset({"GET"}),
)


TAKEN = "has already been taken"


class AlreadyThere(Gone):
    """It is there already: GitLab answers 404 to an emoji that was given before."""


class Redirected(Denied):
    """
    What was asked for is elsewhere: ``project`` is its number when GitLab says that the project was moved.

    ``refused``: GitLab says so, and not where to.
    """

    def __init__(self, action: str, url: str, to: str, *, refused: bool = False) -> None:
        moved = _PROJECT.search(to)
        self.project = int(moved[1]) if moved else None
        self.refused = refused
        advice = (
            "the project was renamed or transferred; configure its new path"
            if moved or refused
            else f"{url} redirects elsewhere; set TRACKER_BRIDGE_GITLAB__URL to the address that it redirects to"
        )
        super().__init__(f"could not {action}: {advice}")


class Client:
    """
    Requests to one server. Safe to share: each thread gets a python-gitlab object and a session of its own.

    ``action`` completes "could not ..." in the errors: ``read gitlab:acme/api#12``. Every method may raise
    ``Gone``, :class:`Denied` and :class:`Busy`; a plain :class:`TrackerError` is a request that GitLab
    does not understand, so a bug. An answer that has not the ``shape`` asked for is :class:`Busy`. After a
    rate limit nothing is sent by any thread until it has passed, by ``monotonic``. ``clock`` tells seconds since
    1970.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        governor: Governor | None = None,
        observe: Observer = silent,
        names: Names | None = None,
    ) -> None:
        """Raise ``ValueError`` for what is not an address."""
        if urlsplit(url).scheme not in ("https", "http") or not urlsplit(url).hostname:
            raise ValueError(f"{url!r} is not the address of a GitLab; write it like https://gitlab.com")
        self.url = url.rstrip("/")
        self.names = names or Names("gitlab", Served(()))
        self._token = token
        self._clock = clock
        self._monotonic = monotonic
        self._observe = observe
        self._own = threading.local()
        self._governor = governor or Governor(clock=monotonic)
        self._oddities = Oddities(monotonic)
        self._sessions: weakref.WeakSet[requests.Session] = weakref.WeakSet()
        self._lock = threading.Lock()

    def get(self, path: str, action: str, shape: type[T]) -> T:
        return self._sent(
            action, path, lambda wire, here: _read(shape, wire.http_get(here, obey_rate_limit=False))
        )

    def raw(self, path: str, action: str, most: int, **query: str) -> tuple[bytes, int]:
        """
        Return a file's bytes, a little over ``most`` at most, and how many there are.

        A proxy may leave GitLab's own headers out; then what came is counted. GitLab gives no file as HTML, so
        that is a proxy's page, which says nothing about the file: better to wait than to call the settings broken.
        """

        def read(wire: gitlab.Gitlab, here: str) -> tuple[bytes, int]:
            found = bytearray()
            answer = wire.http_request("get", here, query_data=query, streamed=True, obey_rate_limit=False)
            with closing(answer):
                size = answer.headers.get("X-Gitlab-Size", "")
                if not size.isdecimal() and "html" in answer.headers.get("Content-Type", "").lower():
                    raise GitlabParsingError
                for piece in answer.iter_content(8192):
                    found += piece
                    if len(found) > most:
                        break
            return bytes(found), int(size) if size.isdecimal() else len(found)

        return self._sent(action, path, read)

    def pages(self, path: str, action: str, shape: type[T], /, **query: str | list[str]) -> Iterator[T]:
        """
        Yield the items of a list; the next page is asked for only when the last item was taken.

        Of the ``Link`` header only the next query is taken. An item that is odd, and stays so, is left out.
        """
        following: Query | None = query | {"per_page": str(PAGE)}
        odd: list[object] = []
        while following is not None:
            items = self._sent(action, path, partial(_page, asked=following))
            following = _next_query(self.headers.get("Link", ""))
            yield from _shown(items, shape, odd)
        self._pass_over(odd, action)

    def all_pages(self, path: str, action: str, shape: type[T], together: Together, **query: str) -> list[T]:
        """Return all items of a list; where the first page tells how many there are, the others side by side."""

        def page(number: int) -> tuple[list[T], str, str]:
            asked = query | {"per_page": str(PAGE), "page": str(number)}
            items = self._sent(action, path, partial(_page, asked=asked))
            told = self.headers
            odd: list[object] = []
            shown = [*_shown(items, shape, odd)]
            self._pass_over(odd, action)
            return shown, told.get("X-Total-Pages", ""), _next_page(told.get("Link", ""))

        pages = [page(1)]
        total, following = pages[0][1:]
        last = min(int(total[:6]), MAX_PAGES) if total.isdecimal() and following else 1
        pages += all_of(together, [partial(page, one) for one in range(2, last + 1)])
        while len(pages) < MAX_PAGES and (following := pages[-1][2]).isdecimal():
            pages.append(page(int(following)))
        if pages[-1][2]:  # it follows in a way of its own
            return [*self.pages(path, action, shape, **query)]
        return [one for shown, _, _ in pages for one in shown]

    def _pass_over(self, odd: Iterable[object], action: str) -> None:
        for one in odd:
            self._oddities.pass_over(one, action)

    def post(self, path: str, action: str, body: Json, shape: type[T]) -> T:
        """Send once. An answer that cannot be read is as unclear as none: :class:`Busy`."""
        return self._sent(
            action,
            path,
            lambda wire, here: _read(shape, wire.http_post(here, post_data=body, obey_rate_limit=False)),
        )

    def put(self, path: str, action: str, body: Json, shape: type[T]) -> T:
        return self._sent(
            action,
            path,
            lambda wire, here: _read(shape, wire.http_put(here, post_data=body, obey_rate_limit=False)),
        )

    def delete(self, path: str, action: str) -> None:
        self._sent(action, path, lambda wire, here: wire.http_delete(here, obey_rate_limit=False))

    def query(self, document: str, action: str) -> Told:
        """Ask GraphQL, which lives beside the REST API."""
        return self.post(f"{self.url}/api/graphql", action, {"query": document}, Told)

    def ask(self, document: str, action: str, shape: type[T], **variables: Any) -> T:
        """Ask GraphQL for something of that shape."""
        return self.post(f"{self.url}/api/graphql", action, {"query": document, "variables": variables}, shape)

    def mutate(self, document: str, action: str, **variables: Any) -> Done:
        """Send a mutation to GraphQL, once."""
        return self.ask(document, action, Done, **variables)

    def _sent(self, action: str, path: str, send: Callable[[gitlab.Gitlab, str], R]) -> R:
        """
        Send a request. A project that was renamed or transferred is followed.

        GitLab redirects a ``GET`` to the project's id, and refuses everything else: nothing was done.
        """
        sent = self._path_now(path)
        try:
            with self._told(action) as wire:
                return send(wire, sent)
        except Redirected as moved:
            if self._path_now(path) == sent and not self._follow(path, moved):
                raise
        with self._told(action) as wire:
            return send(wire, self._path_now(path))

    def _path_now(self, path: str) -> str:
        found = _OF_PROJECT.match(path)
        if found is None:
            return path
        return f"{project_path(self.names.now(unquote(found[1])))}{path[found.end() :]}"

    def _follow(self, path: str, moved: "Redirected") -> bool:
        """Find out where the project is now; tell whether that is another path."""
        found = _OF_PROJECT.match(path)
        if found is None or not (moved.project or moved.refused):
            return False
        project = unquote(found[1])
        action = f"find the current path of gitlab:{project}"
        try:
            with self._told(action) as wire:
                here = f"/projects/{moved.project}" if moved.project else self._path_now(project_path(project))
                now = _read(NamedProject, wire.http_get(here, obey_rate_limit=False))
        except Redirected as again:
            if moved.project or not again.project:
                raise
            return self._follow(path, again)
        same = self.names.is_same(project, now.id)
        return same and self.names.met(project, now.id, now.path_with_namespace)

    @property
    def headers(self) -> Mapping[str, str]:
        """Those of the latest answer to this thread; names in any case."""
        found: Mapping[str, str] = getattr(self._own, "headers", {})
        return found

    @property
    def credential(self) -> str:
        """What GitLab counts by: the account."""
        return self.url

    @property
    def method(self) -> str:
        """That of the latest request of this thread that was answered; empty before one."""
        return getattr(self._own, "method", "")

    @property
    def status(self) -> int:
        """That of the latest answer to this thread; 0 before one."""
        return getattr(self._own, "status", 0)

    def close(self) -> None:
        """Close the connections of every thread."""
        with self._lock:
            sessions = list(self._sessions)
        for session in sessions:
            session.close()

    def _wire(self) -> gitlab.Gitlab:
        wire: gitlab.Gitlab | None = getattr(self._own, "wire", None)
        if wire is None:
            wire = self._own.wire = gitlab.Gitlab(
                self.url,
                private_token=self._token,
                timeout=TIMEOUT,  # type: ignore[arg-type] # goes on to requests, which takes both
                user_agent=f"tracker-bridge/{__version__}",
                retry_transient_errors=False,
                keep_base_url=True,
                session=self._session(),
            )
        return wire

    def _session(self) -> requests.Session:
        session = requests.Session()
        # The token travels in a header that requests would take along to another host.
        session.max_redirects = 0
        session.mount("https://", HTTPAdapter(max_retries=_PATIENCE))
        session.mount("http://", HTTPAdapter(max_retries=_PATIENCE))
        session.hooks["response"].append(self._note_headers)
        with self._lock:
            self._sessions.add(session)
        return session

    def _note_headers(self, response: requests.Response, **_: object) -> None:
        """Keep status and headers: python-gitlab's errors come without them, and a rate limit is told there."""
        self._own.headers, self._own.status = response.headers, response.status_code
        self._own.method = str(response.request.method)
        self._governor.sent(self.credential, writes=self.method != "GET")
        tried(
            self._observe,
            "gitlab",
            verb=str(response.request.method),
            path=str(urlsplit(response.request.url or "").path),
            seconds=response.elapsed.total_seconds(),
            status=response.status_code,
            headers=response.headers,
        )

    @contextmanager
    def _told(self, action: str) -> Iterator[gitlab.Gitlab]:
        """Lend this thread's wire, and turn whatever goes wrong into an error of ours."""
        if wait := self._governor.parked(self.credential):
            raise Later(f"could not {action}: waiting for GitLab's rate limit to reset", wait)
        try:
            yield self._wire()
            self._governor.passed(self.credential, Scope.ALL)
        except (RedirectError, requests.TooManyRedirects):
            raise Redirected(action, self.url, self.headers.get("Location", "")) from None
        except (GitlabParsingError, ValidationError):  # a proxy's page, half an answer
            raise Busy(f"could not {action}: the answer of {self.url} is malformed; {NONSENSE}", UNCLEAR) from None
        except GitlabError as error:
            raise self._problem(action, error) from None
        except OSError as error:  # requests' own errors are of this kind; a missing CA file is a plain one
            self._observe(Asked("gitlab", "read", 0))
            raise unanswered(action, self.url, error, UNCLEAR) from None

    def _problem(self, action: str, error: GitlabError) -> TrackerError:
        if error.response_code == NOT_ALLOWED:
            return Redirected(action, self.url, "", refused=True)
        if error.response_code == 404 and TAKEN in str(error.error_message):
            return AlreadyThere(f"could not {action}: it was already done")
        found = problem(action, error.response_code or 0, self.headers, self._clock())
        if not (isinstance(found, Busy) and error.response_code == 429):
            self._governor.passed(self.credential, Scope.ALL)
            return found
        scope = Scope.CONTENT if limits_texts(self.method, self.headers) else Scope.ALL
        return Later(str(found), self._governor.limited(self.credential, scope, found.retry_after))


def _next_query(link: str) -> Query | None:
    """Return what the page that follows is asked for by; ``None`` for the last one."""
    urls = [one["url"] for one in parse_header_links(link) if one.get("rel") == "next"]
    return parse_qs(urlsplit(urls[0]).query, keep_blank_values=True) if urls else None


def _next_page(link: str) -> str:
    """Return the number of the page that follows; empty for the last one, another word where it has no number."""
    query = _next_query(link)
    return "" if query is None else query.get("page", [""])[-1] or "unknown"


def _page(wire: gitlab.Gitlab, here: str, *, asked: Query) -> list[object]:
    try:
        return [*wire.http_list(here, query_data={**asked}, get_all=False, obey_rate_limit=False)]
    except (KeyError, TypeError):  # python-gitlab takes any JSON for a list
        raise GitlabParsingError from None


def _shown(items: list[object], shape: type[T], odd: list[object]) -> Iterator[T]:
    """Yield the items of a page, but for those that are odd, which are put to the others."""
    for item in mended(items):
        try:
            shown = shape.model_validate(item)
        except ValidationError:
            odd.append(item)
            continue
        yield shown


def _read(shape: type[T], answer: object) -> T:
    """Raises ``ValidationError``. Half a character, which JSON can spell, is replaced."""
    return shape.model_validate(mended(answer))


def issue_path(project: str, number: int) -> str:
    return f"{project_path(project)}/issues/{number}"


def project_path(project: str) -> str:
    return f"/projects/{quote(project, safe='')}"
