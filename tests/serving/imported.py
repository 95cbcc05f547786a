"""Run as a program: import ``app`` as another WSGI server does, ask whether it is ready, and end."""

import atexit
import os
import sys

from tracker_bridge.queue.sqlite import SqliteQueue


def tell() -> None:
    """Registered first, so called last."""
    SqliteQueue(os.environ["TRACKER_BRIDGE_QUEUE"]).close()
    sys.stdout.write("queue closed\n")


if __name__ == "__main__":
    atexit.register(tell)
    from app import app

    answer = app.test_client().get("/readyz")
    ready = answer.text.strip().partition(",")[0]  # a forge that does not answer may be known by now
    sys.stdout.write(f"{answer.status_code} {ready}\n")
    sys.stdout.flush()
