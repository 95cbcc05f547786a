"""``templates``: the issue forms, printed or written."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from tracker_bridge.cli import main
from tracker_bridge.trackers.forges import FORGES

PATHS = {name: forge.form for name, forge in FORGES.items()}


def test_one_form_is_printed_as_it_is() -> None:
    form = CliRunner().invoke(main, ["templates", "--forge", "github"])
    assert form.exit_code == 0
    assert yaml.safe_load(form.stdout)["labels"] == ["incident"]
    template = CliRunner().invoke(main, ["templates", "--forge", "gitlab"])
    assert template.stdout.endswith('\n/label ~"incident"\n')


def test_labels_severities_and_zone_are_those_of_the_settings(tmp_path: Path) -> None:
    settings = 'timezone = "Europe/Berlin"\n[labels]\nincident = "outage"\n'
    (tmp_path / "tracker-bridge.toml").write_text(settings, encoding="utf-8")
    text = CliRunner().invoke(main, ["templates", "--forge", "gitlab"]).stdout
    assert '/label ~"outage"' in text
    assert "Times are Europe/Berlin unless" in text


@pytest.mark.parametrize(
    ("token", "forges"), [("", ["github", "gitlab"]), ("GITHUB", ["github"]), ("GITLAB", ["gitlab"])]
)
def test_the_forms_of_the_configured_forges_are_written_where_they_look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str, forges: list[str]
) -> None:
    if token:
        monkeypatch.setenv(f"TRACKER_BRIDGE_{token}__TOKEN", "x")
        monkeypatch.setenv(f"TRACKER_BRIDGE_{token}__PROJECTS", '["acme/api"]')

    result = CliRunner().invoke(main, ["templates", "--write", str(tmp_path)])

    assert result.exit_code == 0, result.output
    assert [name for name, path in PATHS.items() if (tmp_path / path).exists()] == forges
    for name in forges:
        printed = CliRunner().invoke(main, ["templates", "--forge", name]).stdout
        assert (tmp_path / PATHS[name]).read_text(encoding="utf-8") == printed


def test_a_form_that_was_changed_is_not_overwritten_unless_asked_to(tmp_path: Path) -> None:
    args = ["templates", "--forge", "github", "--write", str(tmp_path)]
    CliRunner().invoke(main, args)
    assert "is unchanged" in CliRunner().invoke(main, args).stdout
    form = tmp_path / PATHS["github"]
    form.write_text("name: Ours\n", encoding="utf-8")

    result = CliRunner().invoke(main, args)

    assert result.exit_code == 1
    assert "already exists with different content" in result.stdout
    assert form.read_text(encoding="utf-8") == "name: Ours\n"
    assert CliRunner().invoke(main, [*args, "--force"]).exit_code == 0
    assert form.read_text(encoding="utf-8") != "name: Ours\n"
