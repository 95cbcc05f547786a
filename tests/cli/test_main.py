"""The map of the command line: help, exit codes, mistakes in plain words."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tracker_bridge import __version__
from tracker_bridge.cli import COMMANDS, main
from tracker_bridge.cli.errors import in_plain_words
from tracker_bridge.queue import QueueError
from tracker_bridge.settings import BadSettings, Problem
from tracker_bridge.trackers import Busy, Denied, Gone


def _command(name: str) -> click.Command:
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def test_the_map_names_every_command_with_its_summary() -> None:
    text = CliRunner().invoke(main, ["--help"]).output
    for name, summary in COMMANDS.items():
        assert any(line.split() == [name, *summary.split()] for line in text.splitlines())


def test_there_is_no_file_of_a_command_that_the_map_does_not_name() -> None:
    folder = Path(sys.modules[main.__module__].__file__ or "").parent
    files = {path.stem for path in folder.glob("*.py") if "\ndef command(" in path.read_text(encoding="utf-8")}
    assert files == {name.replace("-", "_") for name in COMMANDS}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_explained_with_examples_and_exit_codes(name: str) -> None:
    assert (_command(name).help or "").strip().splitlines()[0] == COMMANDS[name]
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert f"tracker-bridge {name}" in result.output.split("Examples:")[1]
    assert "Exit codes: 0" in result.output
    for parameter in _command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.name} is not explained"


def test_help_is_quick_because_it_loads_nothing_heavy() -> None:
    program = (
        "import sys; from tracker_bridge.cli import main; main(['--help'], standalone_mode=False); "
        "print({'pydantic', 'github', 'gitlab', 'flask', 'jinja2', 'uvicorn'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines()[-1] == "set()"


def test_what_runs_once_loads_no_server_and_no_library_that_only_some_need() -> None:
    once = [name.replace("-", "_") for name in COMMANDS if name not in ("serve", "receive", "work", "connect")]
    program = (
        "import sys; from importlib import import_module\n"
        f"for name in {once}: import_module(f'tracker_bridge.cli.{{name}}')\n"
        "servers = {'flask', 'uvicorn', 'prometheus_client', 'tracker_bridge.queue.sqlite'}\n"
        "libraries = {'cryptography', 'requests', 'urllib3'}\n"
        "ours = {'tracker_bridge.alerts.senders', 'tracker_bridge.intake.desk', 'tracker_bridge.on_call.web'}\n"
        "print(sorted((servers | libraries | ours) & sys.modules.keys()))\n"
        "import_module('tracker_bridge.cli.serve')\n"
        "print(sorted((libraries | ours | {'github', 'gitlab'}) & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split("\n") == ["[]", "[]", ""]


def test_the_package_is_the_program_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tracker_bridge", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout == f"tracker-bridge, version {__version__}\n"


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(main, ["recocnile"])
    assert result.exit_code == 2
    assert "No such command" in result.output


@pytest.mark.parametrize(
    ("error", "code", "advice"),
    [
        (BadSettings([Problem("port (TRACKER_BRIDGE_PORT)", "is missing")]), 2, "docs/settings.md"),
        (Gone("github:acme/api#12 is not there"), 1, "check the number"),
        (Denied("github:acme/api#12 cannot be read"), 1, "check that the token is valid"),
        (Busy("github:acme/api#12: rate limit", 31.4), 1, "try again in 31 s"),
        (QueueError("the queue is in use by process 7"), 1, "process 7"),
    ],
)
def test_a_foreseen_error_is_said_plainly_with_the_next_step(error: Exception, code: int, advice: str) -> None:
    plain = in_plain_words(error)
    assert plain is not None
    assert plain.exit_code == code
    assert str(error) in plain.message
    assert advice in plain.message


def test_a_bug_is_no_foreseen_error() -> None:
    assert in_plain_words(KeyError("x")) is None
