"""
Deliveries for an ASGI server: no thread is held by a body that comes slowly, or by the disk.

Everything but deliveries goes to the WSGI application behind, in a few threads, once it is there as a whole. A
body that nobody would read is not received: a small one is passed over, a large one ends the connection once the
answer is there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

from tracker_bridge.queue import PATIENCE
from tracker_bridge.web.pages import Page, page
from tracker_bridge.web.receiver import Answer, Outcome, Receiver, hook_name, length_of
from tracker_bridge.web.room import Held, Room
from tracker_bridge.web.waiting import Waiting

SMALL = 64 * 1024
"""Bytes that are received in any case: the sender of a small body reads why it was refused, and may go on."""

AT_ONCE = 128 * 1024
"""Bytes that are judged in the loop. More is judged in a thread: hashing megabytes would hold up all others."""

ASKING = 4
"""Threads that judge deliveries where the database is asked first, as each of several hosts does."""

LINGER = 1.0
"""Seconds that the sender of a large body has to read the answer before the connection ends."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Wanted = Callable[[str, str, Mapping[str, str]], int]
"""Tells, by path, query and headers, how many bytes of a body a page reads."""


class Connection(Protocol):
    """What the server wants to know of a request, so that it can end connections that keep it waiting."""

    def begun(self) -> None:
        """The head is there."""

    def whole(self) -> None:
        """All that is needed is there: the sender waits now."""

    def answered(self) -> None:
        """The answer was sent."""

    def end(self) -> None:
        """End the connection now."""


class Gone(Exception):
    """Nobody waits for the answer any more."""


class Application:
    """
    The ASGI application. The server puts a :class:`Connection` into the state of each request.

    ``threads`` answer what goes to ``behind``. Close it at the end.
    """

    def __init__(
        self, receiver: Receiver, behind: WSGIApplication, wanted: Wanted, *, threads: int, room: Room
    ) -> None:
        self._receiver = receiver
        self._behind = behind
        self._wanted = wanted
        self._room = room
        self.commits = Waiting()
        self._judging = asyncio.Semaphore(1)
        self._judge = ThreadPoolExecutor(1, "judge")
        self._asking = ThreadPoolExecutor(ASKING, "asking")
        self._showing = asyncio.Semaphore(threads)
        self._pages = ThreadPoolExecutor(threads, "page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection: Connection = scope["state"]["connection"]
        connection.begun()
        try:
            await self._answer(scope, receive, send, connection)
        except Gone:
            pass
        finally:
            connection.answered()

    def at_once(self, path: str, headers: Mapping[str, str], body: bytes) -> Outcome | None:
        """Judge a delivery that is there as a whole; ``None`` for what is no delivery, or takes a while."""
        name = hook_name(path)
        if name is None or len(body) > AT_ONCE or self._receiver.asks:
            return None
        return self._receiver.take_whole(name, headers, body)

    def room_for(self, path: str, headers: Mapping[str, str], length: int, end: Callable[[], None]) -> Held | None:
        """
        Return the room for the body of a delivery that will be judged at once; ``None`` if that is not so. ``end``
        is called when others need it more.
        """
        name = hook_name(path)
        if name is None or length > SMALL or self._receiver.asks or not self._receiver.may_prove(name, headers):
            return None

        def given_up() -> None:
            end()
            self._receiver.given_up(name)

        return Held(self._room, given_up)

    def saved(self, outcome: Outcome) -> None:
        """Note what became of what was to be kept, once that is known or waited for long enough."""
        saved = outcome.saved
        if saved is None:
            return
        if not saved.done():
            self._receiver.not_saved(outcome.ref, f"not written within {PATIENCE:g} s")
        elif (error := saved.exception()) is not None:
            self._receiver.not_saved(outcome.ref, error)

    def close(self) -> None:
        for pool in (self._judge, self._asking, self._pages):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, connection: Connection) -> None:
        headers = _headers(scope)
        name = hook_name(scope["path"])
        if name is None:
            await self._page(scope, headers, receive, send, connection)
            return
        refused = self._receiver.refusal(name, scope["method"], headers)
        if refused is None:
            answer, unread = await self._deliver(name, headers, receive, connection)
            await _send(_page(answer), receive, send, unread=unread)
        else:
            unread = await _passed_over(headers, receive)
            connection.whole()
            await _send(_page(refused), receive, send, unread=unread)

    async def _page(
        self, scope: Scope, headers: Mapping[str, str], receive: Receive, send: Send, connection: Connection
    ) -> None:
        cap = self._wanted(scope["path"], scope["query_string"].decode("latin-1"), headers)
        length = length_of(headers.get("content-length", "")) if cap else 0
        with self._held(connection, lambda: self._receiver.given_up("")) as held:
            body = await self._body(receive, held, cap) if cap and length <= cap else None
            unread = body is None and (cap > 0 or await _passed_over(headers, receive))
            length = max(length, cap + 1) if cap and body is None else len(body or b"")
            connection.whole()
            async with self._showing:
                held.pinned = True
                loop = asyncio.get_running_loop()
                show = partial(page, self._behind, scope, headers, body or b"", length)
                shown = await loop.run_in_executor(self._pages, show)
        await _send(shown, receive, send, unread=unread)

    async def _deliver(
        self, name: str, headers: Mapping[str, str], receive: Receive, connection: Connection
    ) -> tuple[Answer, bool]:
        """Return the answer, and whether there is more of the body than was read."""
        with self._held(connection, lambda: self._receiver.given_up(name)) as held:
            body = await self._body(receive, held, self._receiver.cap(name))
            connection.whole()
            if body is None:
                return self._receiver.too_long(name), True
            outcome = await self._judged(name, headers, body, held)
        await self._saved(outcome)
        return outcome.answer, False

    @contextmanager
    def _held(self, connection: Connection, given_up: Callable[[], None]) -> Iterator[Held]:
        """Have some room. When others need it more, it ends with :class:`Gone`, and ``given_up`` is called."""
        task: asyncio.Task[Any] = asyncio.current_task()  # type: ignore[assignment] # there is one

        def end() -> None:
            connection.end()
            task.cancel()

        with Held(self._room, end) as held:
            try:
                yield held
            except asyncio.CancelledError:
                if not held.given_up:
                    raise
                task.uncancel()
                given_up()
                raise Gone from None

    async def _body(self, receive: Receive, held: Held, cap: int) -> bytes | None:
        """Read the body; ``None`` as soon as it is longer than ``cap``. Raises :class:`Gone`."""
        parts = []
        more = True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                raise Gone
            part, more = message["body"], message["more_body"]
            held.take(len(part))
            if held.size > cap:
                return None
            parts.append(part)
        return b"".join(parts)

    async def _judged(self, name: str, headers: Mapping[str, str], body: bytes, held: Held) -> Outcome:
        if len(body) <= AT_ONCE and not self._receiver.asks:
            return self._receiver.take(name, headers, body)
        loop = asyncio.get_running_loop()
        if len(body) <= AT_ONCE:
            return await loop.run_in_executor(self._asking, self._receiver.take, name, headers, body)
        async with self._judging:
            held.pinned = True
            return await loop.run_in_executor(self._judge, self._receiver.take, name, headers, body)

    async def _saved(self, outcome: Outcome) -> None:
        """Return when a crash cannot lose what came of a delivery, or that was given up."""
        if outcome.saved is None:
            return
        known = asyncio.Event()
        self.commits.add(outcome.saved, known.set)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await known.wait()
        self.saved(outcome)


def _headers(scope: Scope) -> dict[str, str]:
    """Return the headers; those that come twice are joined, as WSGI does it."""
    headers: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1")
        text = value.decode("latin-1")
        headers[name] = f"{headers[name]},{text}" if name in headers else text
    return headers


async def _passed_over(headers: Mapping[str, str], receive: Receive) -> bool:
    """Receive a small body, and forget it. Return whether there is a large one, which is not received."""
    if "transfer-encoding" in headers or length_of(headers.get("content-length", "")) > SMALL:
        return True
    await _pass_over(receive)
    return False


async def _pass_over(receive: Receive) -> None:
    """Receive a body, and forget it."""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Gone
        if not message["more_body"]:
            return


def _page(answer: Answer) -> Page:
    return Page(answer.status, answer.raw_headers, answer.body)


async def _send(shown: Page, receive: Receive, send: Send, *, unread: bool) -> None:
    """Answer. Where not all of the body was read, leave some time for the answer, and end the connection."""
    headers = [*shown.headers, (b"connection", b"close")] if unread else shown.headers
    await send({"type": "http.response.start", "status": shown.status, "headers": headers})
    await send({"type": "http.response.body", "body": shown.body, "more_body": unread})
    if unread:
        try:
            async with asyncio.timeout(LINGER):
                await _pass_over(receive)
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": b""})
