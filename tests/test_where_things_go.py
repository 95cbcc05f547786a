"""
CONTRIBUTING's answers to "where does it go", checked by doing it in a copy: what is touched, and that it works.

Files of the product are counted; tests and generated pages are not. Each copy runs in a process of its own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

THREAD = "from tests.commands.thread import RENDERER, ROOM, at, declared\nthread = declared()\n"


class Copy:
    """A copy of the product, and which files were changed in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = folder / "tracker_bridge"
        ignored = shutil.ignore_patterns("__pycache__", "sandbox", "demo")
        shutil.copytree(ROOT / "tracker_bridge", self.package, ignore=ignored)
        shutil.copytree(ROOT / "templates", folder / "templates")
        self.touched: set[str] = set()

    def write(self, path: str, text: str) -> None:
        """Make a new file."""
        assert not (self.folder / path).exists()
        (self.folder / path).write_text(text, "utf-8")
        self.touched.add(path)

    def insert(self, name: str, before: str, text: str) -> None:
        """Put a text in front of another in the only file of that name, or at its end."""
        file = self.file(name)
        old = file.read_text("utf-8")
        assert not before or old.count(before) == 1, f"{name}: {before}"
        file.write_text(old.replace(before, text + before) if before else old + text, "utf-8")
        self.touched.add(str(file.relative_to(self.folder)))

    def file(self, name: str) -> Path:
        """Return the only file with that end of a path; a name alone is one of the domain's."""
        folder = self.folder if "/" in name else self.package / "domain"
        [found] = (one for one in folder.rglob(Path(name).name) if str(one).endswith(f"/{name}"))
        return found

    def module(self, name: str) -> str:
        """Return how the only module with that file is imported."""
        return ".".join(self.file(name).relative_to(self.folder).with_suffix("").parts)

    def run(self, code: str) -> str:
        """Return what the code prints that runs with the copy."""
        paths = os.pathsep.join((str(self.folder), str(ROOT)))
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": paths},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    made = Copy(tmp_path)
    yield made
    assert str(made.folder) in made.run("import tracker_bridge; print(tracker_bridge.__file__)")


def a_command(copy: Copy, result: str) -> str:
    return f'''"""A number to dial."""

from dataclasses import replace

from {copy.module("command.py")} import Section, When, command
from {copy.module("grammar.py")} import Takes
from {copy.module("timeline.py")} import Kind, entry_of


@command(
    "dial",
    section=Section.TIMELINE,
    usage="dial <number>",
    examples=("dial 42",),
    when=When.DECLARED,
    takes=Takes.TEXT,
)
def dial(incident, call):
    """Tell the number to dial."""
    return {result}
'''


def test_a_command_without_state(copy: Copy) -> None:
    result = "incident.having(entry_of(call.origin, Kind.NOTE, text=f'dial {call.text}'))"
    copy.write("tracker_bridge/commands/dial.py", a_command(copy, result))
    said = 'thread.say("alice", "/incident dial 42")\nprint(thread.mistakes, thread.incident.timeline[-1].text)'
    assert copy.run(THREAD + said) == "[] dial 42\n"
    assert len(copy.touched) == 1


def test_a_command_with_state(copy: Copy) -> None:
    copy.write("tracker_bridge/commands/dial.py", a_command(copy, "replace(incident, dial=call.text)"))
    copy.insert("incident.py", '    source: str = ""\n', '    dial: str = ""\n')
    copy.insert("templates/status.md.j2", "", "\n\nDial {{ incident.dial | prose(40) }}.\n")
    said = 'thread.say("alice", "/incident dial 42")\nprint(thread.documents["status"])'
    assert copy.run(THREAD + said).endswith("\n\nDial 42.\n")
    assert len(copy.touched) == 3


def test_a_reminder(copy: Copy) -> None:
    begin = "def _running(incident: Incident) -> Iterator[Clock]:\n"
    new = """@dataclass(frozen=True, slots=True)
class Stretch(Reminder):
    kind = "stretch"
    legs: int


"""
    hour = "timedelta(hours=1)"
    due = f"    yield Clock(Stretch(2), incident.created_at, {hour}, {hour}, incident.people.logins(*Role))\n"
    copy.insert("reminders.py", begin, new)
    copy.insert("reminders.py", "    if incident.active:\n        yield from _quiet(incident)", due)
    words = '{% elif reminder.kind == "stretch" %}, stretch your {{ reminder.legs }} legs.\n\n'
    copy.insert("templates/nudge.md.j2", '{% elif reminder.kind == "lead" %}', words)
    said = f"""
from {copy.module("reminders.py")} import due
nudges = [one for one in due(thread.incident, at("15:30")).nudges if "stretch" in one.key]
[document] = [one for one in RENDERER.documents(thread.incident, "", ROOM, {{}}, nudges) if "nudge" in one.key]
print(document.body.partition(".")[0])
"""
    assert (
        copy.run(THREAD + 'thread.say("alice", "/incident claim lead")' + said)
        == "@bob @alice, stretch your 2 legs\n"
    )
    assert len(copy.touched) == 2


def test_a_document(copy: Copy) -> None:
    row = (
        'DocumentKind("weather", Per.INCIDENT, ("weather",), about=lambda one: one.severity and one.severity.name)'
    )
    copy.insert("documents.py", "    DocumentKind(STATUS,", f"    {row},\n")
    copy.write("templates/weather.md.j2", "It rains: {{ incident.severity.name | prose(20) }}.\n")
    said = f"""
from {copy.module("documents.py")} import KINDS
thread.say("alice", "/incident severity sev2")
print([(key, body) for key, body in thread.documents.items() if key.startswith("weather")], "weather" in KINDS)
"""
    assert copy.run(THREAD + said) == "[('weather:sev2', 'It rains: sev2.')] True\n"
    assert len(copy.touched) == 2


def test_a_setting_of_a_team(copy: Copy) -> None:
    copy.insert("rules.py", "    confirm_reports: bool = True\n", "    calm: bool = False\n")
    field = '    calm: Annotated[bool, OfTeams()] = Field(default=False, description="Whether all is calm.")\n'
    copy.insert("settings/model.py", "    repository_settings: bool = Field(", field)
    said = f"""
from {copy.module("settings/repository.py")} import team_rules
from tracker_bridge.settings import Settings
print(team_rules("calm = true", Settings(), "github").calm, team_rules("", Settings(calm=True), "gitlab").calm)
print(team_rules("", Settings(), "github").calm)
"""
    assert copy.run(said) == "True True\nFalse\n"
    assert len(copy.touched) == 2


def test_a_tracker(copy: Copy) -> None:
    trackers = copy.package / "trackers"
    shutil.copytree(trackers / "gitlab", trackers / "forgejo")
    for file in (trackers / "forgejo").rglob("*.py"):
        file.write_text(file.read_text("utf-8").replace("trackers.gitlab", "trackers.forgejo"), "utf-8")
    package = trackers / "forgejo" / "__init__.py"
    package.write_text(package.read_text("utf-8").replace('name="gitlab"', 'name="forgejo"'), "utf-8")
    copy.insert("trackers/forges.py", '    "gitlab",\n', '    "forgejo",\n')
    said = """
from tracker_bridge.settings import Settings
from tracker_bridge.trackers.forges import FORGES
found = Settings(forgejo={"token": "t" * 20, "projects": ["acme/shop"]})
print(list(FORGES), list(found.forges))
"""
    assert copy.run(said) == "['github', 'forgejo', 'gitlab'] ['forgejo']\n"
    assert len(copy.touched) == 1
