"""The Kubernetes files: built by kubectl, and judged by the published schemas of its API, offline."""

import subprocess
import sys
from pathlib import Path

import yaml

from tests.conformance.report import Report

SHAPES = Path(__file__).parents[2] / "deploy/kubernetes"


def check(report: Report) -> None:
    for shape in ("one", "several"):
        built = _run("kubectl", "kustomize", str(SHAPES / shape))
        if built.returncode:
            report.bad(f"{shape}: {built.stderr}")
            continue
        judged = _run("kubernetes-validate", "--strict", "-", given=built.stdout)
        if judged.returncode:
            report.bad(f"{shape}: {judged.stdout}{judged.stderr}")
        else:
            report.good()
        for resource in yaml.safe_load_all(built.stdout):
            _is_locked_down(report, f"{shape}: {resource['kind']} {resource['metadata']['name']}", resource)
    bad = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {replica: 1}\n"
    if _run("kubernetes-validate", "--strict", "-", given=bad).returncode == 0:
        report.bad("a field that there is not was let pass")


def _is_locked_down(report: Report, name: str, resource: dict[str, object]) -> None:
    """Whatever runs, runs as nobody in particular, and writes nowhere but into its volumes."""
    template = resource.get("spec", {})
    pod = template.get("template", {}).get("spec") if isinstance(template, dict) else None
    if pod is None:
        return
    for container in pod["containers"]:
        context = container["securityContext"]
        locked = context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"]
        if locked and context["capabilities"] == {"drop": ["ALL"]} and pod["securityContext"]["runAsNonRoot"]:
            report.good()
        else:
            report.bad(f"{name} may do more than it needs")


def _run(program: str, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    path = Path(sys.executable).with_name(program)
    return subprocess.run([path, *arguments], input=given, capture_output=True, text=True, check=False)
