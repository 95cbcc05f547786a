"""Webhooks going out of the sandbox: signed, in order, over real HTTP; and what a test can do to them."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import Hook, World

SECRET = "a webhook secret of the tests"


@dataclass
class Receiver:
    """A server that keeps what it is sent, and answers ``status``."""

    url: str = ""
    status: int = 202
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def events(self) -> list[tuple[str, str]]:
        """Name and action of everything that arrived, in order."""
        told = [(headers["X-GitHub-Event"], json.loads(body)) for headers, body in self.got]
        return [(name, body.get("action", "")) for name, body in told]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        here: ClassVar[Receiver] = found

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.here.got.append((dict(self.headers), body))
            self.send_response(self.here.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    found.url = f"http://127.0.0.1:{server.server_port}/hooks/github"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


class Scene:
    """One repository with one hook, and somebody who does things."""

    def __init__(self, receiver: Receiver) -> None:
        self.world = World()
        self.project = self.world.add_project("acme/api", "github")
        self.alice = self.world.add_account("alice")
        self.world.add_member(self.project, self.alice, Access.ADMIN)
        settings: dict[str, object] = {"events": ["issues", "issue_comment"], "content_type": "json"}
        self.hook = Hook(self.world.next_id(), receiver.url, SECRET, settings=settings)
        self.project.hooks[self.hook.id] = self.hook
        self.sandbox = Sandbox(self.world)


@pytest.fixture
def scene(receiver: Receiver) -> Iterator[Scene]:
    made = Scene(receiver)
    with made.sandbox:
        yield made


def test_what_happens_arrives_in_order_and_signed(scene: Scene, receiver: Receiver) -> None:
    world, alice = scene.world, scene.alice
    ticket = world.open_ticket(scene.project, alice, "Down", labels=["incident"])
    note = world.comment(ticket, alice, "/incident declare")
    world.edit_comment(ticket, note, alice, "/incident declare sev1")
    world.delete_comment(ticket, note, alice)
    world.assign(ticket, alice, alice)
    world.close(ticket, alice)
    scene.sandbox.hooks.settle()
    assert receiver.events == [
        ("issues", "opened"),
        ("issues", "labeled"),
        ("issue_comment", "created"),
        ("issue_comment", "edited"),
        ("issue_comment", "deleted"),
        ("issues", "assigned"),
        ("issues", "closed"),
    ]
    for headers, body in receiver.got:
        expected = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature-256"] == f"sha256={expected}"
        assert headers["X-GitHub-Hook-ID"] == str(scene.hook.id)
        assert headers["User-Agent"].startswith("GitHub-Hookshot/")
    assert len({headers["X-GitHub-Delivery"] for headers, _ in receiver.got}) == 7


def test_an_event_says_what_was_when_it_happened(scene: Scene, receiver: Receiver) -> None:
    ticket = scene.world.open_ticket(scene.project, scene.alice, "Down")
    scene.sandbox.hooks.hold()
    note = scene.world.comment(ticket, scene.alice, "before")
    scene.world.edit_comment(ticket, note, scene.alice, "after")
    scene.sandbox.hooks.release()
    scene.sandbox.hooks.settle()
    created, edited = (json.loads(body) for _, body in receiver.got[-2:])
    assert (created["comment"]["body"], edited["comment"]["body"]) == ("before", "after")
    assert edited["changes"] == {"body": {"from": "before"}}
    page = f"{scene.sandbox.url}/acme/api/issues/1#issuecomment-{note.id}"
    assert (edited["comment"]["html_url"], edited["repository"]["full_name"]) == (page, "acme/api")
    assert edited["sender"]["id"] == scene.alice.id


def test_a_hook_hears_only_what_it_asked_for(scene: Scene, receiver: Receiver) -> None:
    scene.hook.settings["events"] = ["issue_comment"]
    ticket = scene.world.open_ticket(scene.project, scene.alice, "Down")
    scene.world.comment(ticket, scene.alice, "hello")
    scene.hook.settings["active"] = False
    scene.world.comment(ticket, scene.alice, "unheard")
    scene.sandbox.hooks.settle()
    assert receiver.events == [("issue_comment", "created")]


def test_a_form_carries_the_json_in_a_field(scene: Scene, receiver: Receiver) -> None:
    scene.hook.settings["content_type"] = "form"
    scene.world.open_ticket(scene.project, scene.alice, "Down")
    scene.sandbox.hooks.settle()
    ((headers, body),) = receiver.got
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert body.startswith(b"payload=%7B%22action%22")


def test_a_held_queue_may_be_released_backwards(scene: Scene, receiver: Receiver) -> None:
    scene.sandbox.hooks.hold()
    ticket = scene.world.open_ticket(scene.project, scene.alice, "Down")
    scene.world.comment(ticket, scene.alice, "hello")
    scene.sandbox.hooks.settle()
    assert receiver.got == []
    scene.sandbox.hooks.release(backwards=True)
    scene.sandbox.hooks.settle()
    assert receiver.events == [("issue_comment", "created"), ("issues", "opened")]


def test_messages_are_dropped_doubled_and_sent_again(scene: Scene, receiver: Receiver) -> None:
    hooks, world = scene.sandbox.hooks, scene.world
    hooks.drop(1)
    ticket = world.open_ticket(scene.project, scene.alice, "Down")
    hooks.duplicate(1)
    world.comment(ticket, scene.alice, "hello")
    hooks.settle()
    assert receiver.events == [("issue_comment", "created")] * 2
    hooks.redeliver(0)
    hooks.settle()
    assert receiver.events[-1] == ("issues", "opened")
    assert [one.error for one in hooks.log] == ["dropped", "", "", ""]
    ids = [one.headers["X-GitHub-Delivery"] for one in hooks.log]
    assert ids[1] == ids[2]
    assert ids[0] == ids[3]


def test_the_log_tells_what_the_receiver_answered(scene: Scene, receiver: Receiver) -> None:
    receiver.status = 401
    scene.world.open_ticket(scene.project, scene.alice, "Down")
    scene.sandbox.hooks.settle()
    assert [one.status for one in scene.sandbox.hooks.log] == [401]


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/hook", "https://127.0.0.1/hook", "http://[", "ftp://localhost/"]
)
def test_nothing_leaves_this_machine(scene: Scene, receiver: Receiver, url: str) -> None:
    scene.hook.url = url
    scene.world.open_ticket(scene.project, scene.alice, "Down")
    scene.sandbox.hooks.settle()
    (delivery,) = scene.sandbox.hooks.log
    assert delivery.status == 0
    assert delivery.error
    assert receiver.got == []


def test_a_receiver_that_is_not_there_is_in_the_log(scene: Scene) -> None:
    scene.hook.url = "http://127.0.0.1:1/hook"
    scene.world.open_ticket(scene.project, scene.alice, "Down")
    scene.sandbox.hooks.settle()
    assert "ConnectionRefusedError" in scene.sandbox.hooks.log[0].error
