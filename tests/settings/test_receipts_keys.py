"""The key of the receipts: one, or several while one takes the place of another."""

import json
from pathlib import Path

import pytest

from tests.settings.conftest import Load, Refusal
from tracker_bridge.settings import Settings, load, secrets

NEW, OLD = "n" * 32, "o" * 32


def keys(settings: Settings) -> list[str]:
    return [key.get_secret_value() for key in settings.signing_key or ()]


@pytest.mark.parametrize(
    ("toml", "variables", "expected"),
    [
        ("", {}, []),
        (f"signing_key = '{NEW}'", {}, [NEW]),
        (f"signing_key = ['{NEW}', '{OLD}']", {}, [NEW, OLD]),
        ("", {"SIGNING_KEY": NEW}, [NEW]),
        ("", {"SIGNING_KEY": json.dumps([NEW, OLD])}, [NEW, OLD]),
        ("", {"SIGNING_KEY": "1" * 32}, ["1" * 32]),
        ("", {"SIGNING_KEY": f'"{NEW}"'}, [f'"{NEW}"']),
        ("", {"SIGNING_KEY": '{"' + NEW}, ['{"' + NEW]),
    ],
)
def test_one_or_several(read: Load, toml: str, variables: dict[str, str], expected: list[str]) -> None:
    settings = read(toml, **variables)
    assert keys(settings) == expected
    assert secrets(settings) == set(expected)


def test_several_in_a_mounted_file(tmp_path: Path) -> None:
    (tmp_path / "tracker_bridge_signing_key").write_text(json.dumps([NEW, OLD]))
    assert keys(load(environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})) == [NEW, OLD]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("[]", "must not be empty; if you leave it out"),
        (json.dumps([NEW, "short"]), "number 2: too short (5 bytes)"),
        (json.dumps([NEW, NEW]), "the same key twice"),
        (json.dumps([NEW, 5]), "signing_key[1] (TRACKER_BRIDGE_SIGNING_KEY): must be text"),
    ],
)
def test_what_is_wrong_is_said_and_never_repeated(refusal: Refusal, given: str, complaint: str) -> None:
    said = "\n".join(refusal(SIGNING_KEY=given))
    assert complaint in said
    assert NEW not in said
