"""Deliveries to the real adapters: what is kept, what is refused, and that nothing is answered with 5xx."""

import gzip
import json
import random
import threading
from datetime import UTC, datetime
from http.client import HTTPConnection

import pytest
from werkzeug.serving import make_server

from tests.web.conftest import COMMENTED, GITHUB_SECRETS, GITLAB_TOKENS, NOTED, Web
from tracker_bridge.domain.issue.changes import Document
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Priority
from tracker_bridge.web.receiver import SETTLE

MEBIBYTE = 1024 * 1024
DEEP = b"[" * 100_000
NONSENSE = [
    b"",
    b"{",
    b"null",
    b"\xff\xfe\x00",
    b'"\\ud800"',
    b'{"action": NaN}',
    b'{"number": ' + b"9" * 5000 + b"}",
    b'{"action": "created", "action": 1}',
    DEEP,
    json.dumps({**COMMENTED, "issue": {"number": 10**40}}).encode(),
    json.dumps({**COMMENTED, "issue": {"number": -1}}).encode(),
    json.dumps({**COMMENTED, "comment": "text"}).encode(),
    json.dumps({**NOTED, "issue": None}).encode(),
]


def test_a_comment_on_github_is_queued_with_its_version(web: Web) -> None:
    assert web.github(COMMENTED).status_code == 202

    taken = web.queue.take(web.clock())
    assert taken is not None
    assert taken.ref == IssueRef("github", "acme/api", 12)
    assert taken.priority is Priority.PERSON
    assert taken.expected_comments == {77: datetime(2026, 11, 23, 12, tzinfo=UTC)}


def test_what_is_most_likely_our_own_doing_waits_behind_what_people_did(web: Web) -> None:
    mine = {"id": 78, "body": Document("status", "All is well.").text, "updated_at": "2026-11-23T12:00:00Z"}
    assert web.github({**COMMENTED, "action": "edited", "comment": mine}).status_code == 202
    noted = {"id": 89, "noteable_type": "Issue", "updated_at": "2026-11-23T12:00:00Z", "note": mine["body"]}
    assert web.gitlab({**NOTED, "object_attributes": noted}).status_code == 202

    for _ in range(2):
        taken = web.queue.take(web.clock())
        assert taken is not None
        assert taken.priority is Priority.TIMER


def test_a_note_on_gitlab_is_queued_with_its_version(web: Web) -> None:
    assert web.gitlab(NOTED).status_code == 202

    taken = web.queue.take(web.clock())
    assert taken is not None
    assert taken.ref == IssueRef("gitlab", "acme/web", 3)
    assert taken.expected_comments == {88: datetime(2026, 11, 23, 12, tzinfo=UTC)}


def test_a_burst_becomes_two_reconciles_of_which_the_first_comes_at_once(web: Web) -> None:
    looks = []
    for number in range(50):
        web.github({**COMMENTED, "comment": {"id": number + 1, "updated_at": "2026-11-23T12:00:00Z"}})
        if lease := web.queue.take(web.clock()):
            web.queue.done(lease, None)
            looks.append(len(lease.expected_comments))
        web.clock.forward(0.001)
    assert looks == [1]

    taken = web.queue.take(web.clock() + SETTLE)
    assert taken is not None
    assert len(taken.expected_comments) == 49


def test_an_issue_that_is_busy_all_the_time_is_reconciled_four_times_a_second(web: Web) -> None:
    looks = 0
    for _ in range(1_000):
        web.github(COMMENTED)
        if lease := web.queue.take(web.clock()):
            web.queue.done(lease, None)
            looks += 1
        web.clock.forward(0.01)

    assert looks == 40


def test_what_comes_during_a_reconcile_is_reconciled_right_after(web: Web) -> None:
    web.github(COMMENTED)
    lease = web.queue.take(web.clock())
    assert lease is not None
    for _ in range(20):
        web.clock.forward(0.1)
        web.github(COMMENTED)
        assert web.queue.take(web.clock()) is None
    web.queue.done(lease, None)

    assert web.queue.take(web.clock()) is not None


@pytest.mark.parametrize("seconds", [-3600, 0.25, 3600])
def test_the_first_delivery_after_a_while_is_reconciled_at_once(web: Web, seconds: float) -> None:
    web.github(COMMENTED)
    lease = web.queue.take(web.clock())
    assert lease is not None
    web.queue.done(lease, None)
    web.clock.forward(seconds)
    web.github(COMMENTED)

    assert web.queue.take(web.clock()) is not None


@pytest.mark.parametrize("secret", GITHUB_SECRETS)
def test_every_configured_secret_of_github_is_good(web: Web, secret: str) -> None:
    assert web.github(COMMENTED, secret=secret).status_code == 202
    assert web.waiting == 1


@pytest.mark.parametrize("token", GITLAB_TOKENS)
def test_every_configured_token_of_gitlab_is_good(web: Web, token: str) -> None:
    assert web.gitlab(NOTED, token=token).status_code == 202
    assert web.waiting == 1


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "sha256=",
        "sha256=" + "0" * 64,
        "sha256=" + "G" * 64,
        "sha256=" + "0" * 63 + "é",
        "sha256=" + "0" * 64 + ", sha256=" + "0" * 64,
        "\xff" * 71,
        "0" * 10_000,
    ],
)
def test_a_signature_that_is_wrong_or_malformed_is_refused(web: Web, signature: str) -> None:
    answer = web.github(COMMENTED, headers={"X-Hub-Signature-256": signature})

    assert answer.status_code == 401
    assert answer.text == "The signature is missing, malformed or wrong.\n"
    assert web.waiting == 0


@pytest.mark.parametrize("token", ["", "guessed", "é" * 30, GITLAB_TOKENS[0][:-1], GITLAB_TOKENS[0] + "x"])
def test_a_token_that_is_wrong_or_malformed_is_refused(web: Web, token: str) -> None:
    assert web.gitlab(NOTED, token=token).status_code == 401
    assert web.waiting == 0


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_202_when_authentic_and_401_when_not(web: Web, body: bytes) -> None:
    assert web.github(body).status_code == 202
    assert web.gitlab(body).status_code == 202
    assert web.github(body, secret="guessed").status_code == 401
    assert web.gitlab(body, token="guessed").status_code == 401
    assert web.waiting == 0
    assert not web.sweeps


def test_a_project_that_is_not_configured_enqueues_nothing(web: Web) -> None:
    assert web.github({**COMMENTED, "repository": {"full_name": "acme/other"}}).status_code == 202
    assert web.gitlab({**NOTED, "project": {"path_with_namespace": "acme/other"}}).status_code == 202
    assert web.waiting == 0


def test_compressed_bodies_are_not_unpacked(web: Web) -> None:
    bomb = gzip.compress(b"x" * 10 * MEBIBYTE)

    assert web.github(bomb, headers={"Content-Encoding": "gzip"}).status_code == 202
    assert web.github(bomb, secret="no", headers={"Content-Encoding": "gzip"}).status_code == 401
    assert web.waiting == 0


def test_thousands_of_mutations_never_fail_and_never_get_in(web: Web) -> None:
    dice = random.Random(1)
    body = json.dumps(COMMENTED).encode()
    statuses = set()
    for _ in range(2000):
        mutated = bytearray(body)
        for _ in range(dice.randint(1, 4)):
            mutated[dice.randrange(len(mutated))] = dice.randrange(256)
        signature = bytearray(b"sha256=" + b"a" * 64)
        signature[dice.randrange(len(signature))] = dice.randrange(32, 256)
        headers = {"X-Hub-Signature-256": signature.decode("latin-1").strip()}
        statuses.add(web.github(bytes(mutated), headers=headers).status_code)
        statuses.add(web.github(bytes(mutated)).status_code)

    assert statuses == {401, 202}
    assert not web.sweeps


@pytest.mark.parametrize(("name", "cap"), [("github", 5 * MEBIBYTE), ("gitlab", 25 * MEBIBYTE)])
def test_a_body_over_the_cap_is_refused_by_its_declared_length(web: Web, name: str, cap: int) -> None:
    at_cap = web.client.post(f"/hooks/{name}", environ_overrides={"CONTENT_LENGTH": str(cap)})
    over = web.client.post(f"/hooks/{name}", environ_overrides={"CONTENT_LENGTH": str(cap + 1)})

    assert at_cap.status_code == 401
    assert over.status_code == 413
    assert over.text == "The body is too long.\n"


@pytest.mark.parametrize("length", ["-1", "+1", "many", "1.5", "²", "1 1"])
def test_a_length_that_is_no_number_is_a_bad_request(web: Web, length: str) -> None:
    answer = web.client.post("/hooks/github", environ_overrides={"CONTENT_LENGTH": length})

    assert answer.status_code == 400
    assert answer.text == "The header Content-Length is not a number.\n"


@pytest.mark.parametrize("length", ["9" * 12, "9" * 13, "9" * 5000, "0" * 20 + "9" * 20])
def test_a_length_of_many_digits_is_too_long(web: Web, length: str) -> None:
    assert web.client.post("/hooks/github", environ_overrides={"CONTENT_LENGTH": length}).status_code == 413


def test_zeros_in_front_of_a_length_count_for_nothing(web: Web) -> None:
    body = json.dumps(COMMENTED).encode()

    assert web.github(COMMENTED, environ={"CONTENT_LENGTH": f"{len(body):030}"}).status_code == 202
    assert web.waiting == 1


def test_a_body_without_length_is_read_up_to_the_cap(web: Web) -> None:
    server = make_server("127.0.0.1", 0, web.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    try:
        assert chunked(server.port, size=MEBIBYTE) == 401
        assert chunked(server.port, size=6 * MEBIBYTE) == 413
    finally:
        server.shutdown()
        serving.join()
        server.server_close()


def chunked(port: int, size: int) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        parts = (b"x" * 65_536 for _ in range(size // 65_536))
        shaped = {"X-Hub-Signature-256": "sha256=" + "0" * 64}
        connection.request("POST", "/hooks/github", parts, shaped, encode_chunked=True)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_later_delivery_does_not_push_the_reconcile_back(web: Web) -> None:
    web.github(COMMENTED)
    began = web.clock()
    lease = web.queue.take(began)
    assert lease is not None
    web.queue.done(lease, None)
    for _ in range(2):
        web.clock.forward(0.1)
        web.github(COMMENTED)

    assert web.queue.stats().next_at == began + SETTLE
