"""Connections that want nothing but to hold the server up, over real sockets. Nothing here is timed."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.serving.conftest import SECONDS, Program, eventually, starting

MEBIBYTE = 1024 * 1024
HEAD = b"POST /hooks/github HTTP/1.1\r\nHost: bridge\r\nX-Secret: right\r\n"


@pytest.fixture(autouse=True)
def enough_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4096)), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def served(folder: Path, *arguments: object, parser: str = "httptools") -> Iterator[Program]:
    environ = {"WITHOUT_HTTPTOOLS": "1"} if parser == "h11" else {}
    with starting(folder, forks=True) as begin:
        program = begin("tests.serving.served", 0, folder / "queue.sqlite3", "quick", *arguments, environ=environ)
        eventually(lambda: program.port > 0, "that it listens")
        yield program


@pytest.fixture(scope="module", params=["httptools", "h11"])
def impatient(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with served(tmp_path_factory.mktemp("impatient"), 0.5, parser=request.param) as program:
        yield program


@pytest.fixture(scope="module", params=["httptools", "h11"])
def patient(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    with served(tmp_path_factory.mktemp("patient"), 60, parser=request.param) as program:
        yield program


@pytest.fixture
def sockets() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def connected(program: Program, sockets: ExitStack, number: int, sent: bytes = b"") -> list[socket.socket]:
    made = []
    for _ in range(number):
        one = socket.create_connection(("127.0.0.1", program.port), SECONDS)
        made.append(sockets.enter_context(one))
        if sent:
            with suppress(ConnectionError):  # it may end before all is sent
                one.sendall(sent)
    return made


def has_ended(one: socket.socket) -> bool:
    """Tell without waiting whether the server ended the connection."""
    one.setblocking(False)
    try:
        return one.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def test_every_delivery_is_answered_beside_all_who_hold_connections(tmp_path: Path, sockets: ExitStack) -> None:
    with served(tmp_path, 60) as program:
        idle = connected(program, sockets, 1000)
        half = connected(program, sockets, 380, HEAD + b"Content-Length: 50\r\n\r\nabc")
        half += connected(program, sockets, 20, HEAD)
        body = HEAD + b"Content-Length: 5000000\r\n\r\n" + b"x" * MEBIBYTE
        large = connected(program, sockets, 100, body)

        assert [program.deliver() for _ in range(20)] == [202] * 20
        assert program.request("GET", "/readyz") == 200
        eventually(lambda: sum(map(has_ended, large)) >= 100 - 64, "that what is too large ends")
        assert not any(map(has_ended, idle + half))
        assert [program.deliver() for _ in range(20)] == [202] * 20


def test_of_too_many_connections_those_that_waited_longest_end(tmp_path: Path, sockets: ExitStack) -> None:
    with served(tmp_path, 60, 50) as program:
        first = connected(program, sockets, 50)
        half = connected(program, sockets, 30, HEAD)
        eventually(lambda: sum(map(has_ended, first)) == 30, "that as many end")
        assert [program.deliver() for _ in range(10)] == [202] * 10

        assert [has_ended(one) for one in first[:30]] == [True] * 30
        assert not any(map(has_ended, half))


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"G",
        HEAD,
        HEAD + b"Content-Length: 50\r\n\r\nabc",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: bridge\r\nContent-Length: 50\r\n\r\nabc",
        b"POST /hooks/github HTTP/1.1\r\nHost: bridge\r\nContent-Length: 50\r\n\r\nabc",
    ],
)
def test_who_never_sends_a_whole_request_is_cut_off(impatient: Program, sockets: ExitStack, sent: bytes) -> None:
    for one in connected(impatient, sockets, 3, sent):
        with suppress(ConnectionError):
            assert one.recv(1) == b""


def test_who_sends_a_byte_now_and_then_is_cut_off_too(impatient: Program, sockets: ExitStack) -> None:
    [one] = connected(impatient, sockets, 1, HEAD + b"Content-Length: 1000000\r\n\r\n")
    one.settimeout(0.02)

    def ended() -> bool:
        try:
            one.sendall(b"x")
            return one.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionError:
            return True

    eventually(ended, "that it ends")


def test_a_kept_connection_on_which_nothing_comes_ends(impatient: Program, sockets: ExitStack) -> None:
    [one] = connected(impatient, sockets, 1, b"GET /healthz HTTP/1.1\r\nHost: bridge\r\n\r\n")

    answer = b"".join(iter(lambda: one.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200")


def test_who_never_reads_the_answers_is_cut_off(impatient: Program, sockets: ExitStack) -> None:
    [one] = connected(impatient, sockets, 1)
    one.settimeout(0.05)
    many = b"GET /metrics HTTP/1.1\r\nHost: bridge\r\n\r\n" * 20

    def ended() -> bool:
        try:
            one.sendall(many)
        except TimeoutError:
            return False
        except ConnectionError:
            return True
        return False

    eventually(ended, "that it ends")


@pytest.mark.parametrize(
    "endless", [b"GET /" + b"x" * 200_000, b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000, b"x: y\r\n" * 40_000]
)
def test_a_head_without_end_is_cut_off(patient: Program, sockets: ExitStack, endless: bytes) -> None:
    [one] = connected(patient, sockets, 1, endless)

    with suppress(ConnectionError):
        assert one.recv(65_536)[:12] in (b"", b"HTTP/1.1 400")
    assert patient.deliver() == 202


def test_forged_deliveries_take_one_line_of_the_log(tmp_path: Path) -> None:
    with served(tmp_path, 60) as program:
        assert {program.deliver("wrong") for _ in range(50)} == {401}
        odd = [b"\x16\x03\x01\x02\x00\x01", b"GET / HTTP/9.9\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"\r\n" * 50]
        odd += [b"GET / HTTP/1.1\r\nHost: b\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"]
        with ExitStack() as sockets:
            for one in odd:
                connected(program, sockets, 1, one)
            assert program.deliver() == 202

        lines = program.log.read_text().splitlines()
    assert [line for line in lines if "refused" in line] == [
        "WARNING:tracker_bridge.web.refusals:github: a delivery was refused: wrong"
    ]
    assert not [line for line in lines if not line.startswith(("INFO", "WARNING:tracker_bridge.web.refusals"))]
