"""The fixture ``queue``: every contract test runs once on each engine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.postgres import Clocked, own_schema, running_server, temporary_folder
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Queue
from tracker_bridge.queue.sqlite import SqliteQueue

LEASE = timedelta(seconds=60)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
API = IssueRef("github", "acme/api", 1)
WEB = IssueRef("gitlab", "acme/shop/web", 2)


def after(seconds: float) -> datetime:
    """Return a moment that many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with running_server(temporary_folder()) as url:
        yield url


@pytest.fixture
def database(server: str) -> Iterator[str]:
    """Return the URL of a queue of its own, whose time passes."""
    with own_schema(server) as url:
        yield url


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Queue]:
    if request.param == "postgres":
        with own_schema(request.getfixturevalue("server"), NOON) as url:
            shared = Clocked(url, NOON, LEASE)
            try:
                yield shared
            finally:
                shared.close()
        return
    path: Path | str = ":memory:" if request.param == "memory" else tmp_path / "queue.sqlite3"
    engine = SqliteQueue(path, lease=LEASE)
    yield engine
    engine.close()
