"""What is checked before what, and what happens when our own side fails."""

import logging
from collections.abc import Callable, Iterator, Mapping

import pytest
from flask import Flask
from werkzeug.test import Client

from tests.web.conftest import GITLAB_TOKENS, Web
from tests.worker.conftest import API, Clock, QuietForge
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.trackers import Forged, IssueChanged
from tracker_bridge.web import asynchronous, create_app
from tracker_bridge.web.receiver import Receiver, hook_name


def wants_body(app: Flask, method: str, path: str, headers: Mapping[str, str]) -> bool:
    """Whether a server may receive the body, as far as the head tells."""
    receiver: Receiver = app.extensions["receiver"]
    name = hook_name(path)
    return name is not None and receiver.refusal(name, method, headers) is None


Reading = Callable[[Mapping[str, str], bytes], IssueChanged | None]


class Unreadable:
    """A body that must not be read."""

    def read(self, size: int = -1) -> bytes:
        pytest.fail("the body was read")


@pytest.fixture
def queue() -> Iterator[SqliteQueue]:
    queue = SqliteQueue(":memory:")
    yield queue
    queue.close()


@pytest.fixture
def sweeps() -> list[None]:
    return []


@pytest.fixture
def app(queue: SqliteQueue, sweeps: list[None]) -> Callable[[Reading], Flask]:
    def build(hinting: Reading) -> Flask:
        forge = QuietForge("github", frozenset({"acme/api"}), hinting)
        return create_app({"github": forge}, queue, clock=Clock(), sweep_soon=lambda: sweeps.append(None))

    return build


@pytest.fixture
def client(app: Callable[[Reading], Flask]) -> Client:
    return app(lambda _headers, _body: pytest.fail("the tracker was asked")).test_client()


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_only_post_is_taken(client: Client, method: str) -> None:
    answer = client.open("/hooks/github", method=method, environ_overrides={"wsgi.input": Unreadable()})

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert answer.data == (b"" if method == "HEAD" else b"Deliveries are POSTed here.\n")


@pytest.mark.parametrize("method", ["POST", "GET", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/hooks", "/hooks/", "/hooks/gitlab", "/hooks/github/x", "/hooks/%00", "/hooks/GitHub", "/hooks///"]
)
def test_only_configured_trackers_have_a_hook_and_their_addresses_are_told(
    client: Client, method: str, path: str
) -> None:
    answer = client.open(path, method=method, environ_overrides={"wsgi.input": Unreadable()})

    assert answer.status_code == 404
    assert answer.text == "No tracker of that name is configured; deliveries go to /hooks/github.\n"


@pytest.mark.parametrize("path", ["/hooks/github/", "//hooks/github", "/hooks//github", "///hooks/github//"])
def test_a_slash_too_many_loses_no_delivery(
    app: Callable[[Reading], Flask], queue: SqliteQueue, path: str
) -> None:
    def hinting(headers: Mapping[str, str], body: bytes) -> IssueChanged:
        if headers.get("x-secret") != "right":
            raise Forged("wrong")
        return IssueChanged(API)

    web = app(hinting)

    def deliver(secret: str) -> int:
        environ = {"PATH_INFO": path}
        return (
            web.test_client()
            .post("/", data=b"{}", headers={"X-Secret": secret}, environ_overrides=environ)
            .status_code
        )

    assert (deliver("guessed"), queue.stats().waiting) == (401, 0)
    assert (deliver("right"), queue.stats().waiting) == (202, 1)
    assert wants_body(web, "POST", path, {"content-length": "100000"})


def test_a_declared_length_over_the_cap_is_refused_unread(client: Client) -> None:
    answer = client.post(
        "/hooks/github",
        environ_overrides={"CONTENT_LENGTH": str(10**9), "wsgi.input": Unreadable()},
    )

    assert answer.status_code == 413


UNPROVEN: list[tuple[str, dict[str, str]]] = [
    ("github", {}),
    ("github", {"X-Hub-Signature-256": "sha256=" + "0" * 63}),
    ("github", {"X-Hub-Signature": "sha1=" + "0" * 40}),
    ("gitlab", {}),
    ("gitlab", {"X-Gitlab-Token": "guessed"}),
    ("gitlab", {"X-Gitlab-Token": "é" * 30}),
]


@pytest.mark.parametrize(("name", "headers"), UNPROVEN)
def test_a_body_that_nothing_can_prove_is_refused_unread(web: Web, name: str, headers: dict[str, str]) -> None:
    unread = {"CONTENT_LENGTH": "1000000", "wsgi.input": Unreadable()}
    answer = web.client.post(f"/hooks/{name}", headers=headers, environ_overrides=unread)

    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "headers", "wanted"),
    [
        ("POST", "/hooks/github", {"x-hub-signature-256": "sha256=" + "0" * 64}, True),
        ("POST", "/hooks/gitlab", {"x-gitlab-token": GITLAB_TOKENS[1]}, True),
        ("POST", "/hooks/gitlab", {"x-gitlab-token": "guessed"}, False),
        ("POST", "/hooks/github", {}, False),
        ("PUT", "/hooks/gitlab", {"x-gitlab-token": GITLAB_TOKENS[1]}, False),
        ("POST", "/hooks/other", {"x-gitlab-token": GITLAB_TOKENS[1]}, False),
        ("POST", "/healthz", {"x-gitlab-token": GITLAB_TOKENS[1]}, False),
    ],
)
def test_a_server_that_asks_learns_whether_a_body_is_wanted(
    web: Web, method: str, path: str, headers: dict[str, str], *, wanted: bool
) -> None:
    assert wants_body(web.app, method, path, {"content-length": "1000000", **headers}) is wanted
    too_long = {**headers, "content-length": str(30 * 1024 * 1024)}
    assert not wants_body(web.app, method, path, too_long)


@pytest.mark.parametrize(
    ("path", "headers", "body", "status"),
    [
        ("/hooks/other", {}, b"{}", 404),
        ("/hooks/", {}, b"{}", 404),
        *((f"/hooks/{name}", headers, b"{}", 401) for name, headers in UNPROVEN),
        ("/hooks/github", {"X-Hub-Signature-256": "sha256=" + "0" * 64}, b"{}", 401),
        ("/hooks/gitlab", {"X-Gitlab-Token": GITLAB_TOKENS[1]}, b"{}", 202),
        ("/hooks/gitlab", {"X-Gitlab-Token": GITLAB_TOKENS[1]}, b"no JSON", 202),
    ],
)
def test_what_comes_in_one_piece_is_answered_like_what_does_not(
    web: Web, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    app = asynchronous(web.app, threads=1)
    at_once = app.at_once(path, {name.lower(): value for name, value in headers.items()}, body)
    app.close()

    assert at_once is not None
    answer = web.client.post(path, headers=headers, data=body)
    assert (at_once.answer.status, at_once.answer.line + "\n") == (answer.status_code, answer.text)
    assert answer.status_code == status


def test_the_tracker_gets_the_raw_bytes_and_lower_case_names(app: Callable[[Reading], Flask]) -> None:
    seen: list[tuple[Mapping[str, str], bytes]] = []

    def hinting(headers: Mapping[str, str], body: bytes) -> None:
        seen.append((headers, body))

    body = b'{"a" :\r\n 1}\xff'
    answer = app(hinting).test_client().post("/hooks/github", data=body, headers={"X-Hub-Signature-256": "é"})

    assert answer.status_code == 202
    assert seen[0][1] == body
    assert seen[0][0]["x-hub-signature-256"] == "é"


def test_a_refusal_is_logged_and_the_answer_does_not_say_why(
    app: Callable[[Reading], Flask], caplog: pytest.LogCaptureFixture
) -> None:
    def hinting(headers: Mapping[str, str], body: bytes) -> None:
        raise Forged("no configured secret signed this")

    answer = app(hinting).test_client().post("/hooks/github", data=b"{}")

    assert answer.status_code == 401
    assert "configured" not in answer.text
    assert "github: a delivery was refused: no configured secret signed this" in caplog.text


def test_a_queue_that_fails_is_answered_with_202_and_swept_for(
    app: Callable[[Reading], Flask],
    queue: SqliteQueue,
    sweeps: list[None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = app(lambda _headers, _body: IssueChanged(API)).test_client()
    queue.close()

    assert client.post("/hooks/github", data=b"{}").status_code == 202
    assert len(sweeps) == 1
    assert "github:acme/api#1: a change could not be queued" in caplog.text


def test_a_bug_of_ours_is_answered_with_202_and_swept_for(
    app: Callable[[Reading], Flask], sweeps: list[None], caplog: pytest.LogCaptureFixture
) -> None:
    def hinting(headers: Mapping[str, str], body: bytes) -> None:
        raise RecursionError

    caplog.set_level(logging.ERROR)
    assert app(hinting).test_client().post("/hooks/github", data=b"{}").status_code == 202
    assert len(sweeps) == 1
    assert "RecursionError" in caplog.text
