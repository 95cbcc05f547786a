"""What commands need beyond settings that are right in themselves, and the rules that come of them."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.settings.conftest import Load
from tracker_bridge.domain.incident.rules import Intervals
from tracker_bridge.settings import BadSettings, demand_secrets, demand_trackers, rules

GITHUB = {"GITHUB__TOKEN": "x", "GITHUB__PROJECTS": '["a/b"]'}
GITLAB = {"GITLAB__TOKEN": "x", "GITLAB__PROJECTS": '["a/b"]'}
SECRETS = '["0123456789abcdef01234567"]'


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_no_tracker_is_a_problem_that_names_the_demo(read: Load) -> None:
    with pytest.raises(BadSettings, match=r"no tracker is configured.*tracker-bridge demo"):
        demand_trackers(read())
    demand_trackers(read(**GITHUB))
    demand_trackers(read(**GITLAB))


def test_receiving_webhooks_needs_a_secret_for_each_configured_tracker(read: Load) -> None:
    with pytest.raises(BadSettings) as caught:
        demand_secrets(read(**GITHUB, **GITLAB))
    assert "github.webhook_secrets" in str(caught.value)
    assert "gitlab.signing_tokens" in str(caught.value)
    demand_secrets(read(**GITHUB, GITHUB__WEBHOOK_SECRETS=SECRETS, **GITLAB, GITLAB__WEBHOOK_TOKENS=SECRETS))


def test_severity_labels_are_scoped_on_gitlab_and_plain_on_github(read: Load) -> None:
    settings = read()
    assert [step.label for step in rules(settings, "github").severities] == ["sev1", "sev2", "sev3", "sev4"]
    assert [step.label for step in rules(settings, "gitlab").severities] == [
        "severity::1",
        "severity::2",
        "severity::3",
        "severity::4",
    ]


def test_a_configured_severity_label_holds_on_both(read: Load) -> None:
    settings = read(LABELS__SEVERITIES__SEV2="bad")
    assert [rules(settings, name).severities[1].label for name in ("github", "gitlab")] == ["bad", "bad"]


def test_all_that_the_domain_wants_to_know_comes_from_the_settings(read: Load) -> None:
    made = rules(
        read(TIMEZONE="Asia/Tokyo", COMMAND_PREFIXES='["/fire"]', LABELS__INCIDENT="fire", ACCESS__NOTE="none"),
        "github",
    )
    assert str(made.timezone) == "Asia/Tokyo"
    assert made.command_prefixes == ("/fire",)
    assert made.incident_label == "fire"
    assert made.access["note"].name == "NONE"
    assert made.close_when_resolved is True


def test_intervals_hold_for_all_severities_but_those_with_their_own(read: Load) -> None:
    made = rules(
        read(
            """
            severity_intervals = { sev1 = { technical_silence = "15m", max_update_interval = "45m" } }
            [intervals]
            technical_silence = "40m"
            actions = "3d"
            """
        ),
        "gitlab",
    )
    usual, worst = made.intervals_of(made.severities[1]), made.intervals_of(made.severities[0])
    assert made.intervals_of(None) == usual == made.intervals
    assert (usual.technical_silence, usual.max_update_interval, usual.actions) == (
        minutes(40),
        minutes(60),
        minutes(3 * 24 * 60),
    )
    assert (worst.technical_silence, worst.max_update_interval, worst.actions) == (
        minutes(15),
        minutes(45),
        minutes(3 * 24 * 60),
    )


def test_without_a_setting_the_intervals_are_those_of_the_process(read: Load) -> None:
    assert rules(read(), "github").intervals == Intervals()
    assert rules(read(), "github").severity_intervals == {}


def test_the_queue_lives_where_systemd_says_else_with_the_users_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Load
) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert read().queue == tmp_path / "tracker-bridge" / "queue.sqlite3"
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/tracker-bridge")
    assert read().queue == Path("/var/lib/tracker-bridge/queue.sqlite3")
