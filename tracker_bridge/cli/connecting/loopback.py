"""
A page on this machine from which a browser goes to a forge with a manifest, and to which it comes back with a
code.

Nothing but loopback is listened on, and only who was sent from here is believed: ``state`` is drawn each time.
"""

import hmac
import html
import json
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

PATIENCE: Final = 600.0
"""Seconds that somebody has to decide in the browser."""

_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:38rem;margin:15vh auto;padding:0 1rem}"
    ":root{color-scheme:light dark}"
    "button{font:inherit;padding:.6rem 1.2rem}"
)
_PAGE: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>tracker-bridge</title><style>{style}</style><h1>{title}</h1>{body}</html>"
)


class Loopback:
    """Waits for the browser to come back."""

    def __init__(self) -> None:
        self.state = secrets.token_urlsafe(24)
        self._code = ""
        self._come = threading.Event()
        self._shown = ""
        handler = self._handler()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def back(self) -> str:
        return f"{self.address}/created"

    def show(self, site: str, action: str, manifest: Mapping[str, Any]) -> None:
        """Set the form that the page sends to ``action``, on a ``site`` of that name."""
        field = html.escape(json.dumps(manifest), quote=True)
        self._shown = _page(
            f"One step on {site}",
            f'<form method="post" action="{html.escape(action, quote=True)}">'
            f'<input type="hidden" name="manifest" value="{field}">'
            f"<p>{site} shows what the App <b>{html.escape(str(manifest['name']))}</b> may do. Confirm it there; "
            "you come back here by yourself.</p><button>Continue</button></form>",
        )

    def code(self, patience: float = PATIENCE) -> str:
        """Return the code that the browser brought; empty if it did not come in time."""
        self._come.wait(patience)
        return self._code

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="loopback", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, target: str) -> tuple[int, str]:
        parts = urlsplit(target)
        if parts.path == "/":
            return 200, self._shown
        if parts.path != "/created":
            return 404, _page("Not here", "<p>There is nothing at this address.</p>")
        code, good = code_of(target, self.state)
        if not good:
            return 400, _page("Not accepted", "<p>This did not begin here. Go back to the terminal.</p>")
        self._code = code
        self._come.set()
        return 200, _page("Done", "<p>The App is there. Go back to the terminal; this page can be closed.</p>")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer, host = self._answer, self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                here = self.headers.get("Host", "") == urlsplit(host.address).netloc
                status, page = answer(self.path) if here else (403, _page("Not here", ""))
                body = page.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Cache-Control", "no-store")
                self.send_header("Referrer-Policy", "no-referrer")
                self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """The address has the code in it."""

        return Handler


@contextmanager
def listening() -> Iterator[Loopback]:
    """Serve the page meanwhile."""
    loopback = Loopback()
    loopback.start()
    try:
        yield loopback
    finally:
        loopback.stop()


def code_of(address: str, state: str) -> tuple[str, bool]:
    """Return the code in an address that the browser came to, and whether it began here."""
    query = parse_qs(urlsplit(address.strip()).query)
    given, code = query.get("state", [""])[0], query.get("code", [""])[0]
    return code, bool(code) and hmac.compare_digest(given.encode(), state.encode())


def _page(title: str, body: str) -> str:
    return _PAGE.format(style=_STYLE, title=html.escape(title), body=body)
