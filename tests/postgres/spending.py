"""
Run as a program: spends what a credential has, with short pauses. Arguments: the queue, and how many may be.

Says that it is ready, begins when it is told to by a line, and says how many it was.
"""

import sys
import time
from contextlib import closing

from tracker_bridge.domain.issue.changes import Document, Post
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.database import Database
from tracker_bridge.queue.shared_quotas import SharedQuotas
from tracker_bridge.trackers._governor import Governor
from tracker_bridge.trackers._pace import Pace, Window

if __name__ == "__main__":
    url, most = sys.argv[1], int(sys.argv[2])
    pace = Pace((Window(most, 3600.0),), (Window(most, 3600.0),))
    with closing(Database(url)) as database:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        governor, written = Governor(pace, quotas=SharedQuotas(database)), 0
        for number in range(1, most + 1):
            ref = IssueRef("github", "acme/api", number)
            written += not governor.spend("bot", ref, Post(Document("status", "text")))
            time.sleep(0.02)  # the other one has its turn, also on a busy machine
    sys.stdout.write(str(written))
