"""A worker that is killed loses nothing and blocks nothing. Processes of their own."""

from datetime import UTC, datetime
from pathlib import Path

from tests.serving.conftest import eventually, starting
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import IssueChanged

REFS = [IssueRef("github", "acme/api", number) for number in (1, 2, 3)]


def test_kill_9_during_reconciles_leaves_them_to_the_next_worker_at_once(tmp_path: Path) -> None:
    path = tmp_path / "queue.sqlite3"
    queue = SqliteQueue(path)
    for ref in REFS:
        queue.add(IssueChanged(ref), datetime.now(UTC))
    queue.close()

    with starting(tmp_path, forks=True) as begin:
        stuck = begin("tests.worker.looking", path, "stuck")
        eventually(lambda: len(stuck.said) == 2, "two looks that do not end")
        stuck.process.kill()
        stuck.ends()
        quick = begin("tests.worker.looking", path, "quick")
        eventually(lambda: len(quick.said) >= 3, "three looks")
        assert len({*stuck.said}) == 2
        assert {*quick.said} == {str(ref) for ref in REFS}
