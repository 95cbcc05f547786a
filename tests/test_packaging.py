"""What is installed where: the lock file has everything that the package and its tests ask for."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

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
