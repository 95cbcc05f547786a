"""What is installed where: the lock file has everything that the package and its tests ask for."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
WANTED = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PINNED = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE))


@pytest.mark.parametrize("wanted", WANTED)
def test_it_is_pinned_to_a_version_that_will_do(wanted: str) -> None:
    requirement = Requirement(wanted)
    name = re.sub(r"[-_.]+", "-", requirement.name).lower()
    assert requirement.specifier.contains(PINNED[name]), f"{wanted}: run make lock"


def test_every_version_is_pinned_by_hash_and_no_address_is_in_it() -> None:
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", LOCK)) > len(PINNED)
    assert len(re.findall(r"^[a-z0-9-]+==.* \\$", LOCK, re.MULTILINE)) == len(PINNED)
    assert "://" not in LOCK
