"""``tracker-bridge offline``"""

import getpass
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed, Misused
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.prompting import keep, say, shown
from tracker_bridge.cli.resting import rules_at_rest, settings_at_rest
from tracker_bridge.cli.telling import publisher, sender
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.offline.desk import Desk
from tracker_bridge.offline.known import NoExport, known_notebook
from tracker_bridge.offline.notebook import LOGIN, head, read, with_facts
from tracker_bridge.offline.notebook_file import NotebookFile
from tracker_bridge.offline.server import Page
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.rendering import Renderer
from tracker_bridge.templates_folder import templates_folder


@click.command(epilog="Exit codes: 0 success; 1 a line was not written down or not accepted; 2 wrong usage.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--as", "keeper", metavar="NAME", default="", help="Your login on the tracker. Default: the user's name."
)
@click.option("--title", metavar="TEXT", default="", help="Title of a new incident.")
@click.option("--project", metavar="PROJECT", default="", help="Where it will be opened later: TRACKER:acme/api.")
@click.option(
    "--incident",
    "export",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Continue an incident of the tracker, from its export (JSON).",
)
@click.option("--label", "labels", metavar="NAME", multiple=True, help="A label, such as service:checkout.")
@click.option(
    "--confidential",
    is_flag=True,
    help="Keep it off the status page. Where issues can be confidential, its issue will be.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the page. Default: any free one.")
@click.option("--no-page", is_flag=True, help="No page, only the terminal.")
@click.option("--serve", is_flag=True, help="Only the page, until it is stopped.")
@click.option(
    "--status-page",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Rebuild the status page in this folder with each change.",
)
@click.option(
    "--known",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Export of another incident, for the status page.",
)
@click.option("--notify", is_flag=True, help="Send what a thread would send to the destinations of the settings.")
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
    confidential: bool,
    port: int,
    no_page: bool,
    serve: bool,
    folder: Path | None,
    known: tuple[Path, ...],
    notify: bool,
    lines: tuple[str, ...],
    show: bool,
    team: Path | None,
    config: Path | None,
) -> None:
    """
    Keep an incident in a notebook while the tracker is down.

    FILE is a text file on this machine; the default is incident-DATE.txt here. It takes the lines that a thread
    takes, with or without a command, and answers them in the same way: status, refusals, reminders. A line may
    begin with a time and with who says it. A page on this machine takes them as well. Afterwards, `tracker-bridge
    replay` posts it. docs/when-the-tracker-is-down.md says what to do, and describes the file.

    \b
    Examples:
      tracker-bridge offline --title "Checkout is down" --project github:acme/api
      tracker-bridge offline --incident export-of-12.json --status-page public/
      tracker-bridge offline incident.txt --say "22:10 @bob first customers call" --say "/incident severity sev1"
    """
    path = file or Path(f"incident-{datetime.now(UTC):%Y-%m-%d}.txt")
    keeper = keeper.removeprefix("@") or _user()
    if not LOGIN.fullmatch(keeper):
        raise click.BadParameter("a name has letters, digits and . _ - in it, like a login", param_hint="--as")
    rules = rules_at_rest(config, team, project)
    facts = [*(("label", one) for one in labels), *([("confidential", "yes")] if confidential else [])]
    try:
        top = _continued(export, keeper, rules) if export else head(title=title, project=project, keeper=keeper)
        new = NotebookFile(path).begin(with_facts(top, facts))
        if not new and (title or export):
            click.echo(
                f"{path} is there already, and is continued; --title and --incident are for a new one.", err=True
            )
        settings, renderer = settings_at_rest(config), Renderer(templates_folder(), COMMANDS)
        others = [OfflineThread(read(_continued(one, "unknown", rules)), rules, renderer) for one in known]
        with ExitStack() as running:
            sent = running.enter_context(sender(settings, path, renderer, wanted=notify))
            desk = Desk(
                NotebookFile(path),
                rules,
                renderer,
                changed=publisher(settings, folder, others),
                reconcile=sent.reconcile,
                called=sent.called,
            )
            if lines or show:
                _once(desk, lines, keeper, show=show)
            else:
                page = None if no_page else running.enter_context(Page(desk, keeper, templates_folder(), port))
                keep(desk, keeper, page, prompt=not serve)
    except OSError as error:
        raise Failed(f"{error.filename or path}: {error.strerror}.") from None


def _once(desk: Desk, lines: tuple[str, ...], keeper: str, *, show: bool) -> None:
    good = [say(desk, line, keeper) for line in lines]
    if show:
        click.echo(shown(desk.thread(), desk.path))
    if not all(good):
        raise click.exceptions.Exit(1)


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
