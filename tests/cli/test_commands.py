"""One-shot commands against a forge that speaks HTTP, from the settings to what is printed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.contract.forges import Forge
from tracker_bridge.sandbox.world import Ticket


@pytest.fixture
def ticket(forge: Forge) -> Ticket:
    """An issue in which somebody has just declared an incident."""
    return forge.world.open_ticket(forge.project, forge.alice, "Checkout fails", "/incident declare")


def _ref(forge: Forge, ticket: Ticket) -> str:
    return f"{forge.name}:{ticket.project.path}#{ticket.number}"


def test_plan_shows_what_would_be_posted_and_changes_nothing(forge: Forge, ticket: Ticket, run: Run) -> None:
    result = run("plan", _ref(forge, ticket))
    assert result.exit_code == 0, result.output
    assert "* post a comment (status)" in result.output
    assert "* labels +incident" in result.output
    assert "\nNeeded now\n  An Incident Lead\n    /incident claim lead\n" in result.output
    assert ticket.comments == []
    assert ticket.labels == []


def test_plan_shows_what_would_be_sent(forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"name": "ops-push", "address": "ntfy+https://ntfy.example.org/T0p1c", "wants": ["declared"]}
    monkeypatch.setenv("TRACKER_BRIDGE_NOTIFY", json.dumps([row]))
    forge.clock.now = datetime.now(UTC)
    ticket = forge.world.open_ticket(forge.project, forge.alice, "Checkout fails", "/incident declare")
    lines = run("plan", _ref(forge, ticket)).output.splitlines()
    begin = lines.index(
        f"* send to ops-push: [no severity yet] Checkout fails (acme/api#{ticket.number}): declared"
    )
    assert lines[begin + 1] == "  + Status: investigating"


def test_reconcile_does_it_once_and_says_what_it_did(forge: Forge, ticket: Ticket, run: Run) -> None:
    result = run("reconcile", _ref(forge, ticket))
    assert result.exit_code == 0, result.output
    assert "* labels +incident" in result.output
    assert [label.name for label in ticket.labels] == ["incident"]
    again = run("reconcile", _ref(forge, ticket))
    assert again.output == f"{_ref(forge, ticket)} is up to date: nothing was changed.\n"
    planned = run("plan", _ref(forge, ticket)).output
    assert planned.startswith(f"{_ref(forge, ticket)} is up to date: nothing would change.\nNeeded now\n")


def test_show_prints_the_incident_for_people_and_for_programs(forge: Forge, ticket: Ticket, run: Run) -> None:
    text = run("show", _ref(forge, ticket)).output
    assert text.startswith(f"{_ref(forge, ticket)}  Checkout fails\n")
    assert "Phase     investigating" in text
    assert "\n\nNeeded now\n  An Incident Lead\n    /incident claim lead\n    /incident role lead @<who>\n" in text
    value = json.loads(run("show", _ref(forge, ticket), "--json").output)
    assert value["phase"] == "investigating"
    assert value["times"]["declared"]["by"] == "alice"
    assert [one["what"] for one in value["needed"]] == [
        *("incident-lead", "impact", "first-step", "notes", "stakeholders", "main-channel")
    ]


def test_the_issues_address_in_the_browser_names_it_too(forge: Forge, ticket: Ticket, run: Run) -> None:
    url = json.loads(run("show", _ref(forge, ticket), "--json").output)["url"]
    assert run("show", url).output.startswith(f"{_ref(forge, ticket)}  ")


def test_sweep_finds_what_is_labelled_and_what_was_touched(forge: Forge, ticket: Ticket, run: Run) -> None:
    labelled = forge.world.open_ticket(forge.project, forge.alice, "By label", labels=["incident"])
    ordinary = forge.world.open_ticket(forge.project, forge.alice, "No incident")
    result = run("sweep", "--hours", "720")
    assert result.exit_code == 0, result.output
    assert "processed, 2 changed, 0 failures." in result.stdout
    assert f"{_ref(forge, labelled)}: post a comment (status)" in result.stdout
    assert f"checking {forge.name}:acme/api" in result.stderr
    assert ticket.comments
    assert labelled.comments
    assert not ordinary.comments


def test_an_issue_that_is_not_there_is_a_plain_failure(forge: Forge, run: Run) -> None:
    result = run("reconcile", f"{forge.name}:acme/api#999")
    assert result.exit_code == 1
    assert "check the number" in result.stderr
    assert "Traceback" not in result.output


def test_a_token_that_is_refused_is_a_plain_failure_without_the_token(
    forge: Forge, ticket: Ticket, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__TOKEN", "canary-token")
    result = run("reconcile", _ref(forge, ticket))
    assert result.exit_code == 1
    assert "check that the token is valid" in result.stderr
    assert "canary-token" not in result.output
    swept = run("sweep")
    assert swept.exit_code == 1
    assert f"{forge.name}:acme/api: " in swept.stderr


def test_an_issue_of_a_project_that_is_not_configured_is_a_usage_error(forge: Forge, run: Run) -> None:
    result = run("plan", f"{forge.name}:acme/other#1")
    assert result.exit_code == 2
    assert f"{forge.name}.projects" in result.stderr


def test_check_lists_what_is_in_force_and_asks_nobody(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = run("check")
    assert lacking.exit_code == 2
    assert "webhooks without a secret are not accepted" in lacking.stderr
    name = "WEBHOOK_SECRETS" if forge.name == "github" else "WEBHOOK_TOKENS"
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__{name}", '["canary canary canary canary"]')
    result = run("check")
    assert result.exit_code == 0, result.output
    assert f"{forge.name}.token = set\n" in result.output
    assert f"{forge.name}.{name.lower()} = 1 set\n" in result.output
    assert f'{forge.name}.projects = ["acme/api"]\n' in result.output
    assert '  intervals.min_update_interval = "30m"\n' in result.output
    assert '  audiences = [ { name = "internal", reach = "internal" }, ' in result.output
    assert "  access = not set\n" in result.output
    assert "canary" not in result.output
    assert forge.bot.token not in result.output
    assert not forge.sandbox.requests


def test_check_tells_of_a_missing_secret_with_all_else(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_BRIDGE_PORT", "99999")
    monkeypatch.setenv("TRACKER_BRIDGE_PROT", "1")
    for name in ("check", "serve"):
        said = run(name).stderr
        assert "port (TRACKER_BRIDGE_PORT): must be less" in said
        assert "TRACKER_BRIDGE_PROT: is not a setting" in said
        assert "webhooks without a secret are not accepted" in said
    assert "without a secret" not in run("work").stderr


def test_check_refuses_a_root_that_the_tracker_keeps_for_itself(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = "table" if forge.name == "github" else "severity"
    monkeypatch.setenv("TRACKER_BRIDGE_COMMAND_PREFIXES", f'["/incident", "/{taken}"]')
    result = run("check")
    assert result.exit_code == 2
    assert f"/{taken} is a quick action" in result.stderr
    assert "webhooks without a secret" in result.stderr


def _sources(forge: Forge, monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    own = {"name": "prod", "kind": "gatus", "project": f"{forge.name}:acme/api", "secrets": ["canary" * 5], **more}
    monkeypatch.setenv("TRACKER_BRIDGE_ALERTS", json.dumps([own]))
    name = "WEBHOOK_SECRETS" if forge.name == "github" else "WEBHOOK_TOKENS"
    monkeypatch.setenv(f"TRACKER_BRIDGE_{forge.name.upper()}__{name}", '["canary canary canary canary"]')


def test_check_lists_the_sources_of_alerts(forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _sources(forge, monkeypatch, severity="sev2", severities={"page": "SEV1"})
    result = run("check")
    assert result.exit_code == 0, result.output
    assert f"Alerts: POST /alerts/prod, of gatus; incidents in {forge.name}:acme/api\n" in result.output
    assert "canary" not in result.output


def test_check_tells_severities_that_only_a_project_may_have(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sources(forge, monkeypatch, severity="p1", severities={"page": "P1", "ticket": "sev4"})
    result = run("check")
    assert result.exit_code == 0, result.output
    assert "  p1, P1: not on the severity scale here; doctor checks the projects' own scales\n" in result.output


@pytest.mark.parametrize("name", ["check", "serve"])
def test_alerts_without_a_project_or_of_a_foreign_severity_are_wrong_settings(
    forge: Forge, run: Run, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    other, place = f"{forge.name}:acme/apy", f"the setting {forge.name}.projects\n"
    monkeypatch.setenv("TRACKER_BRIDGE_REPOSITORY_SETTINGS", "false")  # else a project may have its own scale
    routes = [{"label": "team", "value": "shop", "project": "nowhere:acme/shop"}]
    _sources(forge, monkeypatch, project=other, routes=routes, severity="sev9", severities={"page": "P1"})
    result = run(name)
    assert result.exit_code == 2
    assert f"  - alerts[0].project (TRACKER_BRIDGE_ALERTS): {other} is not in {place}" in result.stderr
    assert "  - alerts[0].routes[0].project (TRACKER_BRIDGE_ALERTS): nowhere:acme/shop is not in" in result.stderr
    assert (
        "  - alerts[0].severity (TRACKER_BRIDGE_ALERTS): has no severity sev9; the severities are" in result.stderr
    )
    assert "  - alerts[0].severities.page (TRACKER_BRIDGE_ALERTS): has no severity P1" in result.stderr


@pytest.mark.parametrize("name", ["serve", "work", "sweep", "check"])
def test_without_a_tracker_the_settings_are_to_blame_and_the_demo_is_named(run: Run, name: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert "no tracker is configured" in result.stderr
    assert "tracker-bridge demo" in result.stderr


def test_a_settings_file_is_named_on_the_command_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text("prot = 1", encoding="utf-8")
    result = run("check", "--config", str(file))
    assert result.exit_code == 2
    assert "prot (TRACKER_BRIDGE_PROT): is not a setting; did you mean port?" in result.stderr
