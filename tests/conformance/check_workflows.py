"""Our workflow files, judged by zizmor (what can be abused in them) and by the published schemas."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.conformance.report import Report

ROOT = Path(__file__).parents[2]
PINNED = "0123456789abcdef0123456789abcdef01234567"
"""Stands for the commit that users put in."""


def check(report: Report) -> None:
    workflows = [*(ROOT / ".github/workflows").glob("*.yml"), *(ROOT / "deploy/github-workflows").glob("*.yml")]
    action = ROOT / "deploy/github-action/action.yml"
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / ".github" / "workflows"
        place.mkdir(parents=True)
        for path in workflows:
            text = path.read_text("utf-8").replace("OWNER/", "acme/").replace("@COMMIT", f"@{PINNED}")
            (place / path.name).write_text(text)
        shutil.copy(action, Path(folder) / "action.yml")
        copies = sorted(map(str, place.iterdir()))
        _judged(report, ["zizmor", "--offline", "--no-progress", *copies, f"{folder}/action.yml"])
        schema = ["check-jsonschema", "--builtin-schema"]
        _judged(report, [*schema, "vendor.github-workflows", *copies])
        _judged(report, [*schema, "vendor.github-actions", f"{folder}/action.yml"])
        dependabot = ROOT / ".github/dependabot.yml"
        shutil.copy(dependabot, Path(folder) / ".github" / "dependabot.yml")
        _judged(report, ["zizmor", "--offline", "--no-progress", f"{folder}/.github/dependabot.yml"])
        _judged(report, [*schema, "vendor.dependabot", str(dependabot)])
        bad = place / "bad.yml"
        steps = "[{run: 'echo ${{ github.event.issue.title }}'}]"
        bad.write_text(f"on: issues\njobs: {{a: {{runs-on: x, steps: {steps}}}}}\n")
        if _run(["zizmor", "--offline", "--no-progress", str(bad)]).returncode == 0:
            report.bad("zizmor finds nothing in a workflow that runs an issue's title")
    report.say(f"  {len(copies)} workflows, 1 action, 1 file of Dependabot")


def _judged(report: Report, command: list[str]) -> None:
    done = _run(command)
    if done.returncode:
        report.bad(f"{Path(command[0]).name}\n{done.stdout}{done.stderr}")
    else:
        report.good()


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name(command[0])
    return subprocess.run([program, *command[1:]], capture_output=True, text=True, check=False)
