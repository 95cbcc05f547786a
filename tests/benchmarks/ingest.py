"""
Ingest: what a delivery costs, against a Flask view that does nothing

The receiver's application is called in this process with a signed comment of about 14 kB, through the real
adapter and a queue on disk. "New" deliveries wait until they are on disk; the others write nothing.
"""

import io
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

from flask import Flask

from tests.benchmarks._delivery import PROJECT, SECRET, signed
from tests.benchmarks.report import progress, table
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import IssueChanged
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.web import create_app

ROUND = 0.5
"""Seconds that each rate is measured for, three times; the best counts."""


def main() -> None:
    with opened_queue() as queue:
        _receiver(queue)
    _adds()


def _receiver(queue: SqliteQueue) -> None:
    numbers = count(2)
    with closing(GitHubTracker("https://api.github.invalid", Token("x"), ["acme/api"], [SECRET])) as tracker:
        app = create_app({"github": tracker}, queue, clock=now, sweep_soon=lambda: None)
        bare = Flask("bare")
        bare.add_url_rule("/hooks/github", view_func=lambda: "", methods=["POST"])
        same, other = _delivery(1), _delivery(1, project="acme/other")
        cases: list[tuple[str, WSGIApplication, Callable[[], Any]]] = [
            ("Flask view that does nothing", bare.wsgi_app, lambda: same),
            ("coalesced: its issue is pending", app.wsgi_app, lambda: same),
            ("ignored: another project", app.wsgi_app, lambda: other),
            ("new: another issue each time", app.wsgi_app, lambda: _delivery(next(numbers))),
        ]
        rates = {name: _deliveries(name, called, delivery) for name, called, delivery in cases}
    first = next(iter(rates.values()))
    table(
        "Deliveries, one thread",
        ["delivery", "per second", "x bare Flask"],
        [[name, rate, rate / first] for name, rate in rates.items()],
    )


def _adds() -> None:
    numbers = count(1)

    def another() -> IssueChanged:
        return IssueChanged(IssueRef("github", "acme/api", next(numbers)))

    def same() -> IssueChanged:
        return IssueChanged(IssueRef("github", "acme/api", 1))

    rates = {}
    for name, threads, hint in [
        ("not pending: each is written", 1, another),
        ("not pending, 8 threads: commits are shared", 8, another),
        ("pending: nothing is written", 1, same),
    ]:
        progress(name)
        with opened_queue() as queue:
            rates[name] = _rate(lambda hint=hint, queue=queue: queue.add(hint(), now()), threads)  # type: ignore[misc] # a loop's values, bound now
    first = next(iter(rates.values()))
    table(
        "Adding to the queue, synchronous=FULL",
        ["the issue is", "per second", "x the first"],
        [[name, rate, rate / first] for name, rate in rates.items()],
    )


def _deliveries(name: str, app: WSGIApplication, delivery: Callable[[], dict[str, Any]]) -> float:
    progress(name)

    def deliver() -> None:
        environ = dict(delivery())
        environ["wsgi.input"] = io.BytesIO(environ.pop("body"))
        b"".join(app(environ, lambda _status, _headers, _error=None: lambda _data: None))

    return _rate(deliver, threads=1)


def _rate(act: Callable[[], object], threads: int) -> float:
    return max(_round(act, threads) for _ in range(3))


def _round(act: Callable[[], object], threads: int) -> float:
    """Return how often a second ``act`` was done by all threads together."""
    done = [0] * threads
    begin = time.perf_counter()

    def repeat(thread: int) -> None:
        while time.perf_counter() - begin < ROUND:
            act()
            done[thread] += 1

    running = [threading.Thread(target=repeat, args=(thread,)) for thread in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return sum(done) / (time.perf_counter() - begin)


def _delivery(number: int, project: str = PROJECT) -> dict[str, Any]:
    """Return the WSGI environment of a signed comment, with the ``body`` still to be wrapped."""
    body, signature = signed(number, project)
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/hooks/github",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": "localhost",
        "HTTP_X_GITHUB_EVENT": "issue_comment",
        "HTTP_X_HUB_SIGNATURE_256": signature,
        "body": body,
    }


@contextmanager
def opened_queue() -> Iterator[SqliteQueue]:
    with tempfile.TemporaryDirectory() as folder, closing(SqliteQueue(Path(folder) / "queue.sqlite3")) as queue:
        yield queue


def now() -> datetime:
    return datetime.now(UTC)
