"""Progress that moves on a terminal and is plain elsewhere."""

import pytest

from tracker_bridge.cli.progress import Progress


def test_without_a_terminal_every_line_is_plain(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as progress:
        progress("asking github:acme/api")
        progress.keep("github:acme/api#12: close the issue")
        progress("1/2 github:acme/api#13")
    said = capsys.readouterr()
    assert said.err == "asking github:acme/api\n1/2 github:acme/api#13\n"
    assert said.out == "github:acme/api#12: close the issue\n"


def test_on_a_terminal_a_line_replaces_the_one_before_and_is_wiped_at_the_end(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with Progress() as progress:
        progress("one")
        progress("two")
    said = capfd.readouterr().err
    assert "\n" not in said
    assert said.index("one") < said.index("two")
    assert said.count("\r") == 3
