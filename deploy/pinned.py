"""
Packs deploy/ for a release, with the digest of the image that was just built: ``make release``.

    pinned.py IMAGE.tar DEPLOY.tar.gz

The digest is that of the archive's manifest, which stays the same wherever the archive is pushed to as it is.
"""

import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from pin import DIGEST, HERE, pin_own

IMAGE = "registry.example.org/tracker-bridge"


def digest_of(archive: Path) -> str:
    """Return the digest of the only image in an archive of the OCI. Exit where there is not one."""
    with tarfile.open(archive) as files:
        index = files.extractfile("index.json")
        listed = json.load(index)["manifests"] if index else []
    if len(listed) != 1 or not DIGEST.fullmatch(listed[0]["digest"]):
        raise SystemExit(f"{archive} does not hold one image")
    return str(listed[0]["digest"])


def pack(archive: Path, target: Path) -> str:
    """Write deploy/ with that image pinned; return its digest."""
    digest = digest_of(archive)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "deploy"
        shutil.copytree(HERE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        pin_own(copy, IMAGE, digest)
        with tarfile.open(target, "w:gz") as packed:
            packed.add(copy, "deploy")
    return digest


if __name__ == "__main__":
    print(pack(Path(sys.argv[1]), Path(sys.argv[2])))
