"""The alert rules and the dashboard: every number that they ask for exists, every alert says what to do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.observability.conftest import House
from tracker_bridge.events import Tripped

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/alert-rules.yaml"
DASHBOARD = ROOT / "deploy/grafana-dashboard.json"
OPERATIONS = (ROOT / "docs/operations.md").read_text("utf-8")
NAME = re.compile(r"\btracker_bridge_\w+")


def alerts() -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load(RULES.read_text("utf-8"))["groups"] for rule in group["rules"]]


@pytest.fixture
def known(house: House) -> set[str]:
    """The names of all series."""
    house.runtime.observe(Tripped("github", "status", "again"))
    families = (line.split()[2:4] for line in house.get("/metrics").text.splitlines() if line.startswith("# TYPE"))
    ends = {"histogram": ("_bucket", "_count", "_sum")}
    return {name + end for name, kind in families for end in ends.get(kind, ("",))}


@pytest.mark.parametrize("path", [RULES, DASHBOARD], ids=lambda path: path.name)
def test_every_number_that_is_asked_for_exists(path: Path, known: set[str]) -> None:
    asked = set(NAME.findall(path.read_text("utf-8")))
    assert asked
    assert asked - known == set()


def test_every_number_is_on_the_dashboard(known: set[str]) -> None:
    shown = set(NAME.findall(DASHBOARD.read_text("utf-8")))
    families = {re.sub(r"_(?:bucket|count|sum)$", "", name) for name in known if not name.endswith("_created")}
    missing = {name for name in families if not any(one.startswith(name) for one in shown)}
    assert missing == set()


def test_every_number_is_explained(known: set[str]) -> None:
    told = (one.removeprefix("tracker_bridge_") for one in known if not one.endswith("_created"))
    short = {re.sub(r"_(?:bucket|count|sum)$", "", one) for one in told}
    assert [name for name in sorted(short) if not re.search(rf"`{name}[`{{]", OPERATIONS)] == []


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert["alert"])
def test_every_alert_says_what_to_do(alert: dict[str, Any]) -> None:
    name = alert["alert"]
    assert f"\n### {name}\n\n" in OPERATIONS
    assert alert["annotations"]["runbook"] == f"docs/operations.md#{name.lower()}"
    assert alert["annotations"]["summary"]
    assert alert["labels"]["severity"] in ("page", "warning")


def test_no_alert_is_explained_that_is_not_there() -> None:
    section = OPERATIONS.partition("## Alerts\n")[2].partition("\n## ")[0]
    assert re.findall(r"^### (\w+)$", section, re.MULTILINE) == [one["alert"] for one in alerts()]


def test_the_dashboard_is_one_that_grafana_can_import() -> None:
    board = json.loads(DASHBOARD.read_text("utf-8"))
    assert {one["name"] for one in board["__inputs"]} == {"DS_PROMETHEUS"}
    panels = board["panels"]
    assert len({one["id"] for one in panels}) == len(panels)
    places = [one["gridPos"] for one in panels]
    cells = [(at["x"] + x, at["y"] + y) for at in places for x in range(at["w"]) for y in range(at["h"])]
    assert len(cells) == len(set(cells)), "panels overlap"
    assert {x for x, _ in cells} == set(range(24))
