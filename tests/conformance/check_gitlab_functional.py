"""
python-gitlab's own functional tests, against the sandbox's GitLab face.

They are in its source distribution only. Run are those of issues, comments, labels, links, events, paging and
lazy objects. Left out are the tests of what the sandbox does not have: weights, milestones, threads, groups,
boards, repositories, merge requests, packages, pipelines, snippets, wikis, and the making of members,
hooks and accounts; and those of GraphQL, which need the ``gql`` client.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.conformance.packages import CACHE, Unavailable
from tests.conformance.report import Report

VERSION = "8.6.0"
SELECTED = {
    "test_issues.py": (
        "test_create_issue",
        "test_issue_notes",
        "test_issue_labels",
        "test_issue_links",
        "test_issue_label_events",
    ),
    "test_projects.py": (
        "test_projects_head",
        "test_project_head",
        "test_project_labels",
    ),
    "test_lazy_objects.py": ("test_lazy_id", "test_refresh_after_lazy_get_with_path"),
    "test_gitlab.py": ("test_pagination",),
}
LONGEST_RUN = 300
"""Seconds."""


def check(report: Report) -> None:
    try:
        folder = _fetched()
    except Unavailable as error:
        report.bad(f"python-gitlab {VERSION}: {error}")
        return
    wanted = [f"{name}::{test}" for name, tests in SELECTED.items() for test in tests]
    with tempfile.TemporaryDirectory() as scratch:
        results = Path(scratch) / "results.xml"
        said = _run(folder, wanted, results)
        cases = list(ET.parse(results).iter("testcase")) if results.exists() else []
    for case in cases:
        wrong = [found for found in case if found.tag in {"failure", "error", "skipped"}]
        if wrong:
            report.bad(f"{case.get('classname')}::{case.get('name')}: {wrong[0].get('message')}")
        else:
            report.good()
    if len(cases) != len(wanted):
        report.bad(f"{len(cases)} of {len(wanted)} tests ran:\n{said[-2000:]}")
    report.say(f"  {len(cases)} functional tests of python-gitlab {VERSION}")


def _run(folder: Path, wanted: list[str], results: Path) -> str:
    """Run them in a process of their own, without this project's pytest settings."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(folder)]
    command += ["-p", "no:cacheprovider", "-p", "tests.conformance.gitlab_fixtures", f"--junitxml={results}"]
    try:
        done = subprocess.run(
            [*command, *wanted],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            timeout=LONGEST_RUN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"not done after {LONGEST_RUN} s"
    return done.stdout + done.stderr


def _fetched() -> Path:
    """Return the folder with the selected test files, without the packages around them."""
    folder = CACHE / f"python-gitlab-{VERSION}"
    if all((folder / name).exists() for name in SELECTED):
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, tarfile.open(_archive(Path(scratch))) as archive:
        for name in SELECTED:
            member = archive.extractfile(f"python_gitlab-{VERSION}/tests/functional/api/{name}")
            if member is None:
                raise Unavailable(f"{name} is not in the source distribution")
            (folder / name).write_bytes(member.read())
    return folder


def _archive(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--no-binary", ":all:", "--dest", str(folder), f"python-gitlab=={VERSION}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"pip download failed: {done.stderr.strip()[-300:]}")
    return next(folder.glob("*.tar.gz"))
