"""
Run as a program: hold a queue, and say what is taken from it, until killed.

Arguments: the path, then the refs to add. Writes one line per step, so that the test knows how far it is.
"""

import sys
import time
from datetime import UTC, datetime

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import IssueChanged

if __name__ == "__main__":
    path, *refs = sys.argv[1:]
    queue = SqliteQueue(path)
    for ref in refs:
        queue.add(IssueChanged(IssueRef.parse(ref), 7, None), datetime.now(UTC))
    sys.stdout.write("added\n")
    sys.stdout.flush()
    queue.take(datetime.now(UTC))
    sys.stdout.write("taken\n")
    sys.stdout.flush()
    time.sleep(60)
