"""
Deliveries that come in one piece, which nearly all do: read without uvicorn, in a third of the time.

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
_OTHERWISE: Final = frozenset({"connection", "expect", "transfer-encoding", "upgrade"})
"""Headers that ask for something: where one of them stands, uvicorn does it."""


class Whole(NamedTuple):
    """A request that is there as a whole; headers have lower-case names."""

    path: str
    headers: dict[str, str]
    body: bytes


def whole(data: bytes, longest: int) -> Whole | None:
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
    body = data[found.end() :]
    return (
        Whole(found["path"].decode(), headers, body) if headers.get("content-length") == str(len(body)) else None
    )


def answered(answer: Answer, more: list[tuple[bytes, bytes]]) -> bytes:
    """Return the answer as it is sent, with ``more`` headers."""
    first, rest = answer.written
    return b"".join([first, *[b"%b: %b\r\n" % header for header in more], rest])
