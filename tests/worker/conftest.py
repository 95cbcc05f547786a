"""A clock that stands still until told otherwise, a forge that does nothing, a worker on a real queue."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tracker_bridge.domain.issue.changes import Change
from tracker_bridge.domain.issue.issue import Access, Issue, IssueRef, Person
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import Applied, IssueChanged, Tracker

API = IssueRef("github", "acme/api", 1)
SECOND = IssueRef("github", "acme/api", 2)
THIRD = IssueRef("github", "acme/api", 3)
SHOP = IssueRef("github", "acme/shop", 1)
WEB = IssueRef("gitlab", "acme/web", 1)
LEASE = timedelta(seconds=60)


class Clock:
    """Stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 12, tzinfo=UTC)
        self._set_by = timedelta()

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The seconds that have passed, whatever the time of day was set to."""
        return (self.now - self._set_by).timestamp()

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def set_by(self, seconds: float) -> None:
        """Set the time of day, as an administrator or a time server does."""
        self.now += timedelta(seconds=seconds)
        self._set_by += timedelta(seconds=seconds)


@dataclass
class QuietForge:
    """
    A tracker whose issues are the test's business: it only has a name, projects, and verbs to fill in.

    Used where an adapter is not what is tested.
    """

    name: str
    projects: frozenset[str]
    hinting: Callable[[Mapping[str, str], bytes], IssueChanged | None] = field(
        default=lambda _headers, _body: None
    )
    screening: Callable[[Mapping[str, str]], None] = field(default=lambda _headers: None)
    changing: Callable[[str, datetime | None], Iterable[IssueRef]] = field(default=lambda _project, _since: ())
    max_body = 1000
    max_delivery = 5 * 1024 * 1024
    max_title = 255
    max_comments = 100
    native = frozenset[Capability]()
    reserved = frozenset[str]()

    def serves(self, project: str) -> bool:
        return project in self.projects

    def precheck(self, headers: Mapping[str, str]) -> None:
        self.screening(headers)

    def parse_webhook(self, headers: Mapping[str, str], body: bytes) -> IssueChanged | None:
        return self.hinting(headers, body)

    def changed(
        self, project: str, *, since: datetime | None, label: str, labelled: bool = False
    ) -> Iterable[IssueRef]:
        assert label == "incident"
        return self.changing(project, since)

    def read(self, ref: IssueRef, *, whole: bool = False) -> Issue:
        raise NotImplementedError

    def access(self, ref: IssueRef, person: Person, *, fresh: bool = False) -> Access:
        raise NotImplementedError

    def apply(self, ref: IssueRef, change: Change) -> Applied:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue() -> Iterator[SqliteQueue]:
    queue = SqliteQueue(":memory:", lease=LEASE)
    yield queue
    queue.close()


@pytest.fixture
def trackers() -> Mapping[str, Tracker]:
    return {
        "github": QuietForge("github", frozenset({"acme/api", "acme/shop"})),
        "gitlab": QuietForge("gitlab", frozenset({"acme/web"})),
    }
