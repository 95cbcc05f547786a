"""What is installed where: the lock file has everything that the package and its tests ask for."""

import importlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from packaging.requirements import Requirement

from tracker_bridge.cli import main
from tracker_bridge.cli.demo import EXTRA

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
DEMO = f"{PROJECT['name']}[demo]"
OURS = {f"{PROJECT['name']}[{extra}]" for extra in EXTRAS}
WANTED = {
    *PROJECT["dependencies"],
    *(one for extra in ("demo", "postgres", "test") for one in EXTRAS[extra] if one not in OURS),
}
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
VERSIONS = re.findall(r"^([a-z0-9-]+)==(\S+)", LOCK, re.MULTILINE)
"""A package may have one for each Python."""

PINNED = dict(VERSIONS)


@pytest.mark.parametrize("wanted", sorted(WANTED))
def test_it_is_pinned_to_a_version_that_will_do(wanted: str) -> None:
    requirement = Requirement(wanted)
    name = re.sub(r"[-_.]+", "-", requirement.name).lower()
    assert requirement.specifier.contains(PINNED[name]), f"{wanted}: run make lock"


def test_every_version_is_pinned_by_hash_and_no_address_is_in_it() -> None:
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", LOCK)) > len(PINNED)
    assert len(re.findall(r"^[a-z0-9-]+==.* \\$", LOCK, re.MULTILINE)) == len(VERSIONS)
    assert "://" not in LOCK


def test_only_the_sandbox_needs_the_extra_of_the_demo() -> None:
    assert sorted(Requirement(one).name for one in EXTRAS["demo"]) == sorted(EXTRA)
    assert DEMO in EXTRAS["test"]
    users = {
        path.relative_to(ROOT / "tracker_bridge").parts[0]
        for path in (ROOT / "tracker_bridge").rglob("*.py")
        if re.search(rf"^\s*(?:import|from) (?:{'|'.join(EXTRA)})\b", path.read_text("utf-8"), re.MULTILINE)
    }
    assert users == {"sandbox"}


def test_the_demo_without_its_extra_says_how_to_get_it() -> None:
    blocked = f"import sys; sys.modules.update(dict.fromkeys({EXTRA}))"
    program = f"{blocked}; from tracker_bridge.cli import main; main(['demo', '--no-serve'])"
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install 'tracker-bridge[demo]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_another_package_that_is_missing_is_no_question_of_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in sys.modules if one.startswith("tracker_bridge.demo")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("tracker_bridge.demo", raising=False)
    monkeypatch.setitem(sys.modules, "tracker_bridge.demo.environment", None)
    with pytest.raises(ModuleNotFoundError):
        main(["demo", "--no-serve"], standalone_mode=False)


GITHUB = sorted((ROOT / ".github/workflows").glob("*.yml"))
GITLAB = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text("utf-8"))
PYTHONS = [one.rsplit(" ", 1)[1] for one in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", one)]


@pytest.mark.parametrize("path", GITHUB, ids=lambda path: path.name)
def test_every_action_is_pinned_and_may_do_no_more_than_it_says(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text("utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]) for step in steps if "uses" in step)
    assert workflow["permissions"] in ({}, {"contents": "read"})
    assert not any("${{" in step.get("run", "") for step in steps)


def test_both_forges_run_what_ci_runs_on_every_python_that_is_promised() -> None:
    github = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))["jobs"]["test"]
    [gitlab] = GITLAB["test"]["parallel"]["matrix"]
    assert github["strategy"]["matrix"]["python"] == gitlab["PYTHON"] == PYTHONS
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    assert github["steps"][-1]["run"] == GITLAB["test"]["script"][-1] == ".ci/run"


def test_both_forges_release_the_same_files() -> None:
    github = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    assert 'make release TAG="$GITHUB_REF_NAME"' in github
    assert 'make release TAG="$CI_COMMIT_TAG"' in GITLAB["release"]["script"]


def test_only_the_job_that_publishes_proves_itself_to_the_package_index() -> None:
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))["jobs"]
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert (jobs["publish"]["environment"], jobs["publish"]["needs"]) == ("pypi", "release")
    assert not any("run" in step for step in jobs["publish"]["steps"])
    assert "secrets." not in (ROOT / ".github/workflows/release.yml").read_text("utf-8")


# The images of deploy/

DEPLOY = ROOT / "deploy"
DIGESTS = {"python:3.13-slim": "sha256:" + "a" * 64, "postgres:18": "sha256:" + "b" * 64}


@pytest.fixture
def pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script, and a copy of deploy/ at tmp_path."""
    shutil.copytree(DEPLOY, tmp_path, dirs_exist_ok=True)
    monkeypatch.syspath_prepend(str(DEPLOY))
    yield importlib.import_module("pin")
    for name in ("pin", "pinned"):
        sys.modules.pop(name, None)


def images(folder: Path) -> list[str]:
    found: list[str] = []
    for path in [folder / "Dockerfile", *folder.glob("compose*.yaml")]:
        found += re.findall(r"^(?:FROM| +image:) (\S+)", path.read_text("utf-8"), re.MULTILINE)
    return [one for one in found if not one.startswith("tracker-bridge")]


def test_every_image_of_others_is_pinned_by_digest() -> None:
    assert len(images(DEPLOY)) == 3
    assert all(re.fullmatch(r"[\w.:-]+@sha256:[0-9a-f]{64}", one) for one in images(DEPLOY))


def test_pins_are_renewed_and_only_if_all_digests_are_known(tmp_path: Path, pin: ModuleType) -> None:
    before = images(tmp_path)
    with pytest.raises(SystemExit):
        pin.pin_bases(tmp_path, lambda tag: sys.exit("unknown") if "python" in tag else DIGESTS[tag])
    assert images(tmp_path) == before
    for _ in range(2):
        pin.pin_bases(tmp_path, DIGESTS.__getitem__)
        assert images(tmp_path) == [f"{one.partition('@')[0]}@{DIGESTS[one.partition('@')[0]]}" for one in before]


def test_without_docker_it_says_what_cannot_be_learned(pin: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(SystemExit, match="the digest cannot be learned"):
        pin.ask("python:3.13-slim")


def test_the_image_of_one_s_own_is_pinned_for_kubernetes(tmp_path: Path, pin: ModuleType) -> None:
    for _ in range(2):
        pin.pin_own(tmp_path, "registry.example.net:5000/ops/tracker-bridge:1.0.0", DIGESTS["python:3.13-slim"])
        for shape in ("one", "several"):
            [image] = yaml.safe_load((tmp_path / f"kubernetes/{shape}/kustomization.yaml").read_text())["images"]
            assert image == {
                "name": "tracker-bridge",
                "newName": "registry.example.net:5000/ops/tracker-bridge",
                "digest": DIGESTS["python:3.13-slim"],
            }


def test_a_release_has_deploy_with_the_digest_of_its_image(tmp_path: Path, pin: ModuleType) -> None:
    pinned = importlib.import_module("pinned")
    archive, packed = tmp_path / "image.tar", tmp_path / "deploy.tar.gz"
    (tmp_path / "index.json").write_text(json.dumps({"manifests": [{"digest": DIGESTS["postgres:18"]}]}))
    with tarfile.open(archive, "w") as files:
        files.add(tmp_path / "index.json", "index.json")
    assert pinned.pack(archive, packed) == DIGESTS["postgres:18"]
    with tarfile.open(packed) as files:
        told = files.extractfile("deploy/kubernetes/one/kustomization.yaml")
        assert told is not None
        assert f"digest: {DIGESTS['postgres:18']}".encode() in told.read()
