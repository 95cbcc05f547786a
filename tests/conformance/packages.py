"""Files out of npm packages, fetched once with the ordinary client and kept in ``.conformance``."""

import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

CACHE = Path(__file__).parents[2] / ".conformance"


class Unavailable(Exception):
    """npm is missing, or could not fetch the package."""


def member(package: str, version: str, path: str) -> Path:
    """Return one file of ``package``; ``path`` is inside it. Raise :class:`Unavailable` when it can not be had."""
    kept = CACHE / f"{package.strip('@').replace('/', '-')}-{version}" / path
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            archive = _pack(f"{package}@{version}", Path(folder))
            with tarfile.open(archive) as opened:
                opened.extract(f"package/{path}", folder, filter="data")
            shutil.move(Path(folder) / "package" / path, kept)
    return kept


def _pack(package: str, folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable(f"npm is needed once, to fetch {package}: install Node.js, then try again")
    done = subprocess.run(
        [npm, "pack", package, "--json"], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Unavailable(f"npm pack {package} failed: {done.stderr.strip()[-300:]}")
    return folder / str(json.loads(done.stdout)[0]["filename"])
