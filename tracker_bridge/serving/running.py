"""The programs: each runs until it is told to end."""

import logging
import signal
import socket
import threading
from contextlib import ExitStack
from multiprocessing.util import Finalize

from flask import Flask

from tracker_bridge.logs import configure_logging
from tracker_bridge.serving import host, ports, processes
from tracker_bridge.serving.engine import demand_database
from tracker_bridge.serving.runtime import SWEEP_GRACE, open_receiver, open_runtime
from tracker_bridge.serving.trackers import open_trackers
from tracker_bridge.settings import Settings, demand_secrets, secrets
from tracker_bridge.web import asynchronous

_log = logging.getLogger(__name__)

GRACE = 24.0
"""
Seconds that reconciles under way get when the bridge is told to stop.

The longest one, after twenty comments with commands, makes some twenty writes. All of the stop fits into the 30
seconds after which the units in ``deploy/`` kill.
"""


def application(settings: Settings) -> Flask:
    """
    Start everything in this process and return its web side, for a WSGI server of somebody else's.

    It is stopped when the process ends in an orderly way: after ``sys.exit`` or a return from ``main``, and in
    processes of multiprocessing, which do not run what is registered with ``atexit``.
    """
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    demand_secrets(settings)
    opened = ExitStack()
    runtime = opened.enter_context(open_runtime(settings))

    def stop() -> None:
        runtime.stop(GRACE)
        opened.close()

    Finalize(None, stop, exitpriority=100)
    runtime.start()
    return runtime.web()


def serve(settings: Settings) -> None:
    """
    Receive webhooks and process the issues, until SIGTERM or Ctrl-C.

    Raises :class:`BadSettings`, :class:`QueueError` or :class:`ports.PortTaken` before anything runs.
    """
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    demand_secrets(settings)
    with open_runtime(settings) as runtime, ports.listening(settings.host, settings.port) as listener:
        told = told_to_end()
        runtime.start()
        _answer(settings, runtime.web(), listener, told)
        runtime.stop(GRACE)
    _log.info("stopped")


def receive(settings: Settings) -> None:
    """Receive webhooks for those who share the queue, until SIGTERM or Ctrl-C. Raises as :func:`serve`."""
    demand_database(settings, "receive")
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    demand_secrets(settings)
    with open_receiver(settings) as web, ports.listening(settings.host, settings.port) as listener:
        _answer(settings, web, listener, told_to_end())
    _log.info("stopped")


def work(settings: Settings, number: int = 1) -> None:
    """
    Look after the issues without receiving webhooks, until SIGTERM or Ctrl-C, in so many processes.

    Raises as :func:`serve`.
    """
    if number == 1:
        _work(settings)
        return
    demand_database(settings, "work with several processes")
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    with open_trackers(settings):
        pass  # what they cannot work with is said once, before anything runs
    each = [_with_port(settings, place) for place in range(number)]
    processes.run(_work, each, told_to_end(), GRACE + 2 * SWEEP_GRACE)
    _log.info("stopped")


def _answer(settings: Settings, web: Flask, listener: socket.socket, told: threading.Event) -> None:
    _log.info("listening on %s", ports.address_of(listener))
    host.run(asynchronous(web, threads=settings.threads, mebibytes=settings.webhook_memory), listener, told)


def _work(settings: Settings) -> None:
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    with ExitStack() as opened:
        runtime = opened.enter_context(open_runtime(settings, hears=False))
        port = settings.metrics_port
        listener = None if port is None else opened.enter_context(ports.listening(settings.host, port))
        told = told_to_end()
        runtime.start()
        _log.info("running: %s", ", ".join(sorted(runtime.trackers)))
        if listener:
            _answer(settings, runtime.figures(), listener, told)
        told.wait()
        runtime.stop(GRACE)
    _log.info("stopped")


def _with_port(settings: Settings, place: int) -> Settings:
    """Return the settings of one of several processes on a host, which cannot listen on the same port."""
    return settings.model_copy(update={"metrics_port": settings.metrics_port and settings.metrics_port + place})


def told_to_end() -> threading.Event:
    """Return what SIGTERM and Ctrl-C set from now on, instead of ending the process."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told
