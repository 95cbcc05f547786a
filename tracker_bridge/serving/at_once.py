"""
Deliveries that come alone, in one piece or in several: read without uvicorn, in half of the time.

Only what is beyond doubt is read here: a request as every forge writes it, with one length, and with nothing
before or after it. Everything else is left to uvicorn's parser.
"""

import re
from typing import Final, NamedTuple

from tracker_bridge.web.receiver import Answer

_HEAD: Final = re.compile(
    rb"POST (?P<path>/hooks/[\w/.-]*) HTTP/1\.1\r\n"
    rb"(?P<headers>(?:[\w!#$%&'*+.^`|~-]+:[ -~]*\r\n)+)\r\n",
    re.ASCII,
)
_LENGTH: Final = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)
_OTHERWISE: Final = frozenset({"connection", "expect", "transfer-encoding", "upgrade"})
"""Headers that ask for something: where one of them stands, uvicorn does it."""


class Whole(NamedTuple):
    """A request that is there as a whole; headers have lower-case names."""

    path: str
    headers: dict[str, str]
    body: bytes


class Begun:
    """A delivery of which the head is there, and not all of the body. ``length`` is how long that will be."""

    def __init__(self, path: str, headers: dict[str, str], first: bytes, head: int, length: int) -> None:
        self.path = path
        self.headers = headers
        self.length = length
        self._head = head
        self._data = bytearray(first)

    @property
    def missing(self) -> int:
        """How many bytes are missing; negative where more came than belongs to it."""
        return self._head + self.length - len(self._data)

    def add(self, data: bytes) -> None:
        self._data += data

    def all(self) -> bytes:
        """Return all that came."""
        return bytes(self._data)

    def whole(self) -> Whole:
        return Whole(self.path, self.headers, bytes(memoryview(self._data)[self._head :]))


def read(data: bytes, longest: int) -> Whole | Begun | None:
    """Return the delivery that ``data`` is, with a head of so many bytes at most; ``None`` for anything else."""
    found = _HEAD.match(data, 0, longest)
    if found is None:
        return None
    lines = found["headers"].decode().split("\r\n")[:-1]
    headers: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    if len(headers) < len(lines) or not _OTHERWISE.isdisjoint(headers):
        return None
    path, length, body = found["path"].decode(), headers.get("content-length", ""), data[found.end() :]
    if length == str(len(body)):
        return Whole(path, headers, body)
    if not _LENGTH.fullmatch(length) or int(length) < len(body):
        return None
    return Begun(path, headers, data, found.end(), int(length))


def answered(answer: Answer, more: list[tuple[bytes, bytes]]) -> bytes:
    """Return the answer as it is sent, with ``more`` headers."""
    first, rest = answer.written
    return b"".join([first, *[b"%b: %b\r\n" % header for header in more], rest])
