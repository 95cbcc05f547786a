"""The pages and files about settings say what the settings say."""

import configparser
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import docs_sample, docs_settings
from tests.settings.conftest import Load, table
from tracker_bridge.cli import COMMANDS
from tracker_bridge.settings import BadSettings, Settings, load, rules
from tracker_bridge.settings.problems import table_of
from tracker_bridge.settings.repository import Repository, team_rules
from tracker_bridge.trackers.github.settings import GitHub

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef"
SIGNING = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.mark.parametrize(
    ("path", "render"),
    [
        ("docs/settings.md", docs_settings.render),
        ("deploy/tracker-bridge.toml", docs_sample.render),
        ("deploy/tracker-bridge.repository.toml", docs_sample.render_repository),
    ],
)
def test_the_page_is_current(path: str, render: Callable[[], str]) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == render(), "stale: run make docs"


def test_every_setting_is_described_down_to_the_last_table() -> None:
    def check(table: type, path: str) -> None:
        for name, field in table.model_fields.items():  # type: ignore[attr-defined]  # tables are models
            assert (field.description or "").endswith("."), f"{path}{name} has no description"
            inner = table_of(field.annotation)
            if inner is not None:
                check(inner, f"{path}{name}.")

    check(Settings, "")
    check(Repository, "")


def test_the_sample_changes_nothing_as_it_is(read: Load) -> None:
    text = (ROOT / "deploy/tracker-bridge.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text) == {}
    assert read(text) == load(environ={})


def test_the_sample_works_with_everything_uncommented(read: Load, tmp_path: Path) -> None:
    text = (ROOT / "deploy/tracker-bridge.toml").read_text(encoding="utf-8")
    text = re.sub(r"^#(?! |$)|^#(?=  )", "", text, flags=re.MULTILINE)
    text = text.replace('"whsec_..."', f'"{SIGNING}"').replace('"..."', f'"{SECRET}"')
    text = re.sub(r"^(?:app_id|private_key) = .*\n", "", text, flags=re.MULTILINE)
    settings = read(text)
    assert set(tomllib.loads(text)) == set(Settings.model_fields)
    assert table(settings, GitHub).webhook_secrets[0].get_secret_value() == SECRET
    assert settings.sweep_every == load(environ={}).sweep_every


def test_the_sample_for_a_repository_works_as_it_is_and_with_everything_uncommented() -> None:
    text = (ROOT / "deploy/tracker-bridge.repository.toml").read_text(encoding="utf-8")
    operators = Settings()
    assert team_rules(text, operators, "github") == rules(operators, "github")

    text = re.sub(r"^#(?! |$)|^#(?=  )", "", text, flags=re.MULTILINE)
    assert set(tomllib.loads(text)) == set(Repository.model_fields)
    assert team_rules(text, operators, "github").severities[0].label == "priority: critical"


def test_no_secret_of_the_sample_is_accepted_as_it_stands() -> None:
    text = (ROOT / "deploy/tracker-bridge.toml").read_text(encoding="utf-8")
    assert (
        text.count('"..."') == 6
    )  # the key, the tokens of operator and board, the secrets of both forges and of alerts


def test_the_example_of_the_environment_names_only_settings_that_exist() -> None:
    lines = (ROOT / "deploy/tracker-bridge.env.example").read_text(encoding="utf-8").splitlines()
    pairs = [line.lstrip("#").split("=", 1) for line in lines if re.match(r"#?TRACKER_BRIDGE_", line)]
    assert len(pairs) >= 8
    with pytest.raises(BadSettings) as caught:
        load(environ={name: value for name, value in pairs})  # noqa: C416 - dict() of lists has no type
    problems = str(caught.value)
    assert "is not a setting" not in problems
    assert "(TRACKER_BRIDGE_GITHUB__APP_ID): must be a whole number" in problems
    assert "(TRACKER_BRIDGE_GITHUB__PRIVATE_KEY): is empty" in problems
    assert "[0] (TRACKER_BRIDGE_GITHUB__WEBHOOK_SECRETS): too short" in problems
    assert "[0] (TRACKER_BRIDGE_GITLAB__SIGNING_TOKENS): not a signing token" in problems


def test_the_unit_starts_a_command_that_exists_and_is_locked_down() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # keep the case, as systemd does
    unit.read(ROOT / "deploy/tracker-bridge.service")
    program, command, *_ = unit["Service"]["ExecStart"].split()
    assert Path(program).name == "tracker-bridge"
    assert command in COMMANDS
    assert unit["Service"]["DynamicUser"] == "yes"
    assert unit["Service"]["ProtectSystem"] == "strict"
    assert unit["Service"]["StateDirectory"] == "tracker-bridge"
    assert unit["Service"]["LoadCredential"].startswith("tracker_bridge:")


def test_the_image_runs_a_command_that_exists_as_nobody_special() -> None:
    text = (ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    assert re.search(r'^CMD \["(\w+)"\]$', text, re.MULTILINE).group(1) in COMMANDS  # type: ignore[union-attr]  # fails
    assert re.search(r"^USER (?!0|root)", text, re.MULTILINE)
    assert "'/readyz'" in text
    for image in re.findall(r"^FROM (\S+)", text, re.MULTILINE):
        assert "/" not in image, "the registry is the operator's choice"
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        for name in copied.split():
            assert (ROOT / name).exists()
            assert f"!{name}\n" in (ROOT / "deploy/Dockerfile.dockerignore").read_text(encoding="utf-8")
