"""The fixtures ``queue`` and ``open_queue``: every contract test runs once on each engine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.postgres import Clocked, own_schema
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import UNCAPPED, Caps, Queue
from tracker_bridge.queue.sqlite import SqliteQueue

LEASE = timedelta(seconds=60)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
API = IssueRef("github", "acme/api", 1)
WEB = IssueRef("gitlab", "acme/shop/web", 2)


def after(seconds: float) -> datetime:
    """Return a moment that many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


Opening = Callable[[Caps], Queue]


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def open_queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opening]:
    """Return what opens an empty queue with caps."""
    with ExitStack() as opened:
        if request.param == "postgres":
            url = opened.enter_context(own_schema(request.getfixturevalue("server"), NOON))
            yield lambda caps: opened.enter_context(closing(Clocked(url, NOON, LEASE, caps)))
            return
        path: Path | str = ":memory:" if request.param == "memory" else tmp_path / "queue.sqlite3"
        yield lambda caps: opened.enter_context(closing(SqliteQueue(path, lease=LEASE, caps=caps)))


@pytest.fixture
def queue(open_queue: Opening) -> Queue:
    return open_queue(UNCAPPED)
