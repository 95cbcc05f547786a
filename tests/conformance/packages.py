"""Files out of packages of npm and Debian, fetched once with the ordinary clients and kept in ``.conformance``."""

import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".conformance"


class Unavailable(Exception):
    """The client is missing, or could not fetch the package."""


def member(package: str, version: str, path: str) -> Path:
    """Return one file of ``package``; ``path`` is inside it. Raise :class:`Unavailable` when it cannot be had."""
    kept = _home(package, version) / path
    if not kept.exists():
        _fetch(package, version, path, kept)
    return kept


def folder(package: str, version: str) -> Path:
    """Return the folder of the whole ``package``. Raise :class:`Unavailable` when it cannot be had."""
    kept = _home(package, version) / "package"
    if not kept.exists():
        _fetch(package, version, "", kept)
    return kept


def program(name: str, package: str) -> Path:
    """Return a program: as it is installed here, else out of Debian's ``package``. Raise :class:`Unavailable`."""
    if found := shutil.which(name):
        return Path(found)
    kept = CACHE / f"debian-{package}" / name
    if not kept.exists():
        with _unpacked(package, f"install {name}, of Debian's {package}") as place:
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(place / "usr/bin" / name, kept)
    return kept


def program_with_files(name: str, package: str) -> Path:
    """
    Return a program, as :func:`program` does, that opens files of its package by their place below ``/usr/share``.

    Where it is not installed it is made to look for them below the folder that it runs in, the third above it.
    """
    if found := shutil.which(name):
        return Path(found)
    home = CACHE / f"debian-{package}"
    kept = home / "usr/bin" / name
    if not kept.exists():
        with _unpacked(package, f"install {name}, of Debian's {package}") as place:
            whole = (place / "usr/bin" / name).read_bytes()
            (place / "usr/bin" / name).write_bytes(whole.replace(b"/usr/share/", b"usr//share/"))
            shutil.move(place, home)
    return kept


@contextmanager
def _unpacked(package: str, otherwise: str) -> Iterator[Path]:
    """Yield the folder with what Debian's package installs; it can be moved away."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as place:
        _run(["apt-get", "download", package], Path(place), otherwise)
        [archive] = Path(place).glob("*.deb")
        _run(["dpkg-deb", "-x", archive.name, "unpacked"], Path(place), otherwise)
        yield Path(place) / "unpacked"


def _run(command: list[str], place: Path, otherwise: str) -> None:
    if shutil.which(command[0]) is None:
        raise Unavailable(f"{command[0]} is needed once: {otherwise}, then try again")
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}; {otherwise}, then try again")


def _home(package: str, version: str) -> Path:
    return CACHE / f"{package.strip('@').replace('/', '-')}-{version}"


def _fetch(package: str, version: str, path: str, kept: Path) -> None:
    """Move ``path`` out of the archive to ``kept`` in one step, so that half a file is never kept."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as place:
        with tarfile.open(_pack(f"{package}@{version}", Path(place))) as opened:
            opened.extractall(place, filter="data")
        shutil.move(Path(place) / "package" / path, kept)


def _pack(package: str, place: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable(f"npm is needed once, to fetch {package}: install Node.js, then try again")
    done = subprocess.run([npm, "pack", package, "--json"], cwd=place, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"npm pack {package} failed: {done.stderr.strip()[-300:]}")
    return place / str(json.loads(done.stdout)[0]["filename"])
