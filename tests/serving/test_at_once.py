"""A delivery that comes in one piece is read as the parser would read it, and answered when it is on disk."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import httptools
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tracker_bridge.serving import guest
from tracker_bridge.serving.at_once import Whole, read
from tracker_bridge.serving.crowd import Crowd
from tracker_bridge.serving.outbox import Outbox
from tracker_bridge.web.receiver import NOTED, Answer, Outcome
from tracker_bridge.web.room import Held, Room
from tracker_bridge.web.waiting import Waiting

LONGEST = 1000
HEAD = "POST /hooks/github HTTP/1.1\r\nHost: bridge\r\nX-Secret:  right \r\nContent-Length: 5\r\n\r\n"
SENT = f"{HEAD}hello".encode()
HEAD_ENDS = len(HEAD)


class Parsed:
    """What httptools reads."""

    def __init__(self) -> None:
        self.url, self.body, self.ends = b"", b"", 0
        self.headers: list[tuple[str, str]] = []

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.ends += 1


def test_a_delivery_as_forges_send_it_is_read() -> None:
    headers = {"host": "bridge", "x-secret": "right", "content-length": "5"}

    assert read(SENT, LONGEST) == Whole("/hooks/github", headers, b"hello")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("POST", "GET"),
        ("HTTP/1.1", "HTTP/1.0"),
        ("HTTP/1.1", "HTTP/2.0"),
        ("/hooks/github", "/alerts/github"),
        ("/hooks/github", "http://bridge/hooks/github"),
        ("/hooks/github", "/hooks/git%68ub"),
        ("/hooks/github", "/hooks/github?x"),
        ("Host: bridge", "Host: bridge\r\n folded"),
        ("Host: bridge", "Host : bridge"),
        ("Host: bridge", "Host"),
        ("Host: bridge", ": bridge"),
        ("Host: bridge", "Host: bri\0dge"),
        ("Host: bridge", "Host: bridge\rX: y"),
        ("Host: bridge", "Host: bridge\nX: y"),
        ("Host: bridge", "Transfer-Encoding: chunked"),
        ("Host: bridge", "Expect: 100-continue"),
        ("Host: bridge", "Connection: close"),
        ("Host: bridge", "Upgrade: h2c"),
        ("Host: bridge", "Content-Length: 5"),
        ("Content-Length: 5", "Content-Length: 4"),
        ("Content-Length: 5", "Content-Length: +5"),
        ("Content-Length: 5", "Content-Length: 05"),
        ("Content-Length: 5\r\n", ""),
        ("Host: bridge", f"Host: {'x' * LONGEST}"),
        ("\r\n\r\n", "\r\n"),
    ],
)
def test_whatever_is_in_doubt_is_left_to_the_parser(old: str, new: str) -> None:
    assert read(SENT.replace(old.encode(), new.encode()), LONGEST) is None


@examples(150)
@given(st.lists(st.tuples(st.integers(0, len(SENT)), st.integers(0, 3), st.binary(max_size=3)), max_size=3))
def test_what_is_read_is_what_the_parser_reads(cuts: list[tuple[int, int, bytes]]) -> None:
    """However a request is damaged."""
    sent = SENT
    for at, length, put in cuts:
        sent = sent[:at] + put + sent[at + length :]
    found = read(sent, LONGEST)
    if not isinstance(found, Whole):
        return

    parsed = Parsed()
    parser = httptools.HttpRequestParser(parsed)
    parser.feed_data(sent)

    assert (parser.get_method(), parser.get_http_version(), parsed.ends) == (b"POST", "1.1", 1)
    assert parser.should_keep_alive()
    assert (parsed.url.decode(), parsed.body) == (found.path, found.body)
    assert [(name, value.strip(" \t")) for name, value in parsed.headers] == list(found.headers.items())


class Line:
    """A transport whose other end is this test."""

    def __init__(self) -> None:
        self.sent, self.paused, self.closed = b"", False, False

    def write(self, data: bytes) -> None:
        self.sent += data

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, _name: str, default: object = None) -> object:
        return default


class App:
    """Judges every delivery as the test wants it."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.noted: list[Outcome] = []
        self.judged: list[tuple[object, ...]] = []
        self.commits = Waiting()
        self.room = Room(1000)
        self.has_room = True

    def at_once(self, *sent: object) -> Outcome:
        self.judged.append(sent)
        return self.outcome

    def room_for(self, _path: str, _headers: object, _length: int, end: Callable[[], None]) -> Held | None:
        return Held(self.room, end) if self.has_room else None

    def saved(self, outcome: Outcome) -> None:
        self.noted.append(outcome)


def connected(app: App) -> tuple[Any, Line]:
    from uvicorn.config import Config  # noqa: PLC0415 - only here

    config = Config(lambda: None, log_config=None)
    config.load()
    state: Any = SimpleNamespace(default_headers=[(b"date", b"today")], connections=set(), tasks=set())
    crowd, outbox, line = Crowd(10, lambda: 0.0), Outbox(), Line()
    one = guest.Connection(crowd, outbox, app, config=config, server_state=state, app_state={})  # type: ignore[arg-type]
    one.connection_made(line)  # type: ignore[arg-type]
    return one, line


async def a_moment() -> None:
    """Let the loop act, and then send what it has written."""
    for _ in range(2):
        await asyncio.sleep(0)


def in_a_loop(act: Callable[[], Any]) -> None:
    async def acting() -> None:
        await act()

    asyncio.run(acting())


def test_what_is_known_at_once_is_answered_at_once() -> None:
    async def act() -> None:
        one, line = connected(App(Outcome(Answer(HTTPStatus.UNAUTHORIZED, "no"))))
        one.data_received(SENT)
        await a_moment()
        assert line.sent.startswith(b"HTTP/1.1 401 Unauthorized\r\ndate: today\r\n")
        assert line.sent.endswith(b"\r\n\r\nno\n")

    in_a_loop(act)


def test_all_that_came_in_one_go_is_judged_before_anybody_is_woken() -> None:
    async def act() -> None:
        app = App(Outcome(NOTED))
        (one, line), (other, other_line) = connected(app), connected(app)
        one.data_received(SENT)
        other.data_received(SENT)
        assert (line.sent, other_line.sent) == (b"", b"")

        await a_moment()
        assert [sent.count(b"202 Accepted") for sent in (line.sent, other_line.sent)] == [1, 1]

    in_a_loop(act)


def test_an_answer_that_is_not_sent_yet_goes_out_before_the_end() -> None:
    async def act() -> None:
        one, line = connected(App(Outcome(NOTED)))
        one.data_received(SENT)
        one._inner.shutdown()
        assert line.closed
        assert line.sent.startswith(b"HTTP/1.1 202 Accepted\r\n")

    in_a_loop(act)


def test_what_is_to_be_kept_is_answered_when_it_is_on_disk() -> None:
    async def act() -> None:
        saved: Future[None] = Future()
        app = App(Outcome(NOTED, saved=saved))
        one, line = connected(app)
        one.data_received(SENT)
        await a_moment()
        assert line.sent == b""

        saved.set_result(None)
        await a_moment()
        assert line.sent.startswith(b"HTTP/1.1 202 Accepted\r\n")
        assert (line.paused, app.noted) == (False, [app.outcome])

    in_a_loop(act)


def test_what_comes_while_a_delivery_waits_is_answered_after_it() -> None:
    async def act() -> None:
        saved: Future[None] = Future()
        app = App(Outcome(NOTED, saved=saved))
        one, line = connected(app)
        one.data_received(SENT)
        one.data_received(SENT)
        assert (line.sent, line.paused) == (b"", True)

        app.outcome = Outcome(Answer(HTTPStatus.UNAUTHORIZED, "no"))
        saved.set_result(None)
        await a_moment()
        assert line.sent.startswith(b"HTTP/1.1 202 Accepted\r\n")
        assert line.sent.index(b"HTTP/1.1 401") > 0
        assert not line.paused

    in_a_loop(act)


def test_who_ends_its_side_while_a_delivery_waits_still_gets_the_answer() -> None:
    async def act() -> None:
        saved: Future[None] = Future()
        one, line = connected(App(Outcome(NOTED, saved=saved)))
        one.data_received(SENT)
        assert one.eof_received() is True, "the other side stays open"

        saved.set_result(None)
        await a_moment()
        assert line.sent.startswith(b"HTTP/1.1 202 Accepted\r\n")
        assert line.closed

    in_a_loop(act)


def test_all_that_wait_for_one_commit_hear_of_it_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop is woken by a write to a socket, each time."""
    woken = list[object]()

    async def act() -> None:
        saved: Future[None] = Future()
        app = App(Outcome(NOTED, saved=saved))
        lines = [line for one, line in (connected(app) for _ in range(5)) if one.data_received(SENT) is None]
        loop = asyncio.get_running_loop()
        soon = loop.call_soon_threadsafe

        def counted(*told: Any) -> None:
            woken.append(told)
            soon(*told)

        monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
        saved.set_result(None)
        await a_moment()
        assert [line.sent.count(b"202 Accepted") for line in lines] == [1] * 5
        assert len(woken) == 1

    in_a_loop(act)


def test_what_is_not_on_disk_in_time_is_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guest, "PATIENCE", 0.0)

    async def act() -> None:
        saved: Future[None] = Future()
        app = App(Outcome(NOTED, saved=saved))
        one, line = connected(app)
        one.data_received(SENT)
        await asyncio.sleep(0.01)
        assert line.sent.count(b"202 Accepted") == 1

        app.outcome = Outcome(NOTED, saved=Future())
        monkeypatch.setattr(guest, "PATIENCE", 60.0)
        one.data_received(SENT)
        saved.set_result(None)  # of the one before
        await asyncio.sleep(0.01)
        assert line.sent.count(b"202 Accepted") == 1

    in_a_loop(act)


@pytest.mark.parametrize("lost", [True, False])
def test_an_end_waits_for_the_answer_and_a_lost_connection_gets_none(lost: bool) -> None:
    async def act() -> None:
        saved: Future[None] = Future()
        app = App(Outcome(NOTED, saved=saved))
        one, line = connected(app)
        one.data_received(SENT)
        if lost:
            line.closed = True
            one.connection_lost(None)
        else:
            one._inner.shutdown()
            assert not line.closed
        saved.set_result(None)
        await a_moment()
        assert (bool(line.sent), line.closed, app.noted) == (not lost, True, [app.outcome])

    in_a_loop(act)


@examples(50)
@given(st.lists(st.integers(HEAD_ENDS, len(SENT)), max_size=4))
def test_a_delivery_is_read_in_whatever_pieces_its_body_comes(cuts: list[int]) -> None:
    async def act() -> None:
        app = App(Outcome(NOTED))
        one, line = connected(app)
        for _ in range(2):
            at = 0
            for cut in [*sorted(set(cuts) - {len(SENT)}), len(SENT)]:
                one.data_received(SENT[at:cut])
                at = cut
        await a_moment()
        assert app.judged == [read(SENT, LONGEST)] * 2
        assert line.sent.count(b"202 Accepted") == 2
        assert app.room.taken == 0

    in_a_loop(act)


@pytest.mark.parametrize("has_room", [True, False], ids=["more than its body", "no delivery for here"])
def test_what_is_no_delivery_after_all_is_left_to_the_parser(has_room: bool) -> None:
    async def act() -> None:
        app = App(Outcome(NOTED))
        app.has_room = has_room
        one, _ = connected(app)
        parsed = list[bytes]()
        one._inner.data_received = parsed.append
        one.data_received(SENT[:-2])
        one.data_received(SENT[-2:] + SENT)
        assert (b"".join(parsed), len(parsed)) == (SENT + SENT, 1 if has_room else 2)
        assert (app.judged, app.room.taken) == ([], 0)

    in_a_loop(act)


def test_the_rest_of_a_delivery_is_waited_for_at_the_end() -> None:
    async def act() -> None:
        one, line = connected(App(Outcome(NOTED)))
        one.data_received(SENT[:-2])
        one._inner.shutdown()
        assert not line.closed

        one.data_received(SENT[-2:])
        assert line.closed
        assert line.sent.startswith(b"HTTP/1.1 202 Accepted\r\n")

    in_a_loop(act)


def test_a_delivery_that_takes_too_much_room_ends_and_a_lost_one_takes_none() -> None:
    async def act() -> None:
        app = App(Outcome(NOTED))
        (one, line), (other, other_line) = connected(app), connected(app)
        one.data_received(SENT[:-2])
        other.data_received(SENT[:-1])
        app.room.size = app.room.taken
        one.data_received(SENT[-2:-1])
        assert (line.closed, other_line.closed) == (True, False), "of equals, the first"
        assert app.room.taken == len(SENT) - 1

        other.connection_lost(None)
        assert app.room.taken == 0

    in_a_loop(act)
