"""
The page on this machine: nothing but loopback is listened on, and only what was sent from the page is written.

A name that leads here is no proof (the Host header must be this address), nor is a form of another page: it lacks
the token that was drawn when this began.
"""

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar, Final, Self
from urllib.parse import parse_qs, urlsplit

from tracker_bridge.offline.desk import Desk, Refusal
from tracker_bridge.offline.page import View, page

MOST_BYTES: Final = 96 * 1024
"""Bytes of a form; an entry has 20,000 characters."""

WATCH: Final = "/watch"
EVERY: Final = 20
"""Seconds after which the page that is only watched is asked for again."""

PATIENCE: Final = 10.0
"""Seconds that a request may take to arrive."""


class Page(AbstractContextManager["Page"]):
    """
    Serves a desk on loopback while it is entered.

    ``port`` 0 takes any free one. Raises ``OSError`` for one that is taken.
    """

    def __init__(self, desk: Desk, keeper: str, templates: Path, port: int = 0) -> None:
        self.desk, self.keeper, self.templates = desk, keeper, templates
        self.token = secrets.token_urlsafe(24)
        style = base64.b64encode(hashlib.sha256((templates / "offline/style.css").read_bytes()).digest()).decode()
        self.policy = (
            f"default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"host": self}))
        self._server.daemon_threads = True
        self.netloc = f"127.0.0.1:{self._server.server_port}"
        self.hosts = (self.netloc, f"localhost:{self._server.server_port}")
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="page", daemon=True)

    @property
    def address(self) -> str:
        return f"http://{self.netloc}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def shown(self, view: View) -> str:
        return page(self.templates, self.desk.thread(), self.desk.path, self.desk.clock(), view)

    def get(self, target: str) -> tuple[int, str]:
        """Return status and page of an address."""
        parts = urlsplit(target)
        said = parse_qs(parts.query).get("said", ["0"])[0]
        answered = int(said) if said.isascii() and said.isdigit() and len(said) < 8 else 0
        match parts.path:
            case "/":
                return 200, self.shown(View(self.token, self.keeper, answered=answered))
            case _ if parts.path == WATCH:
                return 200, self.shown(View(self.token, self.keeper, watching=True))
        return 404, "There is nothing at this address."

    def post(self, form: dict[str, list[str]]) -> tuple[int, str]:
        """Write an entry down; return 303 with the place to go to, or the page that says why not."""
        text, who, at, token = (form.get(name, [""])[0] for name in ("text", "who", "at", "token"))
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return 403, "This form was not made here. Reload the page, and send it again."
        try:
            heard = self.desk.say(text.replace("\r\n", "\n"), who.strip(), at)
        except Refusal as refusal:
            view = View(self.token, who or self.keeper, message=str(refusal), unsaved=text, at=at)
            return 422, self.shown(view)
        number = heard.entry.number if heard.entry else 0
        return 303, f"/?said={number}#answer"


class _Handler(BaseHTTPRequestHandler):
    """One request; ``host`` is set for each page."""

    timeout = PATIENCE
    host: ClassVar[Page]

    def do_GET(self) -> None:
        self._answer(lambda: self.host.get(self.path))

    def do_POST(self) -> None:
        self._answer(self._posted)

    def _posted(self) -> tuple[int, str]:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return 413, f"A form has at most {MOST_BYTES} bytes."
        raw = self.rfile.read(int(length))
        origin = self.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc not in self.host.hosts:
            return 403, "This form was not made here."
        return self.host.post(parse_qs(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))

    def _answer(self, made: Callable[[], tuple[int, str]]) -> None:
        try:
            here = self.headers.get("Host", "") in self.host.hosts
            status, text = made() if here else (403, "This page is only for this machine.")
        except ValueError:
            status, text = 400, "This form cannot be read."
        except OSError as error:
            status, text = 500, f"The notebook cannot be read or written: {error.strerror}."
        moved = status == 303
        kind = "text/html" if text.startswith("<!doctype") else "text/plain"
        body = b"" if moved else text.encode("utf-8", "replace")
        self.send_response(status)
        if moved:
            self.send_header("Location", text)
        if urlsplit(self.path).path == WATCH and status == 200:
            self.send_header("Refresh", str(EVERY))
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "same-origin")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", self.host.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nobody reads a log on a terminal that is being typed into."""
