"""
One request with a deadline: nothing is repeated, no redirect is followed, and what drips is cut off.

The libraries measure the time between two bytes, so that a server which sends one every few seconds is never too
slow for them. No exception names an address: what was being sent where is for the operator's settings only.
"""

import base64
import io
import os
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import SplitResult, quote, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from tracker_bridge import __version__
from tracker_bridge.destinations.attempts import NotSent, Unclear
from tracker_bridge.http_time import retry_after
from tracker_bridge.reach import FORBIDDEN, Unreachable, addresses_of, is_number, is_reachable

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_MOST_READ: Final = 64 * 1024
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS: Final = {"http": 80, "https": 443}
_LONGEST_WAIT: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: until there is a connection, and until the answer is there, from the beginning."""

    connect: float = 3.0
    answer: float = 10.0


USUAL: Final = Limits()


@dataclass(frozen=True, slots=True)
class Answer:
    """``headers`` have lower-case names. ``whole``: the body, of which 64 KiB are kept, came to its end."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    whole: bool = True

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300

    @property
    def retry_after(self) -> float | None:
        """Return the seconds that the server asks us to wait; more than a day is taken for a mistake."""
        asked = retry_after(self.headers, time.time())
        return asked if asked is not None and asked <= _LONGEST_WAIT else None


def request(
    url: str, body: bytes, headers: Mapping[str, str], *, method: str = "POST", limits: Limits = USUAL
) -> Answer:
    """Send it once. Raises :class:`NotSent` and :class:`Unclear`."""
    parts = urlsplit(url)
    end = _End(time.monotonic() + limits.answer, limits)
    proxy = _proxy_for(parts)
    if is_number(parts.hostname or "") and not is_reachable(parts.hostname or ""):
        raise NotSent(FORBIDDEN, lasting=True)
    sock = _connected(proxy or parts, end)
    try:
        if parts.scheme == "https":
            if proxy:
                _tunnel(sock, parts, proxy, end)
            sock = _encrypted(sock, parts.hostname or "", end)
        head = _head(method, parts, proxy, {**headers, "Content-Length": str(len(body))})
        return _exchange(sock, head + body, method, end)
    finally:
        sock.close()


@dataclass(frozen=True, slots=True)
class _End:
    """When all of it must be over."""

    at: float
    limits: Limits

    def left(self) -> float:
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Arriving(io.RawIOBase):
    """What arrives at a socket, until the end."""

    def __init__(self, sock: socket.socket, end: _End) -> None:
        self._sock = sock
        self._end = end

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        self._sock.settimeout(self._end.left())
        return self._sock.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)


def _connected(parts: SplitResult, end: _End) -> socket.socket:
    host, port = parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443)
    try:
        places = addresses_of(host, port, end.left())
    except Unreachable as error:
        raise NotSent(str(error)) from None
    trouble = "cannot be reached"
    for family, where in places:
        try:
            return _connected_to(family, where, port, end)
        except OSError as error:
            trouble = _trouble(error, end.limits.connect)
    raise NotSent(trouble)


def _connected_to(family: socket.AddressFamily, where: str, port: int, end: _End) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.settimeout(min(end.limits.connect, end.left()))
        sock.connect((where, port))
    except OSError:
        sock.close()
        raise
    return sock


def _trouble(error: OSError, seconds: float) -> str:
    match error:
        case TimeoutError():
            return f"no connection in {seconds:g} s"
        case ConnectionRefusedError():
            return "the connection was refused"
    return "cannot be reached"


def _encrypted(sock: socket.socket, host: str, end: _End) -> ssl.SSLSocket:
    trusted = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or None
    try:
        context = ssl.create_default_context(cafile=trusted)
    except (OSError, ValueError):
        raise NotSent("no encrypted connection", lasting=True) from None
    try:
        wrapped = context.wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    except ValueError:
        raise NotSent("no encrypted connection", lasting=True) from None
    except OSError:
        raise NotSent("no encrypted connection") from None
    try:
        wrapped.settimeout(end.left())
        wrapped.do_handshake()  # the time is for all of it
    except ssl.SSLCertVerificationError:
        wrapped.close()
        raise NotSent("its certificate is not trusted", lasting=True) from None
    except OSError as error:
        wrapped.close()
        late = isinstance(error, TimeoutError)
        raise NotSent(f"no encrypted connection{f' in {end.limits.answer:g} s' if late else ''}") from None
    return wrapped


def _exchange(sock: socket.socket, data: bytes, method: str, end: _End) -> Answer:
    try:
        left = end.left()
    except TimeoutError:
        raise NotSent(f"no connection in {end.limits.answer:g} s") from None
    try:
        sock.settimeout(left)
        sock.sendall(data)
        answer = HTTPResponse(cast("socket.socket", _Arriving(sock, end)), method=method)
        answer.begin()
    except TimeoutError:
        raise Unclear(f"no answer in {end.limits.answer:g} s") from None
    except HTTPException:
        raise Unclear("an answer that is none of HTTP, or none at all") from None
    except (OSError, ValueError):
        raise Unclear("the connection broke before an answer came") from None
    headers = {name.lower(): value for name, value in answer.getheaders()}
    try:
        body = answer.read(_MOST_READ)
        return Answer(answer.status, headers, body, whole=answer.isclosed() or not answer.length)
    except (OSError, HTTPException, ValueError):
        return Answer(answer.status, headers, whole=False)
    finally:
        answer.close()


def _head(method: str, parts: SplitResult, proxy: SplitResult | None, headers: Mapping[str, str]) -> bytes:
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{parts.query}" if parts.query else "")
    through = proxy if parts.scheme == "http" else None
    target = f"http://{parts.netloc}{path}" if through else path
    lines = [f"{method} {target} HTTP/1.1", f"Host: {_host(parts)}", f"User-Agent: tracker-bridge/{__version__}"]
    lines += [
        *_authorization(through),
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    if any("\r" in line or "\n" in line for line in lines):
        raise NotSent("a header with a line break", lasting=True)
    return "\r\n".join((*lines, "", "")).encode("ascii", "replace")


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        named = f"[{host}]" if ":" in host else host.encode("idna").decode()
    except UnicodeError:
        raise NotSent("its name is not one that a host may have", lasting=True) from None
    return named if parts.port is None else f"{named}:{parts.port}"


def _proxy_for(parts: SplitResult) -> SplitResult | None:
    """Return the proxy that the environment names for it, as for the trackers. Raises :class:`NotSent`."""
    host = parts.hostname or ""
    found = getproxies().get(parts.scheme)
    if not found or host in _LOOPBACK or proxy_bypass(host):
        return None
    try:
        proxy = urlsplit(found if "://" in found else f"http://{found}")
        _ = proxy.port
    except ValueError:
        raise NotSent("the proxy of the environment is not an address", lasting=True) from None
    return proxy


def _tunnel(sock: socket.socket, parts: SplitResult, proxy: SplitResult, end: _End) -> None:
    place = f"{_host(parts)}" if parts.port else f"{_host(parts)}:443"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}", *_authorization(proxy), "", ""]
    try:
        sock.settimeout(end.left())
        sock.sendall("\r\n".join(lines).encode())
        answer = HTTPResponse(cast("socket.socket", _Arriving(sock, end)), method="CONNECT")
        answer.begin()
    except (OSError, HTTPException, ValueError):
        raise NotSent("the proxy did not answer") from None
    if answer.status != 200:
        raise NotSent(f"the proxy answered {answer.status}")


def _authorization(proxy: SplitResult | None) -> list[str]:
    if proxy is None or proxy.username is None:
        return []
    credentials = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}".encode()
    return [f"Proxy-Authorization: Basic {base64.b64encode(credentials).decode()}"]
