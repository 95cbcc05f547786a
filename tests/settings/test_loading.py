"""Where settings come from, and which place wins."""

import codecs
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.settings.conftest import Load, Refusal, table
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.issue.issue import Access
from tracker_bridge.settings import BadSettings, load, secrets, settings_file
from tracker_bridge.trackers.github.settings import GitHub
from tracker_bridge.trackers.gitlab.settings import GitLab

SECRET = "0123456789abcdef0123456789abcdef"
GITHUB = f"""
[github]
token = "github_pat_from_the_file"
webhook_secrets = ["{SECRET}"]
projects = ["acme/api"]
"""


def test_without_any_file_or_variable_the_defaults_hold() -> None:
    settings = load(environ={})
    assert settings.forges == {}
    assert settings.command_prefixes == ("/incident", "/inc")
    assert settings.timezone == ZoneInfo("UTC")


def test_a_file_gives_values_of_every_kind(read: Load) -> None:
    settings = read(
        """
        timezone = "Europe/Berlin"
        needed_roles = ["incident-lead", "scribe"]
        close_when_resolved = false
        sweep_every = "90s"
        [access]
        severity = "maintain"
        [labels]
        incident = "outage"
        [[severities]]
        name = "p1"
        meaning = "all"
        """
        + GITHUB
    )
    assert settings.timezone == ZoneInfo("Europe/Berlin")
    assert settings.needed_roles == (Role.INCIDENT_LEAD, Role.SCRIBE)
    assert settings.close_when_resolved is False
    assert settings.sweep_every == timedelta(seconds=90)
    assert settings.access == {"severity": Access.MAINTAIN}
    assert settings.labels.incident == "outage"
    assert [step.name for step in settings.severities] == ["p1"]
    assert table(settings, GitHub).projects == ("acme/api",)


def test_the_environment_gives_values_of_every_kind(read: Load) -> None:
    settings = read(
        GITLAB__TOKEN="glpat-abc",
        GITLAB__PROJECTS='["acme/platform/api"]',
        ACCESS__SEVERITY="write",
        LABELS__SEVERITIES__SEV1="priority::1",
        SEVERITIES='[{"name": "sev1", "meaning": "all"}]',
        NEEDED_ROLES='["scribe"]',
        CLOSE_WHEN_RESOLVED="false",
        PORT="9000",
        LEASE="45s",
    )
    assert table(settings, GitLab).token.get_secret_value() == "glpat-abc"
    assert table(settings, GitLab).projects == ("acme/platform/api",)
    assert settings.access == {"severity": Access.WRITE}
    assert settings.labels.severities == {"sev1": "priority::1"}
    assert settings.needed_roles == (Role.SCRIBE,)
    assert settings.close_when_resolved is False
    assert settings.port == 9000
    assert settings.lease == timedelta(seconds=45)


def test_the_environment_wins_over_the_file_one_setting_at_a_time(read: Load) -> None:
    settings = read(GITHUB, GITHUB__TOKEN="github_pat_from_the_environment")
    token = table(settings, GitHub).token
    assert token is not None
    assert token.get_secret_value() == "github_pat_from_the_environment"
    assert table(settings, GitHub).projects == ("acme/api",)


def test_the_command_line_wins_over_the_environment() -> None:
    settings = load(environ={"TRACKER_BRIDGE_PORT": "9000"}, flags={"port": 0})
    assert settings.port == 0


def test_a_mounted_secret_is_read_and_the_environment_wins_over_it(tmp_path: Path) -> None:
    (tmp_path / "tracker_bridge_github__token").write_text("from_the_mount\n", encoding="utf-8")
    (tmp_path / "tracker_bridge_signing_key").write_text(f"{SECRET}\n", encoding="utf-8")
    (tmp_path / "somebody_elses").write_text("no", encoding="utf-8")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path), "TRACKER_BRIDGE_GITHUB__PROJECTS": '["acme/api"]'}
    settings = load(environ=environ)
    assert secrets(settings) == {"from_the_mount", SECRET}
    settings = load(environ={**environ, "TRACKER_BRIDGE_GITHUB__TOKEN": "from_the_environment"})
    assert secrets(settings) == {"from_the_environment", SECRET}


def test_the_file_is_the_named_one_else_the_variables_else_the_one_here(tmp_path: Path) -> None:
    environ = {"TRACKER_BRIDGE_CONFIG": str(tmp_path / "b.toml")}
    assert settings_file(tmp_path / "a.toml", environ) == tmp_path / "a.toml"
    assert settings_file(None, environ) == tmp_path / "b.toml"
    assert settings_file(None, {}) is None
    (tmp_path / "tracker-bridge.toml").touch()
    assert settings_file(None, {}) == Path("tracker-bridge.toml")


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match=r"absent\.toml: cannot be read \(No such file or directory\)"):
        load(tmp_path / "absent.toml", environ={})


def test_a_file_that_is_not_toml_is_reported_with_its_line(refusal: Refusal) -> None:
    (problem,) = refusal("timezone = 'UTC'\ncommand_prefixes = [")
    assert "is not TOML" in problem
    assert "line 2" in problem or "end of document" in problem


TEXT = "timezone = 'Europe/Berlin'\nsigning_key = '0123456789abcdef0123456789abcdef'\n"


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path, ends: str) -> None:
    (tmp_path / "bom.toml").write_bytes(TEXT.replace("\n", ends).encode("utf-8-sig"))
    (tmp_path / "tracker_bridge_github__token").write_bytes(b"\xef\xbb\xbffrom_the_mount\r\n")

    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path), "TRACKER_BRIDGE_GITHUB__PROJECTS": '["acme/api"]'}
    settings = load(tmp_path / "bom.toml", environ=environ)
    assert settings.timezone == ZoneInfo("Europe/Berlin")
    assert secrets(settings) == {"from_the_mount", SECRET}


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (TEXT.encode("utf-16"), "is in UTF-16, as some Windows programs write it; save it as UTF-8"),
        (TEXT.encode("utf-16-le"), "is in UTF-16, as some"),
        (TEXT.encode("utf-16-be"), "is in UTF-16, as some"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "is in UTF-16, as some"),
        (TEXT.encode("utf-32"), "is in UTF-32, as some"),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "is in UTF-32, as some"),
        (b"# one\n# two\n# caf\xe9\n", "is not text in UTF-8 (see line 3); save it as UTF-8"),
    ],
)
def test_a_file_in_another_encoding_says_which_and_what_to_do(tmp_path: Path, raw: bytes, complaint: str) -> None:
    (tmp_path / "odd.toml").write_bytes(raw)
    (tmp_path / "tracker_bridge_signing_key").write_bytes(raw)

    with pytest.raises(BadSettings) as caught:
        load(tmp_path / "odd.toml", environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    said = [str(problem) for problem in caught.value.problems]
    assert [line for line in said if line.startswith(f"{tmp_path / 'odd.toml'}: {complaint}")]
    assert [line for line in said if line.startswith(f"{tmp_path / 'tracker_bridge_signing_key'}: {complaint}")]


def test_secrets_do_not_show_when_settings_are_printed(read: Load) -> None:
    settings = read(GITHUB)
    assert "github_pat_from_the_file" not in repr(settings)
    assert secrets(settings) == {"github_pat_from_the_file", SECRET}
