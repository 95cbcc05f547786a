"""
Looking up names with a deadline. The system's resolver has none: while its servers are away it takes as long as
its configuration says, which may be half a minute, and what stands behind it (LDAP, for instance) may hang.
"""

import socket
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any, Final

Found = Sequence[tuple[socket.AddressFamily, Any]]

_lock: Final = threading.Lock()
_under_way: Final[dict[tuple[str, int], Future[Found]]] = {}


def resolved(host: str, port: int, seconds: float) -> Found:
    """
    Return the families and addresses of a host. Raises what the system's resolver does, :class:`TimeoutError`, and
    ``RuntimeError`` where no thread can be started.

    Of one host there is one look-up at a time: who comes while it is under way waits for the same one, so that a
    resolver which hangs holds one thread, however often it is asked.
    """
    with _lock:
        answer = _under_way.get((host, port))
        if answer is None:
            answer = Future()
            threading.Thread(target=_look_up, args=(host, port, answer), name="resolver", daemon=True).start()
            _under_way[host, port] = answer  # not before: where no thread can be started, nothing is under way
    return answer.result(seconds)


def _look_up(host: str, port: int, answer: Future[Found]) -> None:
    found, error = [], None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except Exception as raised:  # noqa: BLE001 - it is raised again, where it is waited for
        error = raised
    with _lock:
        del _under_way[host, port]
    if error is not None:
        answer.set_exception(error)
    else:
        answer.set_result([(family, where) for family, _, _, _, where in found])
