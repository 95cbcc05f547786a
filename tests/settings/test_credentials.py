"""Where credentials of real forges are found, so that the demo can keep away from them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from tracker_bridge.cli import main
from tracker_bridge.settings import loading, real_credentials

FILE = '[github]\ntoken = "ghp_real"\n[gitlab]\nurl = "https://gitlab.example.org"\ntoken = "glpat-real"\n'


@pytest.fixture(autouse=True)
def _nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "FILES", (Path("tracker-bridge.toml"), tmp_path / "etc.toml"))
    monkeypatch.setattr(loading, "_SECRETS", tmp_path / "run-secrets")


def places(**environ: str) -> list[str]:
    return [one.place for one in real_credentials(environ)]


def test_what_is_no_credential_is_let_pass(tmp_path: Path) -> None:
    Path("tracker-bridge.toml").write_text('[github]\nurl = "https://github.example/api/v3"\ntoken = ""\n')
    (tmp_path / "run-secrets").mkdir()
    (tmp_path / "run-secrets" / "tracker_bridge_key").write_text("signing_key")

    assert not places(TRACKER_BRIDGE_GITHUB__URL="https://github.example", TRACKER_BRIDGE_GITLAB__TOKEN="")
    assert not places(GITHUB__TOKEN="ghp_other", HOME="/")


@pytest.mark.parametrize(
    "name",
    [
        "TRACKER_BRIDGE_GITHUB__TOKEN",
        "TRACKER_BRIDGE_GITHUB__PRIVATE_KEY",
        "TRACKER_BRIDGE_GITLAB__TOKEN",
        "tracker_bridge_gitlab__token",
        "TRACKER_BRIDGE_GITHUB",
    ],
)
def test_in_the_environment(name: str) -> None:
    assert places(**{name: "real"}) == [f"the environment variable {name}"]


@pytest.mark.parametrize("named", [True, False])
def test_in_the_settings_file(tmp_path: Path, named: bool) -> None:
    path = tmp_path / "some.toml" if named else Path("tracker-bridge.toml")
    path.write_text(FILE)

    environ = {"TRACKER_BRIDGE_CONFIG": str(path)} if named else {}
    assert places(**environ) == [f"github.token in the file {path}", f"gitlab.token in the file {path}"]
    assert not places(TRACKER_BRIDGE_CONFIG="/dev/null")


def test_in_a_settings_file_with_a_byte_order_mark() -> None:
    Path("tracker-bridge.toml").write_bytes(FILE.encode("utf-8-sig"))

    assert len(places()) == 2


def test_in_the_settings_file_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "etc.toml").write_text(FILE)

    assert len(places()) == 2


@pytest.mark.parametrize("text", ["[github", "github = 1", "\x00"])
def test_a_file_that_gives_nothing_holds_no_credential(text: str) -> None:
    Path("tracker-bridge.toml").write_text(text)

    assert not places()


@pytest.mark.parametrize("folder", ["run-secrets", "credentials"])
def test_in_files_of_secrets(tmp_path: Path, folder: str) -> None:
    path = tmp_path / folder / "tracker_bridge_gitlab__token"
    path.parent.mkdir()
    path.write_text("glpat-real")

    assert places(CREDENTIALS_DIRECTORY=str(tmp_path / "credentials")) == [f"the file {path}"]


def test_the_demo_refuses_names_the_place_and_says_how_to_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_BRIDGE_GITHUB__TOKEN", "ghp_real")
    Path("tracker-bridge.toml").write_text(FILE)

    refused = CliRunner().invoke(main, ["demo", "--no-serve"])

    assert refused.exit_code == 1
    assert refused.stderr == (
        "The demo does not start while credentials of a real forge are set:\n"
        "  the environment variable TRACKER_BRIDGE_GITHUB__TOKEN\n"
        "  github.token in the file tracker-bridge.toml\n"
        "  gitlab.token in the file tracker-bridge.toml\n"
        "For this command, unset TRACKER_BRIDGE_GITHUB__TOKEN, and set TRACKER_BRIDGE_CONFIG=/dev/null.\n"
    )
