"""Where the key of the receipts comes from: the settings, else the queue."""

from dataclasses import dataclass
from pathlib import Path

from tracker_bridge.queue import Queue, QueueError
from tracker_bridge.queue.key_file import found_key, key_file
from tracker_bridge.settings import BadSettings, Problem, Settings
from tracker_bridge.settings.problems import named


@dataclass(frozen=True, slots=True)
class Keys:
    """
    What signs receipts: ``given`` are the settings' own, and ``kept`` is the queue's, in the file ``path``.

    ``trouble`` is why that one cannot be read. The first of all signs, and each is believed: the queue's as well
    once another is given, so that nothing is lost by that.
    """

    given: tuple[bytes, ...]
    kept: bytes | None
    path: Path
    trouble: str = ""

    @property
    def all(self) -> tuple[bytes, ...]:
        return tuple(dict.fromkeys((*self.given, *([self.kept] if self.kept else []))))


def keys_found(settings: Settings) -> Keys:
    """Return the keys that are there. Makes none, and touches no queue."""
    path = key_file(settings.queue)
    try:
        return Keys(_given(settings), found_key(settings.queue), path)
    except QueueError as error:
        return Keys(_given(settings), None, path, str(error))


def keys_kept(settings: Settings, queue: Queue) -> Keys:
    """Return the keys for a process with a queue: the queue's is made where none is given. Raises QueueError."""
    found = keys_found(settings)
    return found if found.given else Keys((), queue.key(), found.path)


def demand_key(settings: Settings) -> None:
    """Raise :class:`BadSettings`, with what to do, where there is no key to sign receipts with."""
    found = keys_found(settings)
    if found.all:
        return
    why = found.trouble or f"is not set, and no queue on this machine has one ({found.path} is not there)"
    raise BadSettings(
        [
            Problem(
                named(["signing_key"]),
                f"{why}. Nothing is written without the key that the serving process signs with: run this as its "
                "user, with the same setting queue, or set signing_key to what its file queue.sqlite3.key holds. "
                "Where nothing is serving, as in a CI job, create one and store it as a secret: openssl rand "
                "-hex 32",
            )
        ]
    )


def _given(settings: Settings) -> tuple[bytes, ...]:
    return tuple(key.get_secret_value().encode() for key in settings.signing_key or ())
