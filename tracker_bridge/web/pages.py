"""Pages of a WSGI application, for whoever speaks ASGI: a page is short, and gets a body only if it is there."""

import io
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, as ASGI has it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def page(
    app: WSGIApplication, scope: Mapping[str, Any], headers: Mapping[str, str], body: bytes = b"", length: int = 0
) -> Page:
    """
    Return what ``app`` answers. ``headers`` have lower-case names. ``length`` is that of the body; where it is too
    long to be given, longer than that.
    """
    begun: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, given: list[tuple[str, str]], _error: object = None) -> Any:
        begun.append((status, given))
        return lambda _data: None  # nobody uses the old way to write

    answer: Iterable[bytes] = app(_environ(scope, headers, body, length), start_response)
    try:
        text = b"".join(answer)
    finally:
        if (close := getattr(answer, "close", None)) is not None:
            close()
    status, given = begun[-1]
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given]
    return Page(int(status.partition(" ")[0]), raw, text)


def _environ(scope: Mapping[str, Any], headers: Mapping[str, str], body: bytes, length: int) -> WSGIEnvironment:
    host, port = scope.get("server") or ("localhost", 0)
    client = scope.get("client")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0] if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif "_" in name:
            pass  # it would be taken for one with a hyphen, which a proxy may vouch for
        elif name not in ("content-length", "transfer-encoding", "expect"):
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
    return environ | ({"CONTENT_LENGTH": str(length)} if length else {})
