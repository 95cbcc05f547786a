"""One connection: uvicorn's protocol does the talking, and this class the watching."""

import asyncio
from concurrent.futures import Future
from contextlib import ExitStack
from functools import partial
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.server import ServerState

from tracker_bridge.queue import PATIENCE
from tracker_bridge.serving.at_once import Begun, Whole, answered, read
from tracker_bridge.serving.crowd import Crowd
from tracker_bridge.serving.outbox import Outbox, Outgoing
from tracker_bridge.serving.staying import Talker
from tracker_bridge.web.asgi import Application
from tracker_bridge.web.receiver import Answer, Outcome

LARGEST_HEAD: Final = 32 * 1024
"""Bytes of a request before its body."""


class Connection(asyncio.Protocol):
    """
    Answers deliveries that come alone, as long as nothing else has come, and passes everything else on to the
    protocol that uvicorn would use.

    The application is given this object with each request (:class:`tracker_bridge.web.asgi.Connection`).
    """

    def __init__(
        self,
        crowd: Crowd,
        outbox: Outbox,
        app: Application,
        *,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        state = {**app_state, "connection": self}
        self._inner: Any = Talker(config, server_state, state, _loop)
        self._crowd = crowd
        self._outbox = outbox
        self._app = app
        self._only_whole = True
        self._begun: Begun | None = None
        self._holding = ExitStack()
        self._waiting: Outcome | None = None
        self._early = b""
        self._ended = False
        self._awaiting_head = True
        self._head = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        self._transport = Outgoing(transport, self._outbox)
        self._inner.connection_made(self._transport)
        self._crowd.awaited(self)

    def data_received(self, data: bytes) -> None:
        if self._waiting is not None:
            self._early = data
            self._transport.pause_reading()
            return
        if self._only_whole:
            data = self._unread(data)
            if not data:
                return
        self._only_whole = False
        if self._awaiting_head:
            if not self._head:
                self._crowd.awaited(self)
            self._head += len(data)
        self._inner.data_received(data)
        if self._awaiting_head and self._head > LARGEST_HEAD:
            # It may be a body already: then the application, which was called just now, begins before this.
            asyncio.get_running_loop().call_soon(self._end_endless_head)

    def _unread(self, data: bytes) -> bytes:
        """Answer a delivery that is there as a whole, keep what came of one; return everything else."""
        if self._begun is not None:
            return self._continued(self._begun, data)
        sent = read(data, LARGEST_HEAD)
        if isinstance(sent, Begun):
            return self._kept(sent, data)
        return b"" if sent is not None and self._is_answered(sent) else data

    def _kept(self, begun: Begun, data: bytes) -> bytes:
        """Keep the beginning of a delivery, if it can be answered here once all of it has come; else return it."""
        held = self._app.room_for(begun.path, begun.headers, begun.length, self.end)
        if held is None:
            return data
        self._crowd.awaited(self)
        self._begun, self._inner.answering = begun, True
        self._held = self._holding.enter_context(held)
        self._held.take(len(data))
        return b""

    def _continued(self, begun: Begun, data: bytes) -> bytes:
        """Take what came of a delivery; return all of it where more came than that."""
        begun.add(data)
        self._held.take(len(data))
        if self._held.given_up or begun.missing > 0:
            return b""
        self._let_go()
        if begun.missing == 0 and self._is_answered(begun.whole()):
            return b""
        if self._inner.ending:
            asyncio.get_running_loop().call_soon(self._inner.shutdown)
        return begun.all()

    def _let_go(self) -> None:
        """Forget the delivery that has begun, and the room that it takes."""
        self._holding.close()
        self._begun, self._inner.answering = None, False

    def _is_answered(self, sent: Whole) -> bool:
        """Answer a delivery; tell whether that was possible at once."""
        outcome = self._app.at_once(*sent)
        if outcome is None:
            return False
        self._crowd.awaited(self)
        if outcome.saved is None or outcome.saved.done():
            self._app.saved(outcome)
            self._say(outcome.answer)
            if self._inner.ending:
                self._transport.close()
        else:
            self._answer_later(outcome, outcome.saved)
        return True

    def _answer_later(self, outcome: Outcome, saved: Future[None]) -> None:
        """Answer when it is on disk. Of what comes meanwhile, the first piece waits here, and the rest outside."""
        self._waiting, self._inner.answering = outcome, True
        self._crowd.served(self)
        self._late = asyncio.get_running_loop().call_later(PATIENCE, self._answer, outcome)
        self._app.commits.add(saved, partial(self._answer, outcome))

    def _answer(self, outcome: Outcome) -> None:
        if self._waiting is not outcome:
            return  # it was not on disk in time, and is now
        self._waiting, self._inner.answering = None, False
        self._late.cancel()
        self._app.saved(outcome)
        if self._transport.is_closing():
            return
        self._say(outcome.answer)
        self._crowd.awaited(self)
        if self._inner.ending or self._ended:
            self._transport.close()
        elif self._early:
            early, self._early = self._early, b""
            self._transport.resume_reading()
            self.data_received(early)

    def _say(self, answer: Answer) -> None:
        self._transport.write(answered(answer, self._inner.server_state.default_headers))

    def eof_received(self) -> bool | None:
        if self._waiting is not None:
            self._ended = True
            return True
        ended: bool | None = self._inner.eof_received()
        return ended

    def connection_lost(self, exc: Exception | None) -> None:
        self._holding.close()
        self._crowd.left(self)
        self._inner.connection_lost(exc)

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    def begun(self) -> None:
        self._awaiting_head = False

    def whole(self) -> None:
        self._crowd.served(self)

    def answered(self) -> None:
        self._awaiting_head = True
        self._head = 0
        if not self._transport.is_closing():
            self._crowd.awaited(self)

    def end(self) -> None:
        self._transport.abort()

    def _end_endless_head(self) -> None:
        if self._awaiting_head and self._head > LARGEST_HEAD:
            self.end()
