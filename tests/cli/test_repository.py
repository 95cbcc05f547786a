"""A team's own file on the command line: checked before it is pushed, and in force afterwards (S118)."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge

FILE = Path("tracker-bridge.toml.of-the-team")
OUTAGE = '[labels]\nincident = "outage"\nprevious_names = ["incident"]\n'


def test_a_file_that_is_right_is_said_to_be(run: Run) -> None:
    FILE.write_text('timezone = "Europe/Berlin"\n')

    result = run("check", "--repository", str(FILE))

    assert result.exit_code == 0, result.output
    assert result.output == f"{FILE} is valid.\n"


def test_every_problem_of_a_file_is_told_and_it_is_wrong_settings(run: Run) -> None:
    FILE.write_text('timezone = "Mars"\n[github]\ntoken = "ghp_0123456789abcdef"\n')

    result = run("check", "--repository", str(FILE))

    assert result.exit_code == 2
    assert "  - timezone: is not a time zone; write an IANA name, like Europe/Berlin\n" in result.output
    assert "  - github: can only be set by the operator; a repository can set " in result.output
    assert "ghp_" not in result.output


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (b"zone = \xff", "is not text in UTF-8"),
        ("timezone = 'UTC'".encode("utf-16"), "is in UTF-16, as some Windows programs write it; save it as UTF-8"),
        (b"#" * 70_000, "is larger than 64 KiB"),
        (b"[" * 60_000, "the file: "),
        (b"timezone = ", "the file: is not TOML: "),
    ],
)
def test_what_is_no_settings_file_is_told(run: Run, raw: bytes, problem: str) -> None:
    FILE.write_bytes(raw)

    result = run("check", "--repository", str(FILE))

    assert result.exit_code == 2
    assert problem in result.output


def test_it_is_checked_over_the_operators_settings_where_these_are_known(run: Run) -> None:
    FILE.write_text('command_prefixes = ["/outage"]\n')
    assert run("check", "--repository", str(FILE)).exit_code == 2
    Path("tracker-bridge.toml").write_text('command_prefixes = ["/incident", "/outage"]\n')
    assert run("check", "--repository", str(FILE)).exit_code == 0


def test_a_file_that_is_not_there_is_wrong_usage(run: Run) -> None:
    assert run("check", "--repository", "nothing.toml").exit_code == 2


def test_the_labels_are_those_of_the_teams_own_settings(forge: Forge, run: Run) -> None:
    forge.project.files[f".{forge.name}/tracker-bridge.toml"] = OUTAGE

    run("labels", f"{forge.name}:acme/api")

    assert "outage" in forge.project.labels
    assert "incident" not in forge.project.labels


def test_incidents_are_found_by_the_label_of_now_and_by_that_of_before(forge: Forge, run: Run) -> None:
    old = forge.world.open_ticket(forge.project, forge.alice, "Old", labels=["incident"])
    new = forge.world.open_ticket(forge.project, forge.alice, "New", labels=["outage"])
    forge.project.files[f".{forge.name}/tracker-bridge.toml"] = OUTAGE

    result = run("sweep", "--hours", "1")

    assert result.exit_code == 0, result.output
    assert [[label.name for label in one.labels] for one in (old, new)] == [["outage"], ["outage"]]


def test_an_operator_can_do_without(forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_BRIDGE_REPOSITORY_SETTINGS", "false")
    forge.project.files[f".{forge.name}/tracker-bridge.toml"] = OUTAGE

    run("labels", f"{forge.name}:acme/api")

    assert "outage" not in forge.project.labels
    assert not any("tracker-bridge.toml" in one.path for one in forge.sandbox.requests)


def test_a_template_of_reviews_is_checked_by_itself_and_with_the_settings_beside_it(run: Run) -> None:
    folder = Path(".github/tracker-bridge")
    folder.mkdir(parents=True)
    template = folder / "postmortem.md"
    template.write_text("{{ timeline }}\n\n## Ours\n\nsee {{ actions }}\n{{ timeline }}\n{{ people }}\n")
    Path(".github/tracker-bridge.toml").write_text('timezone = "Europe/Berlin"\n')
    for arguments in (("--postmortem", str(template)), ("--repository", ".github/tracker-bridge.toml")):
        result = run("check", *arguments)
        assert result.exit_code == 2
        for where, what in (
            ("line 5", "`{{ actions }}` must be a name, on a separate line; there are invitation, "),
            ("line 7", "there is no `{{ people }}`; there are invitation, "),
            ("the file", "has `{{ timeline }}` 2 times; once is enough"),
        ):
            assert f"  - {template}, {where}: {what}" in result.output

    template.write_text("## Ours\n\n{{ timeline }}\n")
    assert run("check", "--postmortem", str(template)).output == f"{template} is valid.\n"
    assert f"{template} is valid." in run("check", "--repository", ".github/tracker-bridge.toml").output


def test_what_a_team_has_added_is_listed(run: Run) -> None:
    page = (Path(__file__).parents[2] / "docs" / "team.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    FILE.write_text(example, encoding="utf-8")

    assert run("check", "--repository", str(FILE)).output.split("\n")[1:-1] == [
        "  role security: Security Lead, one at a time",
        '  field region: Region, one of eu-west, us-east, asked as "Which region?"',
        "  field change: The change that broke it, text",
        '  field customers-lost: Customers lost, number, or the issue field "Customers lost"',
        "  checklist First steps: items 1 to 2, in every incident",
        "  checklist Customer data: items 3 to 4, at severity sev1 or sev2 and label customer-data",
        "  at severity sev1, say: channel main #inc-{number}",
        "  at severity sev1, say: audience management via board@example.org",
        "  at severity sev1, say: role communication-lead @acme/press external",
        "  at label customer-data, say: role assist @acme/data",
        "  at label customer-data, say: note Customer data may be affected",
        "  audience regulator: told within 24 h, 72 h, 14 d of the detection, at label customer-data",
        "  on call: carol, acme/payments, at service checkout",
        "  on call: alice, bob, in every incident",
    ]
