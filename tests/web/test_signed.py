"""GitLab's signed deliveries at the receiver: a clock that is off, and copies that come again."""

import json
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.trackers.test_gitlab_hooks import NOW, OLD, signed
from tests.web.conftest import NOTED, Web
from tests.worker.conftest import Clock
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker
from tracker_bridge.web import create_app

BODY = json.dumps(NOTED).encode()


@pytest.fixture
def web() -> Iterator[Web]:
    gitlab = GitLabTracker("https://gitlab.invalid", "x", ["acme/web"], (), (OLD,), clock=lambda: float(NOW))
    queue, clock, sweeps = SqliteQueue(":memory:"), Clock(), list[None]()
    yield Web(
        create_app({"gitlab": gitlab}, queue, clock=clock, sweep_soon=lambda: sweeps.append(None)), queue, clock
    )
    queue.close()


def deliver(web: Web, at: int) -> TestResponse:
    return web.client.post("/hooks/gitlab", data=BODY, headers=signed(BODY, at=at))


@pytest.mark.parametrize(("off", "why"), [(-301, "this machine's clock is ahead"), (301, "clock is behind")])
def test_a_clock_that_is_off_is_401_with_the_reason_in_the_log(
    web: Web, caplog: pytest.LogCaptureFixture, off: int, why: str
) -> None:
    assert deliver(web, NOW + off).status_code == 401
    assert web.waiting == 0
    [said] = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert said.startswith("gitlab: a delivery was refused: signed more than 300 s")
    assert why in said


def test_a_copy_within_the_tolerance_is_one_more_reconcile_at_most(web: Web) -> None:
    assert [deliver(web, NOW - 299).status_code for _ in range(5)] == [202] * 5
    assert web.waiting == 1
    web.clock.forward(1)
    taken = web.queue.take(web.clock())
    assert taken is not None
    web.queue.done(taken, None)

    assert deliver(web, NOW - 299).status_code == 202
    web.clock.forward(1)
    again = web.queue.take(web.clock())
    assert again is not None
    assert again.expected_comments == taken.expected_comments, (
        "what the thread shows already: the look changes nothing"
    )
