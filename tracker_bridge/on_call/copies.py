"""
Listings as text, and the last good copy of each source in a file: a bridge that is restarted while a calendar
cannot be read knows what it said before.
"""

import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tracker_bridge.on_call.shifts import Listing, Shift

_log = logging.getLogger(__name__)


def told(listing: Listing) -> dict[str, Any]:
    """Return a listing as JSON has it."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(listing), default=datetime.isoformat))
    return found


def listing_of(given: Mapping[str, Any]) -> Listing:
    """Return what :func:`told` told. Raises ``ValueError``, ``KeyError`` or ``TypeError`` for anything else."""
    since, until = (datetime.fromisoformat(one) for one in given["span"])
    return Listing(tuple(map(_shift, given["shifts"])), (since, until), tuple(given["complaints"]))


def _shift(given: Mapping[str, Any]) -> Shift:
    times = {name: datetime.fromisoformat(given[name]) for name in ("start", "end")}
    return Shift(**{**given, **times, "names": tuple(given["names"])})


@dataclass(frozen=True, slots=True)
class Copy:
    """What a source said, and when it was read."""

    listing: Listing
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Copies:
    """Copies in a ``folder``, a file for each source, for its owner only. What cannot be kept is not."""

    folder: Path

    def load(self, source: str) -> Copy | None:
        """Return the last good copy, ``None`` without one that can be read."""
        try:
            given = json.loads(self._path(source).read_text("utf-8"))
            return Copy(listing_of(given["listing"]), datetime.fromisoformat(given["read_at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, source: str, copy: Copy) -> None:
        """Replace a copy as a whole."""
        path = self._path(source)
        aside = path.with_suffix(f".{os.getpid()}")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with suppress(FileNotFoundError):
                aside.unlink()
            with os.fdopen(
                os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as file:
                json.dump({"read_at": copy.read_at.isoformat(), "listing": told(copy.listing)}, file)
            aside.replace(path)
        except OSError as error:
            _log.info("on call: the copy of the source %s cannot be kept: %s", source, error.strerror)

    def _path(self, source: str) -> Path:
        return self.folder / f"{source}.json"
