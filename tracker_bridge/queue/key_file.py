"""
The key of the receipts, kept beside the queue: where an operator gives none, one is made at the first start.

It has a file of its own. The queue may be deleted at any time, is moved aside when it is damaged, and is locked by
the process that uses it, while commands on the same machine need the key as well.
"""

import logging
import os
import secrets
import tempfile
from pathlib import Path

from tracker_bridge.queue import QueueError

LEAST = 24
"""Bytes of a key."""

_log = logging.getLogger(__name__)


def key_file(file: Path | str) -> Path:
    """Return where the key of a queue is kept."""
    file = Path(file)
    return file.with_name(f"{file.name}.key")


def found_key(file: Path | str) -> bytes | None:
    """Return the key that is kept, ``None`` for none. Raises :class:`QueueError` when it cannot be read."""
    key = _read(key_file(file))
    return key if key is not None and len(key) >= LEAST else None


def kept_key(file: Path | str) -> bytes:
    """
    Return the key that is kept; it is made first if there is none.

    Of several processes that make it at once, all get the same. Raises :class:`QueueError` when none can be kept.
    """
    path = key_file(file)
    key = _read(path)
    if key is not None and len(key) >= LEAST:
        return key
    try:
        if key is not None:
            aside = path.with_name(f"{path.name}.damaged")
            path.replace(aside)
            _log.error(
                "The signing key in %s is damaged. It was renamed to %s, and a new one was created: all commands "
                "are judged again.",
                path,
                aside,
            )
        _make(path)
    except OSError as error:
        raise QueueError(
            f"The signing key cannot be stored in {path} ({error.strerror}): its folder must be writable, or "
            "set the setting key."
        ) from None
    if (made := found_key(file)) is None:
        raise QueueError(f"The signing key in {path} disappeared again, or is damaged.")
    return made


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes().strip()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise QueueError(f"The signing key in {path} cannot be read ({error.strerror}).") from None


def _make(path: Path) -> None:
    """Write it whole, and only then under its name, unless another process was first."""
    descriptor, own = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(f"{secrets.token_hex(32)}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        _name(own, path)
    except FileExistsError:
        return
    finally:
        Path(own).unlink(missing_ok=True)
    _log.info("a new signing key was created in %s", path)


def _name(own: str, path: Path) -> None:
    """Give the file its name. Raises :class:`FileExistsError` where that is taken."""
    try:
        os.link(own, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        Path(own).rename(path)
