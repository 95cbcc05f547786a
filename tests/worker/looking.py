"""
Run as a program: a worker on a queue, until killed. Says which issue it looks at.

Arguments: the path, then what a look does: ``stuck`` never ends, ``quick`` ends at once.
"""

import sys
import threading
from datetime import UTC, datetime

from tests.worker.conftest import QuietForge
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.hints.sqlite import SqliteHints
from tracker_bridge.reconcile import Awaited, Look
from tracker_bridge.worker import Worker


def look(ref: IssueRef, now: datetime, awaited: Awaited) -> Look:
    sys.stdout.write(f"{ref}\n")
    sys.stdout.flush()
    if sys.argv[2] == "stuck":
        threading.Event().wait()
    return Look()


if __name__ == "__main__":
    forges = {"github": QuietForge("github", frozenset({"acme/api"}))}
    hints = SqliteHints(sys.argv[1])
    Worker(hints, forges, look, clock=lambda: datetime.now(UTC), threads=2).start()
    threading.Event().wait()
