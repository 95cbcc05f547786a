"""Health, and how everything else is answered."""

import pytest

from tests.web.conftest import COMMENTED, Web
from tracker_bridge.queue import QueueError
from tracker_bridge.queue.queue_file import QueueFile


def test_health_is_about_the_process(web: Web) -> None:
    web.queue.close()

    assert web.client.get("/healthz").status_code == 200


def test_ready_is_about_the_queue(web: Web) -> None:
    ready = web.client.get("/readyz")
    web.queue.close()
    unready = web.client.get("/readyz")

    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert (unready.status_code, unready.text) == (503, "The queue cannot be used; see the log.\n")


def test_a_full_disk_takes_no_delivery_away(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise QueueError("The queue cannot be written (disk full).")

    monkeypatch.setattr(QueueFile, "save", full)
    delivered = web.github(COMMENTED)
    ready = web.client.get("/readyz")

    assert (delivered.status_code, web.waiting, web.sweeps) == (202, 1, [None])
    assert (ready.status_code, ready.text) == (
        200,
        "ready, but a restart would lose the queue; see the log\n",
    )


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/hooks", 404),
        ("GET", "/<script>alert(1)</script>", 404),
        ("GET", "/static/app.js", 404),
        ("POST", "/healthz", 405),
        ("GET", "/healthz", 200),
        ("GET", "/hooks/github", 405),
        ("POST", "/hooks/github", 401),
    ],
)
def test_every_answer_is_one_line_of_plain_text_with_safe_headers(
    web: Web, method: str, path: str, status: int
) -> None:
    answer = web.client.open(path, method=method)

    assert answer.status_code == status
    assert answer.mimetype == "text/plain"
    assert answer.text.count("\n") == 1
    assert "script" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_a_delivery_is_answered_in_one_line_too(web: Web) -> None:
    answer = web.github(COMMENTED)

    assert (answer.status_code, answer.text, answer.mimetype) == (202, "noted\n", "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_page_that_fails_shows_nothing_of_it(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError("a secret path")

    monkeypatch.setattr(web.queue, "stats", fail)
    answer = web.client.get("/readyz")

    assert answer.status_code == 500
    assert answer.text == "Something went wrong; see the log.\n"
