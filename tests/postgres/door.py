"""A way to the database that a test opens and shuts: shut, the database is unreachable, and every session ends."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

_NAME = ".s.PGSQL.5432"


class Door:
    """Stands in a folder of its own, and forwards to the server that ``url`` names. ``trips`` went in so far."""

    def __init__(self, url: str, folder: Path) -> None:
        there = parse_qs(urlsplit(url).query)["host"][0]
        self.url = url.replace(quote(there), quote(str(folder))).replace(there, str(folder))
        assert self.url != url
        self._there, self._here = str(Path(there) / _NAME), folder / _NAME
        self._listener: socket.socket | None = None
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self.trips = 0

    def open(self) -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._here))
        listener.listen()
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def shut(self) -> None:
        self._here.unlink(missing_ok=True)
        if self._listener is not None:
            _end(self._listener)
        with self._lock:
            for one in self._sockets:
                _end(one)
            self._sockets.clear()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                far.connect(self._there)
                with self._lock:
                    self._sockets += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._forward, args=(one, other), daemon=True).start()

    def _forward(self, one: socket.socket, other: socket.socket) -> None:
        inwards = one.getsockname() == str(self._here)
        with suppress(OSError):
            while data := one.recv(65_536):
                self.trips += inwards
                other.sendall(data)
        _end(one)
        _end(other)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    with suppress(OSError):
        one.close()
