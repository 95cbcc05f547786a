"""The production server: how it stops, what survives what, and odd requests over a real socket."""

import itertools
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.serving.conftest import SECONDS, Program, Start, eventually, starting
from tracker_bridge.queue import QueueError
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.serving import ports

MEBIBYTE = 1024 * 1024


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    return tmp_path / "queue.sqlite3"


@pytest.fixture
def quick(fork: Start, queue: Path) -> Program:
    program = fork("tests.serving.served", 0, queue, "quick", 60)
    program.answers()
    return program


@pytest.fixture(scope="module", params=["httptools", "h11"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """A server for all tests that leave it as it was: as it is installed, and without what has to be compiled."""
    folder = tmp_path_factory.mktemp("lasting")
    environ = {"WITHOUT_HTTPTOOLS": "1"} if request.param == "h11" else {}
    with starting(folder, forks=True) as begin:
        program = begin("tests.serving.served", 0, folder / "queue.sqlite3", "quick", 60, environ=environ)
        program.answers()
        yield program


@pytest.fixture
def slow(fork: Start, queue: Path) -> Program:
    """A server with a look under way that does not end by itself."""
    program = fork("tests.serving.served", 0, queue, "slow", 60)
    program.answers()
    assert program.deliver() == 202
    program.says("begun github:acme/api#1")
    return program


@contextmanager
def half_sent(program: Program, count: int) -> Iterator[list[socket.socket]]:
    """Connections that announce a delivery, and send three bytes of it."""
    head = b"POST /hooks/github HTTP/1.1\r\nHost: bridge\r\nX-Secret: right\r\nContent-Length: 50\r\n\r\nabc"
    with ExitStack() as opened:
        sockets = []
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", program.port), SECONDS)
            sockets.append(opened.enter_context(one))
            one.sendall(head)
        yield sockets


def said(program: Program, request: str) -> str:
    """Return all that is answered until the connection is closed."""
    with socket.create_connection(("127.0.0.1", program.port), SECONDS) as one:
        one.sendall(request.encode("latin-1"))
        return b"".join(iter(lambda: one.recv(65_536), b"")).decode()


def free(queue: Path) -> bool:
    try:
        SqliteQueue(queue).close()
    except QueueError:
        return False
    return True


def test_a_delivery_becomes_a_reconcile(quick: Program) -> None:
    assert quick.deliver() == 202
    quick.says("ended github:acme/api#1")


def test_sigterm_finishes_the_reconcile_under_way_and_exits_with_0(slow: Program, queue: Path) -> None:
    slow.process.terminate()
    eventually(lambda: slow.request("GET", "/healthz") == 0, "that it stops listening")
    assert slow.process.poll() is None
    queue.with_suffix(".go").touch()

    assert slow.ends() == 0
    assert slow.said[-2:] == ["ended github:acme/api#1", "finished"]
    assert free(queue)


def test_ctrl_c_does_the_same(slow: Program, queue: Path) -> None:
    os.killpg(slow.process.pid, signal.SIGINT)
    queue.with_suffix(".go").touch()

    assert slow.ends() == 0
    assert slow.said[-2:] == ["ended github:acme/api#1", "finished"]


def test_a_second_signal_changes_nothing(slow: Program, queue: Path) -> None:
    slow.process.terminate()
    eventually(lambda: slow.request("GET", "/healthz") == 0, "that it stops listening")
    slow.process.terminate()
    slow.process.send_signal(signal.SIGINT)
    queue.with_suffix(".go").touch()

    assert slow.ends() == 0
    assert slow.said[-2:] == ["ended github:acme/api#1", "finished"]


def test_a_server_that_is_killed_lets_go_of_the_queue_and_the_next_one_goes_on(
    slow: Program, queue: Path, fork: Start
) -> None:
    slow.process.kill()
    assert slow.ends() == -signal.SIGKILL

    following = fork("tests.serving.served", 0, queue, "quick", 60)
    following.says("ended github:acme/api#1")


def test_a_delivery_that_is_arriving_when_it_is_told_to_end_is_answered(quick: Program) -> None:
    with half_sent(quick, 1) as [one]:
        assert quick.request("GET", "/healthz") == 200  # what came before has been received by now
        quick.process.terminate()
        one.sendall(b"x" * 47)

        answer = b"".join(iter(lambda: one.recv(65_536), b"")).decode()
    assert answer.startswith("HTTP/1.1 202")
    assert quick.ends() == 0


def test_half_sent_requests_hold_nobody_up(quick: Program) -> None:
    with half_sent(quick, 20):
        assert quick.request("GET", "/healthz") == 200
        assert quick.deliver() == 202
        quick.says("ended github:acme/api#1")
        quick.process.terminate()

        assert quick.ends() == 0
        assert quick.said[-1] == "finished"


@pytest.mark.parametrize(
    "head",
    [
        "POST /hooks/github HTTP/1.1\r\nContent-Length: 1000000",  # nothing that could prove it
        "POST /healthz HTTP/1.1\r\nX-Secret: right\r\nContent-Length: 1000000",
        "POST /hooks/github HTTP/1.1\r\nX-Secret: right\r\nContent-Length: 6000000",
        "POST /hooks/github HTTP/1.1\r\nTransfer-Encoding: chunked",
        "POST /hooks/github HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1000000",
    ],
)
def test_a_large_body_that_nobody_would_read_is_not_waited_for(lasting: Program, head: str) -> None:
    answer = said(lasting, f"{head}\r\nHost: bridge\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n")

    statuses = ("HTTP/1.1 401", "HTTP/1.1 405", "HTTP/1.1 413")
    assert answer.startswith((*statuses, "HTTP/1.1 400") if "chunked" in head else statuses)
    assert answer.count("HTTP/1.1") == 1  # what stands for the body is no request
    assert "connection: close" in answer.lower()


@pytest.mark.parametrize("length", ["-1", "many", "9" * 5000])
def test_a_length_that_makes_no_sense_is_a_bad_request(lasting: Program, length: str) -> None:
    head = f"POST /hooks/github HTTP/1.1\r\nHost: bridge\r\nX-Secret: right\r\nContent-Length: {length}\r\n\r\n"

    assert said(lasting, head).startswith("HTTP/1.1 400")
    assert lasting.deliver() == 202


def test_a_large_delivery_is_taken(lasting: Program) -> None:
    assert lasting.request("POST", "/hooks/github", b"x" * 4 * MEBIBYTE, {"X-Secret": "right"}) == 202
    assert lasting.request("POST", "/hooks/github", b"x" * 4 * MEBIBYTE, {"X-Secret": "wrong"}) == 401


@pytest.mark.parametrize("cuts", [(), (60,), (170,), (200, 210)], ids=["at once", "head", "end of head", "body"])
@pytest.mark.parametrize("asked", ["websocket", "h2c"])
def test_a_delivery_that_asks_for_another_protocol_is_taken_all_the_same(
    lasting: Program, asked: str, cuts: tuple[int, ...]
) -> None:
    """A proxy may pass such headers on. Whoever receives them may go on as it is."""
    head = (
        "POST /hooks/github HTTP/1.1\r\nHost: bridge\r\nX-Secret: right\r\nX-Length: 50\r\nContent-Length: 50\r\n"
        f"Connection: Upgrade\r\nUpgrade: {asked}\r\n\r\n"
    )
    sent = f"{head}{'x' * 50}".encode()
    with socket.create_connection(("127.0.0.1", lasting.port), SECONDS) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for begin, end in itertools.pairwise((0, *cuts, len(sent))):
            one.sendall(sent[begin:end])
            assert not cuts or lasting.request("GET", "/healthz") == 200  # what was sent has arrived
        answer = one.recv(65_536).decode()

    assert answer.startswith("HTTP/1.1 202")


def test_a_page_that_is_asked_for_with_another_protocol_is_shown(lasting: Program) -> None:
    asked = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    with socket.create_connection(("127.0.0.1", lasting.port), SECONDS) as one:
        one.sendall(asked.encode())
        assert one.recv(65_536).startswith(b"HTTP/1.1 200")


def test_a_port_in_use_is_said_in_plain_words() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ports.PortTaken, match=f"127.0.0.1, port {port}: the port is in use"):
            ports.listening("127.0.0.1", port)


def test_the_port_of_another_server_like_this_one_is_in_use_too(lasting: Program) -> None:
    with pytest.raises(ports.PortTaken, match="the port is in use"):
        ports.listening("127.0.0.1", lasting.port)


def test_where_it_listens_is_written_as_an_address() -> None:
    with ports.listening("127.0.0.1", 0) as listener:
        assert ports.address_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_an_address_that_is_not_of_this_machine_is_named() -> None:
    with pytest.raises(ports.PortTaken, match=r"Cannot listen on 192\.0\.2\.1, port"):
        ports.listening("192.0.2.1", 0)


@pytest.mark.parametrize("path", ["/hooks/github", "/hooks/github/", "/hooks/nobody", "/healthz", "/nothing"])
def test_an_answer_without_a_body_leaves_a_kept_connection_in_step(lasting: Program, path: str) -> None:
    head = f"HEAD {path} HTTP/1.1\r\nHost: bridge\r\n\r\n"
    answer = said(lasting, f"{head}{head}GET /healthz HTTP/1.1\r\nHost: bridge\r\nConnection: close\r\n\r\n")

    *heads, body = answer.split("\r\n\r\n")
    assert len(heads) == 3
    assert all(one.startswith("HTTP/1.1 ") for one in heads)
    assert body == "alive\n"


def test_odd_requests_are_answered_and_the_server_goes_on(lasting: Program) -> None:
    statuses = [
        lasting.deliver("wrong"),
        lasting.request("POST", "/hooks/github", b"{}", {"X-Secret": "\xe9\xff"}),
        lasting.request("POST", "/hooks/gitlab", b"{}"),
        lasting.request("GET", "/hooks/github"),
        lasting.request("POST", "/hooks/github", (b"x" * MEBIBYTE for _ in range(2)), {"X-Secret": "wrong"}),
        lasting.request("POST", "/hooks/github", (b"x" * MEBIBYTE for _ in range(6)), {"X-Secret": "wrong"}),
        lasting.request("POST", "/hooks/github", headers={"Content-Length": str(6 * MEBIBYTE)}),
        lasting.deliver(),
    ]

    assert statuses == [401, 401, 404, 405, 401, 413, 413, 202]
