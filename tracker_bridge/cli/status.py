"""``tracker-bridge status``"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from tracker_bridge.cli.cases import read_cases
from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import EXITS, config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.session import open_house
from tracker_bridge.domain.derived.public import DAYS, public_status
from tracker_bridge.rendering.status_page import status_files
from tracker_bridge.templates_folder import templates_folder


@click.group(no_args_is_help=True, epilog=EXITS)
def command() -> None:
    """
    Build a status page from external updates.

    An incident appears with its first `update` to an external audience, and is named by it. Nothing else of it is
    shown: no title, no severity, no names, and nothing of confidential issues.

    \b
    Examples:
      tracker-bridge status build public/ --title "Acme status" --url https://status.example.org
    """


@command.command(epilog="Exit codes: 0 success; 1 something could not be read: the page stays; 2 wrong usage.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("projects", metavar="[PROJECT]...", nargs=-1)
@click.option("--title", default="Status", show_default=True, help="Title of the page.")
@click.option("--url", default="", help="Where the page will be, for its feeds.")
@config_option
def build(folder: Path, projects: tuple[str, ...], *, title: str, url: str, config: Path | None) -> None:
    """
    Write the page, its feeds and its JSON into FOLDER.

    PROJECT is a configured project; the default is all of them. Where something cannot be read, nothing is
    written: the page of before says more than one with gaps.
    """
    at = datetime.now(UTC)
    with open_house(config) as session, Progress() as progress:
        cases = read_cases(session, projects, at - timedelta(days=DAYS), progress)
    cases.complain()
    files = status_files(templates_folder(), public_status(cases.found, at), title=title, url=url)
    try:
        for name, text in files.items():
            _write(folder / name, text)
    except OSError as error:
        raise Failed(f"{error.filename}: {error.strerror}") from None
    click.echo(f"{len(files)} files written to {folder}.")


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.new")
    aside.write_text(text, encoding="utf-8", newline="")
    aside.replace(path)
