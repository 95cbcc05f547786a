"""
The production server: granian, with one worker process that holds everything.

A parent process waits for signals; the worker answers requests and runs the threads that were started while
its application was loaded. When the worker is told to end, granian returns at once and ``atexit`` is not run,
but multiprocessing's finalizers are: there the bridge is stopped. A parent that is killed takes the worker
with it; a worker that dies ends the parent with exit code 1, for the supervisor to begin anew.
"""

import errno
import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable
from functools import partial
from wsgiref.types import WSGIApplication

from granian.constants import Interfaces, RuntimeModes
from granian.log import LogLevels
from granian.server import Server

_log = logging.getLogger(__name__)

_RESERVE = 5
"""Seconds that a stopping worker gets beyond its grace before it is killed."""

_LOGGING = {
    "handlers": {},
    "formatters": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}
"""The server logs where everybody does."""


class PortTaken(Exception):
    """The address can not be listened on. The message says which, and why."""


def run(load: Callable[[], WSGIApplication], *, host: str, port: int, threads: int, grace: float) -> None:
    """
    Serve until SIGTERM or Ctrl-C. Raises :class:`PortTaken`; ends with ``SystemExit`` 1 if the worker dies.

    ``load`` makes the application, in the worker; it must be picklable where processes are not forked.
    ``threads`` receive requests. ``grace``: seconds that the worker may take to stop.
    """
    port = _free(host, port)
    server = Server(
        "tracker-bridge",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        runtime_mode=RuntimeModes.st,  # the other one can miss the end of its own work, and wait for ever
        blocking_threads=threads,
        websockets=False,
        workers_kill_timeout=int(grace) + _RESERVE,
        log_level=LogLevels.warning,
        log_dictconfig=_LOGGING,
    )
    shown = f"[{host}]" if ":" in host else host
    _log.info("listening on http://%s:%d", shown, port)
    server.serve(target_loader=partial(_load, load), wrap_loader=False)
    _log.info("stopped")


def _load(load: Callable[[], WSGIApplication]) -> WSGIApplication:
    """
    Prepare the worker, then make the application.

    Until granian listens to signals, SIGTERM just ends the process. Ctrl-C is left to the parent, which then
    sends SIGTERM: of two signals at once, Linux may give each to a thread that is not the main one, and Python
    does not notice.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    return load()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _log.error("the parent process is gone; stopping")
        os.kill(os.getpid(), signal.SIGTERM)


def _free(host: str, port: int) -> int:
    """
    Return ``port``, or a free one for 0. Raises :class:`PortTaken`.

    Granian shares its port with whoever else does, so it would not notice that somebody is there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            found: int = probe.getsockname()[1]
    except OSError as error:
        reason = "the port is in use" if error.errno == errno.EADDRINUSE else error.strerror
        raise PortTaken(
            f"Can not listen on {host}, port {port}: {reason}. Choose another one: --port, or the setting port."
        ) from None
    return found
