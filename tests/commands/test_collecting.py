"""Adding a command touches one file."""

from pathlib import Path

import pytest

import tracker_bridge.commands
from tests.commands.thread import declared
from tracker_bridge.commands import COMMANDS, collect
from tracker_bridge.domain.incident.timeline import Kind

BUILT_IN = Path(tracker_bridge.commands.__file__).parent

COFFEE = '''\
"""Hot drinks."""

from tracker_bridge.domain.issue.invocations import Invocation
from tracker_bridge.domain.fold.command import Section, command
from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.replies import Refused
from tracker_bridge.domain.incident.timeline import Kind, entry_of


@command("coffee", section=Section.ROLES, usage="coffee WHO", aliases=("tea",), examples=("coffee the team",))
def coffee(incident: Incident, call: Invocation) -> Incident | Refused:
    """
    Bring somebody coffee.

    It is noted, so that nobody is forgotten.
    """
    if not call.text:
        return Refused("for whom?", "coffee the team")
    return incident.having(entry_of(call.origin, Kind.NOTE, text=f"coffee for {call.text}"))
'''


def test_a_file_in_the_folder_is_a_command_that_works_and_is_documented(tmp_path: Path) -> None:
    (tmp_path / "coffee.py").write_text(COFFEE)
    commands = collect(BUILT_IN, tmp_path)
    thread = declared(commands=commands)

    thread.say("dana", "/incident coffee the team\n/incident tea alice\n/incident coffee")
    topic = thread.say("dana", "/incident help tea")
    table = thread.say("dana", "/incident help")

    assert set(commands) == {*COMMANDS, "coffee"}
    assert [entry.text for entry in thread.entries(Kind.NOTE)] == ["coffee for the team", "coffee for alice"]
    assert thread.mistake.refused.instead == "coffee the team"
    documents = thread.documents
    assert "It is noted, so that nobody is forgotten." in documents[f"help:{topic}"]
    assert "- `/incident coffee WHO`: Bring somebody coffee\n" in documents[f"help:{table}"]


def test_built_in_commands_are_those_of_the_folder() -> None:
    assert dict(collect(BUILT_IN)) == dict(COMMANDS)
    assert {file.stem for file in BUILT_IN.glob("[!_]*.py")} == {
        command.run.__module__.rpartition(".")[2] for command in COMMANDS.values()
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('    """\n    Bring somebody coffee.\n\n    It is noted, so that nobody is forgotten.\n    """\n', ""),
        (', examples=("coffee the team",)', ""),
    ],
    ids=["no docstring", "no example"],
)
def test_a_command_without_documentation_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in COFFEE
    (tmp_path / "coffee.py").write_text(COFFEE.replace(old, new))

    with pytest.raises(TypeError, match=r"'coffee' needs a docstring and an example"):
        collect(BUILT_IN, tmp_path)


@pytest.mark.parametrize(
    ("word", "clash"), [('"coffee"', '"note"'), ('"coffee"', '"sev"'), ('"tea"', '"severity"'), ('"tea"', '"log"')]
)
def test_two_commands_with_one_word_are_refused(tmp_path: Path, word: str, clash: str) -> None:
    (tmp_path / "coffee.py").write_text(COFFEE.replace(word, clash))

    with pytest.raises(ValueError, match=f"two commands are called '{clash.strip(chr(34))}'"):
        collect(BUILT_IN, tmp_path)


def test_a_file_whose_name_begins_with_an_underscore_is_no_command(tmp_path: Path) -> None:
    (tmp_path / "_coffee.py").write_text(COFFEE)

    assert "coffee" not in collect(BUILT_IN, tmp_path)
