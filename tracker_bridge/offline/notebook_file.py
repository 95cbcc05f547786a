"""
The notebook on the disk: read as it is, and added to so that what was taken is there after a power cut.

It is opened for each line, since an editor may have put another file in its place.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tracker_bridge.offline.notebook import CUT, is_unfinished, written


class NotebookFile:
    """Several programs may add to it at once; each line is added as a whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def text(self) -> str:
        """Return what stands there; bytes that are no UTF-8 are shown as such. Raises ``OSError``."""
        return self.path.read_bytes().decode("utf-8-sig", "replace")

    def begin(self, text: str) -> bool:
        """Write a new notebook, unless there is one with anything in it; return whether it was written."""
        with self._locked() as file:
            if os.fstat(file).st_size:
                return False
            _write(file, text.encode(errors="replace"))
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return True

    def add(self, at: datetime, who: str, text: str) -> bool:
        """
        Add an entry, and return once it is on the disk; ``False`` where the last line says the same already.

        A last line that was left half-written is marked as such, so that no half of a command is carried out.
        Raises ``OSError`` where there is no room: then nothing of it stands there.
        """
        line = written(at, who, text).encode(errors="replace")
        with self._locked() as file:
            there = self.path.read_bytes()
            if there.endswith(line):
                return False
            end = f" {CUT}\n" if is_unfinished(there.decode("utf-8", "replace")) else "\n"
            end = "" if not there or there.endswith(b"\n") else end
            _write(file, end.encode() + line)
        return True

    @contextmanager
    def _locked(self) -> Iterator[int]:
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


def _write(file: int, text: bytes) -> None:
    """Write all of it, or none: half a line is cut off again."""
    size = os.fstat(file).st_size
    left = text
    try:
        while left:
            left = left[os.write(file, left) :]
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise
