"""
uvicorn's protocol, for those who ask for another one: HTTP/1.1 is spoken here, and goes on.

The parser takes what follows such a head for the other protocol, and stops. A server may go on as it is, and then
the body is one like any other: https://www.rfc-editor.org/rfc/rfc9110#section-7.8
"""

from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.auto import AutoHTTPProtocol


class Talker(AutoHTTPProtocol):  # type: ignore[valid-type, misc] # whichever uvicorn has
    """What uvicorn would use itself: with httptools if that is there, else h11, which does not stop."""

    parser: Any
    headers: Any
    cycle: Any

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.answering = False
        """Whether a delivery is being answered without this protocol."""
        self.ending = False
        self._left = 0
        if hasattr(self, "parser"):
            self.parser = _Parser(self.parser, self._unparsed)

    def shutdown(self) -> None:
        """End when nothing is being answered any more."""
        self.ending = True
        if not self.answering:
            super().shutdown()

    def on_message_complete(self) -> None:
        """The parser is at the end of the head if it stops there. The connection ends after the answer."""
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False
            lengths = [value for name, value in self.headers if name == b"content-length"]
            self._left = int(lengths[0]) if lengths else 0
        if not self._left:
            super().on_message_complete()

    def _unparsed(self, data: bytes) -> None:
        if not self._left:
            return
        body = data[: self._left]
        self.on_body(body)
        self._left -= len(body)
        if not self._left:
            super().on_message_complete()


class _Parser:
    """The parser; once it has stopped, ``unparsed`` gets what comes."""

    def __init__(self, parser: Any, unparsed: Callable[[bytes], None]) -> None:
        from httptools import HttpParserUpgrade  # noqa: PLC0415 - it is there, if uvicorn uses it

        self._parser = parser
        self._stops = HttpParserUpgrade
        self._unparsed = unparsed
        self._has_stopped = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)

    def feed_data(self, data: bytes) -> None:
        if self._has_stopped:
            self._unparsed(data)
            return
        try:
            self._parser.feed_data(data)
        except self._stops as stopped:
            self._has_stopped = True
            self._unparsed(data[stopped.args[0] :])
