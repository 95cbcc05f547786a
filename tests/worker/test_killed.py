"""A worker that is killed loses nothing and blocks nothing. Real processes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import IssueChanged

REFS = [IssueRef("github", "acme/api", number) for number in (1, 2, 3)]


@contextmanager
def worker(path: Path, kind: Literal["stuck", "quick"]) -> Iterator[Iterator[str]]:
    """Run a worker, giving the refs that it looks at; kill -9 it at the end."""
    command = [sys.executable, "-m", "tests.worker.looking", str(path), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield (line.strip() for line in process.stdout)
        finally:
            process.kill()


def test_kill_9_during_reconciles_leaves_them_to_the_next_worker_at_once(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    queue = SqliteQueue(path)
    for ref in REFS:
        queue.add(IssueChanged(ref), datetime.now(UTC))
    queue.close()

    with worker(path, "stuck") as looks:
        begun = {next(looks), next(looks)}
    with worker(path, "quick") as looks:
        seen = {next(looks), next(looks), next(looks)}

    assert len(begun) == 2
    assert seen == {str(ref) for ref in REFS}
