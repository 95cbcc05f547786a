"""The alert rules, held by Prometheus' own promtool against a bad night that a real bridge went through."""

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.conformance.packages import Unavailable, program
from tests.conformance.report import Report
from tests.observability.conftest import a_house
from tests.observability.night import BEFORE, FIRING, Series, recorded

RULES = Path(__file__).parents[2] / "deploy/alert-rules.yaml"


def check(report: Report) -> None:
    try:
        promtool = program("promtool", "prometheus")
    except Unavailable as error:
        report.bad(str(error))
        return
    done = _run(promtool, "check", "rules", str(RULES))
    if done.returncode:
        report.bad(done.stdout + done.stderr)
        return
    linted = subprocess.run([promtool, "check", "metrics"], input=_page(), capture_output=True, check=False)
    if linted.returncode:
        report.bad((linted.stdout + linted.stderr).decode())
    else:
        report.good()
    text = RULES.read_text("utf-8")
    rules = {one["alert"]: one for group in yaml.safe_load(text)["groups"] for one in group["rules"]}
    for name in sorted(rules.keys() ^ FIRING.keys()):
        report.bad(f"{name}: the night or the rules lack it")
    night = recorded()
    expected = [one for name in FIRING for one in _expected(rules[name])]
    asked = set(re.findall(r"\btracker_bridge_\w+|\bup\b", text))
    told = {name: row for name, row in night.items() if name.partition("{")[0] in asked}
    if found := _judged(promtool, told, expected):
        report.bad(found)
    else:
        report.good(len(expected))
    if not _judged(promtool, {'up{job="tracker-bridge"}': [0.0] * 600}, expected):
        report.bad("a night in which nothing works was not noticed")
    report.say(f"  {len(rules)} alerts, {len(night)} series")


def _page() -> bytes:
    """Return what a bridge that has looked at something tells."""
    with tempfile.TemporaryDirectory() as folder, a_house(Path(folder)) as house:
        house.sandbox.world.open_ticket(house.projects["github"], house.alice, "Mail is down", "/incident declare")
        house.runtime.sweep.once()
        house.look()
        return house.get("/metrics").text.encode()


def _expected(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what promtool is to find: nothing before, then the alert, with its labels and texts."""
    firing = FIRING[rule["alert"]]
    at = firing[0][0]
    yield {"eval_time": f"{at - BEFORE}m", "alertname": rule["alert"], "exp_alerts": []}
    alerts = []
    for _, given in firing:
        own = {"job": "tracker-bridge"} if rule["alert"] == "TrackerBridgeDown" else given
        labels = {name: value for name, value in own.items() if value}
        texts = {name: _filled(text, labels) for name, text in rule["annotations"].items()}
        alerts.append({"exp_labels": labels | rule["labels"], "exp_annotations": texts})
    yield {"eval_time": f"{at}m", "alertname": rule["alert"], "exp_alerts": alerts}


def _filled(text: str, labels: dict[str, str]) -> str:
    return re.sub(r"\{\{ \$labels\.(\w+) \}\}", lambda found: labels.get(found[1], ""), text)


def _judged(promtool: Path, night: Series, expected: list[dict[str, Any]]) -> str:
    """Return what promtool has against it; empty if nothing."""
    series = [{"series": name, "values": " ".join(_values(row))} for name, row in night.items()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.yaml"
        test = {"interval": "1m", "name": "a bad night", "input_series": series, "alert_rule_test": expected}
        path.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [test]}))
        done = _run(promtool, "test", "rules", str(path))
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-3000:]


def _values(row: list[float | None]) -> Iterator[str]:
    """A series that ends is stale at once, as it is for Prometheus."""
    before: float | None = None
    for value in row:
        yield "_" if value is None and before is None else "stale" if value is None else f"{value:.3f}"
        before = value


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
