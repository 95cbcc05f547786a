"""
When answers are sent: at the end of the go of the loop that gave them, one after the other.

Whoever gets an answer is woken, and may take this processor. Before the deliveries that came along with its own
are judged, that costs them an eighth of their time.
"""

import asyncio
from typing import Any


class Outbox:
    """Sends, at the end of a go of the loop, what was written in it. For one thread: that of the loop."""

    def __init__(self) -> None:
        self._filled: list[Outgoing] = []

    def add(self, one: "Outgoing") -> None:
        if not self._filled:
            asyncio.get_running_loop().call_soon(self._send)
        self._filled.append(one)

    def _send(self) -> None:
        filled, self._filled = self._filled, []
        for one in filled:
            one.flush()


class Outgoing:
    """
    A transport that sends what is written in one go of the loop as one piece: uvicorn writes the head and the body
    of an answer one after the other, and each would be a packet, and a wait for the system.
    """

    def __init__(self, transport: asyncio.Transport, outbox: Outbox) -> None:
        self._transport = transport
        self._outbox = outbox
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._parts:
            self._outbox.add(self)
        self._parts.append(data)

    def close(self) -> None:
        self.flush()
        self._transport.close()

    def flush(self) -> None:
        parts, self._parts = self._parts, []
        if parts:
            self._transport.write(b"".join(parts))
