"""What is listened on."""

import errno
import socket


class PortTaken(Exception):
    """The address cannot be listened on. The message says which, and why."""


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one. Raises :class:`PortTaken`."""
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen()
    except OSError as error:
        if listener is not None:
            listener.close()
        reason = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise PortTaken(
            f"Cannot listen on {host}, port {port}: {reason}. Choose another port with --port or the setting port."
        ) from None
    return listener


def address_of(listener: socket.socket) -> str:
    """Return where ``listener`` is reached: ``http://127.0.0.1:8080``."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
