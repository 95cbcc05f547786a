"""``tracker-bridge offline``"""

import getpass
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed, Misused
from tracker_bridge.cli.incidents import describe
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.resting import rules_at_rest
from tracker_bridge.cli.texts import counted, one_line, plain
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.offline.desk import Desk, Heard, Refusal
from tracker_bridge.offline.known import NoExport, known_notebook
from tracker_bridge.offline.notebook import LOGIN, head
from tracker_bridge.offline.notebook_file import NotebookFile
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.rendering import Renderer
from tracker_bridge.templates_folder import templates_folder

_LOOKING = 5.0
"""Seconds between two looks at the file and the clocks."""


@click.command(epilog="Exit codes: 0 success; 1 a line was not written down or not accepted; 2 wrong usage.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--as", "keeper", metavar="NAME", default="", help="Your login on the tracker. Default: the user's name."
)
@click.option("--title", metavar="TEXT", default="", help="Title of a new incident.")
@click.option("--project", metavar="PROJECT", default="", help="Where it will be opened later: github:acme/api.")
@click.option(
    "--incident",
    "export",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Continue an incident of the tracker, from its export (JSON).",
)
@click.option("--label", "labels", metavar="NAME", multiple=True, help="A label, such as service:checkout.")
@click.option("--say", "lines", metavar="LINE", multiple=True, help="Add this line, print the answer, and end.")
@click.option("--show", is_flag=True, help="Print the incident, and end.")
@click.option(
    "--settings",
    "team",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The team's own settings: a copy of the repository's tracker-bridge.toml.",
)
@config_option
def command(
    file: Path | None,
    *,
    keeper: str,
    title: str,
    project: str,
    export: Path | None,
    labels: tuple[str, ...],
    lines: tuple[str, ...],
    show: bool,
    team: Path | None,
    config: Path | None,
) -> None:
    """
    Keep an incident in a notebook while the tracker is down.

    FILE is a text file on this machine; the default is incident-DATE.txt here. It takes the lines that a thread
    takes, with or without a command, and answers them in the same way: status, refusals, reminders. A line may
    begin with a time and with who says it. Nothing is sent. Afterwards, `tracker-bridge replay` posts it.
    docs/when-the-tracker-is-down.md says what to do, and describes the file.

    \b
    Examples:
      tracker-bridge offline --title "Checkout is down" --project github:acme/api
      tracker-bridge offline --incident export-of-12.json
      tracker-bridge offline incident.txt --say "22:10 @bob first customers call" --say "/incident severity sev1"
    """
    path = file or Path(f"incident-{datetime.now(UTC):%Y-%m-%d}.txt")
    keeper = keeper.removeprefix("@") or _user()
    if not LOGIN.fullmatch(keeper):
        raise click.BadParameter("a name has letters, digits and . _ - in it, like a login", param_hint="--as")
    rules = rules_at_rest(config, team, project)
    notebook = NotebookFile(path)
    try:
        top = _continued(export, keeper, rules) if export else _top(keeper, title, project, labels)
        new = notebook.begin(top)
        desk = Desk(notebook, rules, Renderer(templates_folder(), COMMANDS))
        if not new and (title or export):
            click.echo(
                f"{path} is there already, and is continued; --title and --incident are for a new one.", err=True
            )
        _keep(desk, lines, keeper, show=show)
    except OSError as error:
        raise Failed(f"{path}: {error.strerror}.") from None


def _keep(desk: Desk, lines: tuple[str, ...], keeper: str, *, show: bool) -> None:
    if lines:
        good = [_said(desk, line, keeper) for line in lines]
        if show:
            _show(desk)
        if not all(good):
            raise click.exceptions.Exit(1)
        return
    if show:
        _show(desk)
        return
    with ExitStack() as running:
        _show(desk)
        click.echo("\nA line is written down at once. An empty line shows the incident; Ctrl-D ends.", err=True)
        running.enter_context(_Watch(desk))
        for line in _typed():
            if line.strip():
                _said(desk, line, keeper)
            else:
                _show(desk)


def _typed() -> Iterator[str]:
    """Yield what is typed, or comes in through a pipe, until it ends."""
    while True:
        if sys.stdin.isatty():
            click.echo("> ", nl=False, err=True)
        try:
            line = sys.stdin.readline()
        except (KeyboardInterrupt, UnicodeDecodeError):
            return
        if not line:
            return
        yield line.rstrip("\r\n")


def _said(desk: Desk, line: str, keeper: str) -> bool:
    """Add a line and print what it is answered with; return whether it was taken."""
    try:
        heard = desk.say(line, keeper)
    except Refusal as refusal:
        click.echo(plain(str(refusal)), err=True)
        return False
    click.echo(_answer(heard))
    return not any(refused(one) for one in heard.answers)


def refused(answer: str) -> bool:
    return " was not run: " in answer.partition("\n")[0]


def _answer(heard: Heard) -> str:
    if heard.again:
        return "It is there already."
    entry = heard.entry
    if entry is None:
        return "Written down."
    first = f"{entry.at:%H:%M} UTC {entry.who}: written down"
    return "\n".join(
        [f"{first}." if not heard.answers else f"{first}, and answered:", *map(readable, heard.answers)]
    )


def readable(text: str) -> str:
    """Return a comment for a terminal; what stands small below it is about comments on a tracker."""
    return plain("\n".join(line for line in text.split("\n") if not line.startswith("<sub>"))).strip()


def _show(desk: Desk) -> None:
    thread = desk.thread()
    click.echo(shown(thread, desk.path))


def shown(thread: OfflineThread, path: Path) -> str:
    """Return the incident as text, with what is wrong in the file."""
    found = thread.notebook.faults
    wrong = [f"{counted(len(found), 'line')} of {path} not counted:"] if found else []
    wrong += [f"  line {one.line}: {one.why}: {one_line(one.text)}" for one in found]
    _, _, *told = describe(thread.incident).split("\n")
    title = one_line(thread.incident.title)
    return "\n".join((f"{path}  {title}", *told, *([""] if wrong else []), *wrong))


class _Watch:
    """Prints reminders as they become due, while somebody types."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._over = threading.Event()
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._look, name="clocks", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            for text in self._new():
                click.echo(f"\n{readable(text)}\n", err=True)
            self._over.wait(_LOOKING)

    def _new(self) -> Iterator[str]:
        try:
            documents = self._desk.thread().documents(self._desk.clock())
        except OSError:
            return
        for key, document in documents.items():
            if key.startswith("nudge") and key not in self._told:
                self._told.add(key)
                yield document.body


def _top(keeper: str, title: str, project: str, labels: tuple[str, ...]) -> str:
    """Return the beginning of a new notebook."""
    facts = head(title=title, project=project, keeper=keeper)
    return facts.rstrip("\n") + "\n" + "".join(f"label: {' '.join(one.split())}\n" for one in labels) + "\n"


def _continued(export: Path, keeper: str, rules: Rules) -> str:
    """Return the beginning of one in which an exported incident goes on."""
    try:
        return known_notebook(export.read_text("utf-8"), keeper, rules.command_prefixes[0])
    except (NoExport, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, NoExport) else "is not UTF-8"
        raise Misused(f"{export} {reason}.") from None


def _user() -> str:
    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        return "keeper"
    return name if LOGIN.fullmatch(name) else "keeper"
