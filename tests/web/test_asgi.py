"""The asynchronous receiver: when it answers, what it reads, and that nobody waits for another's disk."""

import asyncio
import json
from collections.abc import Coroutine, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

import pytest

from tests.worker.conftest import API, Clock, QuietForge
from tracker_bridge.queue import Priority, QueueError
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import Forged, IssueChanged
from tracker_bridge.web import asynchronous, create_app
from tracker_bridge.web.asgi import AT_ONCE, SMALL, Application

T = TypeVar("T")


class SlowDisk(SqliteQueue):
    """A queue in memory; what is submitted is saved when the test says so."""

    def __init__(self) -> None:
        super().__init__(":memory:")
        self.saved: list[Future[None]] = []

    def submit(
        self, change: IssueChanged, due: datetime, priority: Priority = Priority.PERSON
    ) -> Future[None] | None:
        super().submit(change, due, priority)
        self.saved.append(Future())
        return self.saved[-1]


@dataclass
class Exchange:
    """One request, and what was answered. Its parts come when the test sends them."""

    method: str = "POST"
    path: str = "/hooks/github"
    headers: Mapping[str, str] = field(default_factory=lambda: {"x-secret": "right"})
    incoming: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    sent: list[dict[str, Any]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    read: int = 0

    def comes(self, body: bytes, *, more: bool = False) -> None:
        self.incoming.put_nowait({"type": "http.request", "body": body, "more_body": more})

    async def receive(self) -> dict[str, Any]:
        self.read += 1
        return await self.incoming.get()

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def status(self) -> int | None:
        return self.sent[0]["status"] if self.sent else None

    @property
    def text(self) -> str:
        return b"".join(one.get("body", b"") for one in self.sent).decode()

    def begin(self, app: Application) -> asyncio.Task[None]:
        raw = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        scope = {
            "type": "http",
            "method": self.method,
            "path": self.path,
            "query_string": b"",
            "http_version": "1.1",
            "scheme": "http",
            "headers": raw,
            "client": ("127.0.0.1", 1),
            "state": {"connection": self},
        }
        return asyncio.create_task(app(scope, self.receive, self.send))

    def begun(self) -> None:
        self.told.append("begun")

    def whole(self) -> None:
        self.told.append("whole")

    def answered(self) -> None:
        self.told.append("answered")

    def end(self) -> None:
        self.told.append("end")


@dataclass
class Site:
    queue: SlowDisk = field(default_factory=SlowDisk)
    sweeps: list[None] = field(default_factory=list)

    def app(self, mebibytes: int = 1) -> Application:
        def hinting(headers: Mapping[str, str], body: bytes) -> IssueChanged:
            if headers["x-secret"] != "right":
                raise Forged("wrong")
            return IssueChanged(API, json.loads(body[:3]) if body[:1] == b"1" else None)

        def screening(headers: Mapping[str, str]) -> None:
            if "x-secret" not in headers:
                raise Forged("missing")

        forge = QuietForge("github", frozenset({"acme/api"}), hinting, screening)
        web = create_app({"github": forge}, self.queue, clock=Clock(), sweep_soon=lambda: self.sweeps.append(None))
        return asynchronous(web, threads=1, mebibytes=mebibytes)


@pytest.fixture
def site() -> Site:
    return Site()


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def a_while() -> None:
    """Let everything happen that can."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_delivery_is_answered_once_it_is_saved_and_nobody_else_waits(site: Site) -> None:
    async def act() -> None:
        app = site.app()
        first, second = Exchange(), Exchange()
        for one in (first, second):
            one.comes(b"{}")
        tasks = [one.begin(app) for one in (first, second)]
        await a_while()
        assert (first.status, second.status) == (None, None)
        site.queue.saved[1].set_result(None)
        await tasks[1]
        assert (first.status, second.status) == (None, 202)
        site.queue.saved[0].set_result(None)
        await tasks[0]
        assert (first.status, first.text) == (202, "noted\n")
        assert first.told == ["begun", "whole", "answered"]
        app.close()

    run(act())
    site.queue.close()


def test_what_could_not_be_saved_is_answered_and_swept_for(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    async def act() -> None:
        app = site.app()
        one = Exchange()
        one.comes(b"{}")
        task = one.begin(app)
        await a_while()
        site.queue.saved[0].set_exception(QueueError("disk full"))
        await task
        assert one.status == 202
        app.close()

    run(act())
    site.queue.close()
    assert len(site.sweeps) == 1
    assert "github:acme/api#1: a change could not be queued: disk full" in caplog.text


def test_a_disk_that_hangs_is_not_waited_for_any_longer_than_the_forge_does(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker_bridge.web.asgi.PATIENCE", 0.01)

    async def act() -> None:
        app = site.app()
        one = Exchange()
        one.comes(b"{}")
        await one.begin(app)
        assert one.status == 202
        app.close()

    run(act())
    site.queue.saved[0].set_result(None)  # late, and nobody's trouble
    site.queue.close()
    assert len(site.sweeps) == 1


@pytest.mark.parametrize("secret", ["right", "wrong"])
def test_a_large_body_is_judged_like_a_small_one(site: Site, secret: str) -> None:
    async def act() -> None:
        app = site.app()
        one = Exchange(headers={"x-secret": secret})
        one.comes(b"x" * AT_ONCE, more=True)
        one.comes(b"x")
        task = one.begin(app)
        if secret == "right":
            while not site.queue.saved:
                await asyncio.sleep(0.001)
            site.queue.saved[0].set_result(None)
        await task
        assert one.status == (202 if secret == "right" else 401)
        app.close()

    run(act())
    site.queue.close()


def test_of_bodies_that_take_too_much_the_largest_ends_and_a_small_one_is_answered(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    async def act() -> None:
        app = site.app()
        large = [Exchange() for _ in range(8)]
        tasks = [one.begin(app) for one in large]
        for number, one in enumerate(large):
            one.comes(b"x" * (200_000 - number), more=True)
        await a_while()
        small = Exchange()
        small.comes(b"{}")
        task = small.begin(app)
        await a_while()
        site.queue.saved[0].set_result(None)
        await task
        assert small.status == 202

        ended = [one for one in large if "end" in one.told]
        assert ended == large[:3]
        assert all(one.told[-1] == "answered" and not one.sent for one in ended)
        for one in large[3:]:
            one.incoming.put_nowait({"type": "http.disconnect"})
        await asyncio.gather(*tasks)
        app.close()

    run(act())
    site.queue.close()
    [line] = [one.getMessage() for one in caplog.records if "webhook_memory" in one.getMessage()]
    assert line.startswith("github: a delivery was refused: ")


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("POST", "/hooks/github", {}, 401),
        ("PUT", "/hooks/github", {"x-secret": "right"}, 405),
        ("POST", "/hooks/gitlab", {"x-secret": "right"}, 404),
        ("POST", "/healthz", {}, 405),
    ],
)
def test_a_large_body_that_nobody_would_read_does_not_delay_the_answer(
    site: Site, method: str, path: str, headers: Mapping[str, str], status: int
) -> None:
    async def act() -> None:
        app = site.app()
        one = Exchange(method, path, {**headers, "content-length": "1000000"})
        task = one.begin(app)
        while len(one.sent) < 2:
            await asyncio.sleep(0.001)
        assert one.status == status
        assert (b"connection", b"close") in one.sent[0]["headers"]
        one.comes(b"x" * 1_000_000)
        await task
        assert one.sent[-1] == {"type": "http.response.body", "body": b""}
        app.close()

    run(act())
    site.queue.close()


def test_a_body_of_chunks_that_turns_out_too_long_is_refused_before_it_ends(site: Site) -> None:
    async def act() -> None:
        app = site.app(mebibytes=32)
        one = Exchange(headers={"x-secret": "right", "transfer-encoding": "chunked"})
        for _ in range(6):
            one.comes(b"x" * 1024 * 1024, more=True)
        one.incoming.put_nowait({"type": "http.disconnect"})
        await one.begin(app)
        assert one.status == 413
        app.close()

    run(act())
    site.queue.close()


def test_who_goes_away_is_not_answered(site: Site) -> None:
    async def act() -> None:
        app = site.app()
        one = Exchange()
        one.comes(b"{", more=True)
        one.incoming.put_nowait({"type": "http.disconnect"})
        await one.begin(app)
        assert not one.sent
        assert one.told == ["begun", "answered"]
        app.close()

    run(act())
    site.queue.close()
    assert not site.queue.saved


@pytest.mark.parametrize(
    ("path", "headers", "length", "given"),
    [
        ("/hooks/github", {"x-secret": "right"}, SMALL, True),
        ("/hooks/github", {"x-secret": "right"}, SMALL + 1, False),
        ("/hooks/github", {}, 5, False),
        ("/hooks/gitlab", {"x-secret": "right"}, 5, False),
        ("/alerts/github", {"x-secret": "right"}, 5, False),
    ],
)
def test_only_what_may_become_a_delivery_is_given_room(
    site: Site, path: str, headers: dict[str, str], length: int, given: bool
) -> None:
    assert (site.app().room_for(path, headers, length, lambda: None) is not None) == given


def test_a_beginning_that_is_given_up_is_told(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    ended = list[str]()
    held = site.app(mebibytes=1).room_for("/hooks/github", {"x-secret": "right"}, 5, lambda: ended.append("ended"))

    assert held is not None
    with held:
        held.take(2 * 1024 * 1024)
    assert ended == ["ended"]
    assert "github: a delivery was refused: bodies that were being received took more" in caplog.text
