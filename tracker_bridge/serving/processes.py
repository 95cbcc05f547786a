"""Several processes that do the same: started, started again when one ends, and told to end with this one."""

import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerProcess

from tracker_bridge.queue import QueueError
from tracker_bridge.serving.ports import PortTaken
from tracker_bridge.settings import BadSettings, Settings

_log = logging.getLogger(__name__)

_GLANCE = 1.0
"""Seconds between two glances at what has ended, and so before it is started again."""

Role = Callable[[Settings], None]
"""What a process does until SIGTERM."""


def run(role: Role, each: Sequence[Settings], told: threading.Event, grace: float) -> None:
    """
    Run ``role`` until ``told`` to end, with the settings of ``each`` process; what is not over ``grace`` later is
    killed.
    """
    processes = [_started(role, settings) for settings in each]
    while not told.wait(_GLANCE):
        for at, process in enumerate(processes):
            if process.exitcode is not None:
                _log.error("process %s ended with %s; it is started again", process.pid, process.exitcode)
                processes[at] = _started(role, each[at])
    for process in processes:
        process.terminate()
    end = time.monotonic() + grace
    for process in processes:
        process.join(max(0.0, end - time.monotonic()))
        process.kill()


def _started(role: Role, settings: Settings) -> ForkServerProcess:
    """Start from a process that has loaded the program, and nothing else: at once, sharing its memory."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_child.__module__])
    process = context.Process(target=_child, args=(role, settings))
    process.start()
    return process


def _child(role: Role, settings: Settings) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        role(settings)
    except (BadSettings, QueueError, PortTaken) as error:
        _log.error("%s", error)
        sys.exit(1)


def _end_with_parent() -> None:
    """A parent that was killed tells nobody."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
