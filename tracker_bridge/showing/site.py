"""
The status page as it was built last: in memory, and in a folder, so that a restart has it too.

The folder has each build in a folder beside the others; ``current`` leads to the newest one that is whole.
"""

import hashlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

_log = logging.getLogger(__name__)

CURRENT: Final = "current"
_STAMP: Final = ".built"
_KEPT: Final = timedelta(minutes=10)
"""For how long builds stay that others replaced: somebody may still write or read one."""

TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".json": "application/json; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file of the page, its type, and a mark that is another one when its bytes are."""

    content: bytes
    kind: str
    mark: str


@dataclass(frozen=True, slots=True)
class Build:
    """The files by their paths, and when they were true."""

    files: Mapping[str, PageFile]
    at: datetime


class Site:
    """Safe to use from several threads. ``folder`` is made when something is written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._build = _read(folder / CURRENT)

    @property
    def build(self) -> Build | None:
        """The last good one; ``None`` before there is one."""
        with self._lock:
            return self._build

    def put(self, files: Mapping[str, str], at: datetime) -> None:
        """Show these from now on. A folder that cannot be written is logged: the page is there until the end."""
        built = Build({name: _file(name, text.encode()) for name, text in files.items()}, at)
        with self._lock:
            self._build = built
        try:
            _write(self._folder, built)
        except OSError as error:
            _log.warning("the status page cannot be kept in %s: %s", self._folder, error.strerror)


def _file(name: str, content: bytes) -> PageFile:
    kind = TYPES.get(Path(name).suffix, "application/octet-stream")
    return PageFile(content, kind, hashlib.sha256(content).hexdigest()[:32])


def _read(folder: Path) -> Build | None:
    try:
        at = datetime.fromisoformat((folder / _STAMP).read_text("utf-8"))
        paths = [path for path in folder.rglob("*") if path.is_file() and path.name != _STAMP]
        files = {
            name: _file(name, path.read_bytes()) for path in paths if (name := path.relative_to(folder).as_posix())
        }
    except (OSError, ValueError):
        return None
    return Build(files, at)


def _write(folder: Path, build: Build) -> None:
    """Write all of it aside, and let :data:`CURRENT` lead there at once."""
    folder.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix="build-", dir=folder))
    new.chmod(0o755)
    for name, file in build.files.items():
        path = new / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    (new / _STAMP).write_text(build.at.isoformat(), "utf-8")
    link = new.with_name(f"{new.name}.link")
    link.symlink_to(new.name)
    before = (folder / CURRENT).readlink() if (folder / CURRENT).is_symlink() else None
    link.replace(folder / CURRENT)
    _tidy(folder, {new.name, *([before.name] if before else [])})


def _tidy(folder: Path, kept: set[str]) -> None:
    oldest = (datetime.now(UTC) - _KEPT).timestamp()
    for path in folder.glob("build-*"):
        if path.name not in kept and os.lstat(path).st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True)
