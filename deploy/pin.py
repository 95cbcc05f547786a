"""
Pins the images of deploy/ by digest, or renews the pins: ``make pin``. Needs docker with buildx, and the network.

Without arguments: the base images of the Dockerfile and of the Compose files, each at what its tag means now. With
the name of an image that you have pushed: the Kubernetes files use that one, by its digest.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
BASES = ("Dockerfile", "compose.postgres.yaml")
KUSTOMIZATIONS = ("kubernetes/one/kustomization.yaml", "kubernetes/several/kustomization.yaml")

BASE = re.compile(
    r"^(?P<begin>FROM |    image: )(?P<tag>(?:python|postgres):[\w.-]+)(?:@sha256:[0-9a-f]{64})?", re.MULTILINE
)
OWN = re.compile(r"^    newName: .*\n    (?:newTag|digest): .*$", re.MULTILINE)
DIGEST = re.compile("sha256:[0-9a-f]{64}")

Ask = Callable[[str], str]


def ask(image: str) -> str:
    """Return the digest of an image, of all its platforms together. Exit where that cannot be learned."""
    command = ["docker", "buildx", "imagetools", "inspect", "--format", "{{.Manifest.Digest}}", image]
    try:
        told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        raise SystemExit(
            f"{image}: the digest cannot be learned: {getattr(error, 'stderr', '') or error}"
        ) from None
    if not DIGEST.fullmatch(told.stdout.strip()):
        raise SystemExit(f"{image}: docker answered without a digest")
    return told.stdout.strip()


def pin_bases(folder: Path, ask: Ask) -> None:
    """Pin what our images are made of; nothing is written unless every digest is known."""
    texts = {folder / name: (folder / name).read_text("utf-8") for name in BASES}
    tags = {found["tag"] for text in texts.values() for found in BASE.finditer(text)}
    digests = {tag: ask(tag) for tag in sorted(tags)}
    for path, text in texts.items():
        path.write_text(BASE.sub(lambda one: f"{one['begin']}{one['tag']}@{digests[one['tag']]}", text), "utf-8")


def pin_own(folder: Path, image: str, digest: str) -> None:
    """Let the Kubernetes files use ``image``, which has that digest."""
    name = re.sub(r"(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$", "", image)
    for one in KUSTOMIZATIONS:
        path = folder / one
        path.write_text(OWN.sub(f"    newName: {name}\n    digest: {digest}", path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    if images := sys.argv[1:]:
        pin_own(HERE, images[0], ask(images[0]))
    else:
        pin_bases(HERE, ask)
