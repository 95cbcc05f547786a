"""A sandbox on which things go wrong as planned, and one that starts and stops cleanly."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.faults import Cut, FaultResponse, Hang, Lag, Lose
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import World

COMMENTS = "/api/v3/repos/acme/api/issues/1/comments"


class Scene:
    def __init__(self) -> None:
        self.world = World()
        self.project = self.world.add_project("acme/api", "github")
        self.bot = self.world.add_account("bot", bot=True)
        self.world.add_member(self.project, self.bot, Access.ADMIN)
        self.ticket = self.world.open_ticket(self.project, self.bot, "Down")
        self.sandbox = Sandbox(self.world)

    def connect(self, timeout: float = 10) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.sandbox.url.removeprefix("http://"), timeout=timeout)

    def ask(self, verb: str, path: str = COMMENTS, body: object = None, timeout: float = 10) -> tuple[int, Any]:
        connection = self.connect(timeout)
        try:
            sent = None if body is None else json.dumps(body)
            connection.request(verb, path, sent, {"Authorization": f"token {self.bot.token}"})
            response = connection.getresponse()
            return response.status, json.loads(response.read() or b"null")
        finally:
            connection.close()

    def post(self, body: str = "hello") -> tuple[int, Any]:
        return self.ask("POST", body={"body": body})

    @property
    def bodies(self) -> list[str]:
        return [note.body for note in self.ticket.comments]

    def listed(self) -> list[str]:
        return [one["body"] for one in self.ask("GET")[1]]


def until(holds: Callable[[], object]) -> None:
    for _ in range(1_000):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("it did not come to pass within ten seconds")


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    with made.sandbox:
        yield made


@pytest.mark.parametrize(("done", "bodies"), [(False, []), (True, ["hello"])])
def test_an_answer_may_be_replaced_before_or_after_the_work_is_done(
    scene: Scene, done: bool, bodies: list[str]
) -> None:
    scene.sandbox.faults.add(
        FaultResponse(503, {"Retry-After": "7"}, b'{"message": "later"}', done=done), method="POST"
    )
    assert scene.post() == (503, {"message": "later"})
    assert scene.bodies == bodies
    assert scene.post()[0] == 201


@pytest.mark.parametrize(("done", "bodies"), [(False, []), (True, ["hello"])])
def test_an_answer_may_be_lost_before_or_after_the_work_is_done(
    scene: Scene, done: bool, bodies: list[str]
) -> None:
    scene.sandbox.faults.add(Lose(done=done), path="/comments$")
    with pytest.raises(http.client.RemoteDisconnected):
        scene.post()
    assert scene.bodies == bodies
    assert scene.sandbox.requests[-1].status == 0


def test_an_answer_may_break_off(scene: Scene) -> None:
    scene.sandbox.faults.add(Cut())
    with pytest.raises(http.client.IncompleteRead):
        scene.post()
    assert scene.bodies == ["hello"]


@pytest.mark.parametrize(("done", "bodies"), [(False, []), (True, ["hello"])])
def test_a_server_may_say_nothing_until_the_client_gives_up(scene: Scene, done: bool, bodies: list[str]) -> None:
    scene.sandbox.faults.add(Hang(done=done))
    with pytest.raises(TimeoutError):
        scene.ask("POST", body={"body": "hello"}, timeout=0.2)
    until(lambda: scene.sandbox.requests)
    assert scene.bodies == bodies


def test_a_rule_picks_requests_by_verb_path_and_turn(scene: Scene) -> None:
    scene.sandbox.faults.add(FaultResponse(500), method="POST", path="/issues/1/", nth=2, times=2)
    statuses = []
    for _ in range(4):
        statuses.append(scene.post()[0])
        assert scene.ask("GET")[0] == 200
    assert statuses == [201, 500, 500, 201]
    scene.sandbox.faults.add(FaultResponse(500))
    scene.sandbox.faults.clear()
    assert scene.post()[0] == 201


def test_a_lagging_replica_does_not_show_what_is_too_young(scene: Scene) -> None:
    scene.world.comment(scene.ticket, scene.bot, "old")
    scene.sandbox.faults.add(Lag(requests=2), path="/comments$", times=100)
    scene.world.comment(scene.ticket, scene.bot, "by a person")
    assert [scene.listed() for _ in range(3)] == [["old"], ["old"], ["old", "by a person"]]
    assert scene.post("by the bot")[0] == 201
    seen = [scene.listed() for _ in range(3)]
    assert seen == [["old", "by a person"]] * 2 + [["old", "by a person", "by the bot"]]
    assert scene.ask("GET", "/api/v3/repos/acme/api/issues/1")[1]["comments"] == 3


def test_a_replica_may_lag_by_seconds(scene: Scene) -> None:
    now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    scene.world.clock = lambda: now
    scene.sandbox.faults.add(Lag(seconds=30), path="/comments$", times=100)
    scene.world.comment(scene.ticket, scene.bot, "new")
    assert scene.listed() == []
    now += timedelta(seconds=29)
    assert scene.listed() == []
    now += timedelta(seconds=1)
    assert scene.listed() == ["new"]


def test_connections_stay_open_between_requests(scene: Scene) -> None:
    connection = scene.connect()
    for _ in range(3):
        connection.request("POST", COMMENTS, b'{"body": "x"}', {"Authorization": f"token {scene.bot.token}"})
        response = connection.getresponse()
        assert response.read()
        assert not response.will_close
    connection.close()
    assert len(scene.bodies) == 3


def test_requests_are_recorded_with_their_answers(scene: Scene) -> None:
    scene.post()
    scene.ask("GET", f"{COMMENTS}?per_page=1")
    scene.ask("GET", "/gitlab/api/v4/projects/acme%2Fapi")
    page = scene.connect()
    page.request("GET", "/")
    assert page.getresponse().read()
    page.close()
    posted, listed, gitlab, index = scene.sandbox.requests
    assert (posted.face, posted.method, posted.path, posted.status) == ("github", "POST", COMMENTS, 201)
    assert json.loads(posted.body) == {"body": "hello"}
    assert (listed.query, json.loads(listed.answer)[0]["body"]) == ("per_page=1", "hello")
    assert (gitlab.face, gitlab.path) == ("gitlab", "/gitlab/api/v4/projects/acme/api")
    assert (index.face, index.status) == ("pages", 200)


def test_closing_waits_for_nobody_and_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    scene = Scene()
    with scene.sandbox:
        idle = scene.connect()
        idle.connect()
        scene.sandbox.faults.add(Hang(done=False))
        waiting = scene.connect()
        waiting.request("GET", "/")
        until(lambda: scene.sandbox.requests)
    assert set(threading.enumerate()) == before
    idle.close()
    waiting.close()
