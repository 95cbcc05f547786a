"""
Run as a program: a worker on a queue, until killed. Says which issue it looks at.

Arguments: the path, then what a look does: ``stuck`` never ends, ``quick`` ends at once.
"""

import sys
import threading
from datetime import UTC, datetime

from tests.worker.conftest import QuietForge
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Awaited, ReconcileResult
from tracker_bridge.worker import Worker


def look(ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
    sys.stdout.write(f"{ref}\n")
    sys.stdout.flush()
    if sys.argv[2] == "stuck":
        threading.Event().wait()
    return ReconcileResult()


if __name__ == "__main__":
    forges = {"github": QuietForge("github", frozenset({"acme/api"}))}
    queue = SqliteQueue(sys.argv[1])
    Worker(queue, forges, look, clock=lambda: datetime.now(UTC), threads=2).start()
    threading.Event().wait()
