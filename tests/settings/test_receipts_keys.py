"""The key of the receipts: one, or several while one takes the place of another."""

import json
from pathlib import Path

import pytest

from tests.settings.conftest import Load, Refusal
from tracker_bridge.settings import Settings, load, secrets

NEW, OLD = "n" * 32, "o" * 32


def keys(settings: Settings) -> list[str]:
    return [key.get_secret_value() for key in settings.key or ()]


@pytest.mark.parametrize(
    ("toml", "variables", "expected"),
    [
        ("", {}, []),
        (f"key = '{NEW}'", {}, [NEW]),
        (f"key = ['{NEW}', '{OLD}']", {}, [NEW, OLD]),
        ("", {"KEY": NEW}, [NEW]),
        ("", {"KEY": json.dumps([NEW, OLD])}, [NEW, OLD]),
        ("", {"KEY": "1" * 32}, ["1" * 32]),
        ("", {"KEY": f'"{NEW}"'}, [f'"{NEW}"']),
        ("", {"KEY": '{"' + NEW}, ['{"' + NEW]),
    ],
)
def test_one_or_several(read: Load, toml: str, variables: dict[str, str], expected: list[str]) -> None:
    settings = read(toml, **variables)
    assert keys(settings) == expected
    assert secrets(settings) == set(expected)


def test_several_in_a_mounted_file(tmp_path: Path) -> None:
    (tmp_path / "tracker_bridge_key").write_text(json.dumps([NEW, OLD]))
    assert keys(load(environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})) == [NEW, OLD]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("[]", "must not be empty; if you leave it out"),
        (json.dumps([NEW, "short"]), "number 2: too short (5 bytes)"),
        (json.dumps([NEW, NEW]), "the same key twice"),
        (json.dumps([NEW, 5]), "key[1] (TRACKER_BRIDGE_KEY): must be text"),
    ],
)
def test_what_is_wrong_is_said_and_never_repeated(refusal: Refusal, given: str, complaint: str) -> None:
    said = "\n".join(refusal(KEY=given))
    assert complaint in said
    assert NEW not in said
