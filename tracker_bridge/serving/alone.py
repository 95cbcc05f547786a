"""Keeping others who share the queue from opening an incident for the same thing meanwhile (S23)."""

import fcntl
import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tracker_bridge.serving.engine import database_of
from tracker_bridge.settings import Settings

PATIENCE: Final = 60.0
"""Seconds that are waited for somebody else on this machine who declares the same."""


@contextmanager
def alone(settings: Settings, key: str) -> Iterator[bool]:
    """Let nobody else with the same queue declare the same meanwhile; yield whether that holds."""
    if (database := database_of(settings)) is None:
        held = _alone_here(settings.queue_file, key)
    else:
        from tracker_bridge.queue import glance  # noqa: PLC0415 - only with the extra

        held = glance.alone(database.get_secret_value(), key, PATIENCE)
    with held as holds:
        yield holds


@contextmanager
def _alone_here(queue: Path, key: str) -> Iterator[bool]:
    """
    The same for this machine.

    A lock on one byte of one file: another alert is not waited for. Where there is no queue, there is no lock.
    """
    at = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) >> 1
    try:
        file = queue.with_name(f"{queue.name}.declare").open("ab")
    except OSError:
        yield False
        return
    with file:
        end = time.monotonic() + PATIENCE
        while not (locked := _locked(file.fileno(), at)) and time.monotonic() < end:
            time.sleep(0.05)
        yield locked


def _locked(file: int, at: int) -> bool:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)
    except OSError:
        return False
    return True
