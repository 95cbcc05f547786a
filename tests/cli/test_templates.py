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


def test_the_questions_of_a_teams_own_fields_come_from_its_file(tmp_path: Path) -> None:
    for forge in PATHS:
        own = tmp_path / f".{forge}" / "tracker-bridge.toml"
        own.parent.mkdir(exist_ok=True)
        own.write_text(
            '[[fields]]\nname = "region"\nkind = "choice"\nchoices = ["eu", "us"]\nquestion = "Which: region?"\n'
            '[[fields]]\nname = "change"\nquestion = "Which change?"\n',
            encoding="utf-8",
        )
    result = CliRunner().invoke(main, ["templates", "--write", str(tmp_path)])
    assert result.exit_code == 0, result.output
    *_, region, change = yaml.safe_load((tmp_path / str(PATHS["github"])).read_text("utf-8"))["body"]
    assert region == {
        "type": "dropdown",
        "id": "field-region",
        "attributes": {"label": "Which: region?", "options": ["eu", "us"]},
    }
    assert change == {"type": "input", "id": "field-change", "attributes": {"label": "Which change?"}}
    text = (tmp_path / str(PATHS["gitlab"])).read_text("utf-8")
    assert "### Which: region?\n\n<!-- eu, us -->\n" in text
    assert text.index("### Which change?") < text.index("/label")

    own.write_text("[[fields]]", encoding="utf-8")
    assert "fields[0].name: is missing" in CliRunner().invoke(main, ["templates", "--write", str(tmp_path)]).output
