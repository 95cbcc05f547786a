"""Where the key of the receipts comes from: the settings, else the queue."""

import logging
from dataclasses import dataclass
from pathlib import Path

from tracker_bridge.queue import Queue, QueueError
from tracker_bridge.queue.key_file import found_key, key_file
from tracker_bridge.serving.engine import database_of
from tracker_bridge.settings import BadSettings, Problem, Settings
from tracker_bridge.settings.problems import named

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Keys:
    """
    What signs receipts: ``given`` are the settings' own, and ``kept`` is the queue's, in the file ``path``, or in
    the ``database`` where that is not empty.

    ``trouble`` is why that one cannot be read. The first of all signs, and each is believed: the queue's as well
    once another is given, so that nothing is lost by that.
    """

    given: tuple[bytes, ...]
    kept: bytes | None
    path: Path
    trouble: str = ""
    database: str = ""

    @property
    def all(self) -> tuple[bytes, ...]:
        return tuple(dict.fromkeys((*self.given, *([self.kept] if self.kept else []))))

    @property
    def place(self) -> str:
        return f"the database {self.database}" if self.database else str(self.path)


def keys_found(settings: Settings, *, ask: bool = True) -> Keys:
    """
    Return the keys that are there. Makes none, and touches no file of a queue.

    The key in a database is asked for where none is given, unless ``ask`` is false.
    """
    path, given = key_file(settings.queue_file), _given(settings)
    database = database_of(settings)
    try:
        if database is None:
            return Keys(given, found_key(settings.queue_file), path)
        kept = None
        if ask and not given:
            from tracker_bridge.queue.glance import kept_key  # noqa: PLC0415 - only with the extra

            kept = kept_key(database.get_secret_value())
        return Keys(given, kept, path, database=database.place)
    except QueueError as error:
        return Keys(given, None, path, str(error), database.place if database else "")


def keys_kept(settings: Settings, queue: Queue) -> Keys:
    """Return the keys for a process with a queue: the queue's is made where none is given. Raises QueueError."""
    found = keys_found(settings, ask=False)
    if found.given and not found.database:
        return found
    try:
        return Keys(found.given, queue.key(), found.path, database=found.database)
    except QueueError as error:
        if not found.given:
            raise QueueError(f"{error} Set signing_key to start without it.") from None
        _log.warning("%s A key that it keeps is not accepted until a restart.", error)
        return found


def demand_key(settings: Settings) -> None:
    """Raise :class:`BadSettings`, with what to do, where there is no key to sign receipts with."""
    found = keys_found(settings)
    if found.all:
        return
    if found.database:
        where = f"{found.place} has none yet"
    else:
        where = f"no queue on this machine has one ({found.path} is not there)"
    why = found.trouble or f"is not set, and {where}"
    advice = (
        "set signing_key to the same value as there"
        if found.database
        else "run this as its user, with the same setting queue, or set signing_key to what its file "
        "queue.sqlite3.key holds"
    )
    raise BadSettings(
        [
            Problem(
                named(["signing_key"]),
                f"{why}. Nothing is written without the key that the serving process signs with: {advice}. "
                "Where nothing is serving, as in a CI job, create one and store it as a secret: openssl rand "
                "-hex 32",
            )
        ]
    )


def _given(settings: Settings) -> tuple[bytes, ...]:
    return tuple(key.get_secret_value().encode() for key in settings.signing_key or ())
