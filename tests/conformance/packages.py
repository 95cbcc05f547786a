"""Files out of packages of npm and Debian, fetched once with the ordinary clients and kept in ``.conformance``."""

import json
import shutil
import subprocess
import tarfile
import tempfile
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
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as place:
            _run(["apt-get", "download", package], Path(place), f"install {name}, of Debian's {package}")
            [archive] = Path(place).glob("*.deb")
            _run(["dpkg-deb", "-x", archive.name, "."], Path(place), f"install {name}, of Debian's {package}")
            shutil.move(Path(place) / "usr/bin" / name, kept)
    return kept


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
