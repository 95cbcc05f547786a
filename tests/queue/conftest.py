"""The fixture ``queue``: every contract test runs once on each engine."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

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


@pytest.fixture(params=["sqlite", "memory"])
def queue(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Queue]:
    path: Path | str = ":memory:" if request.param == "memory" else tmp_path / "queue.sqlite3"
    engine = SqliteQueue(path, lease=LEASE)
    yield engine
    engine.close()
