"""``tracker-bridge status``"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from tracker_bridge.cli.cases import read_cases
from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import EXITS, config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.session import open_house
from tracker_bridge.domain.derived.availability import DAYS
from tracker_bridge.domain.derived.disguise import disguised, disguised_rules
from tracker_bridge.domain.derived.maintenance import public_page
from tracker_bridge.domain.derived.public import PageRules
from tracker_bridge.domain.derived.sums import Case
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
      tracker-bridge status build public/ --check
    """


@command.command(epilog="Exit codes: 0 success; 1 something could not be read: the page stays; 2 wrong usage.")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.argument("projects", metavar="[PROJECT]...", nargs=-1)
@click.option("--title", default=None, help="Title of the page; the default is that of the settings.")
@click.option("--url", default=None, help="Where the page will be, for its feeds; the default as above.")
@click.option(
    "--check",
    is_flag=True,
    help="Build it a second time, with every internal text replaced: unless the files are the same, nothing is "
    "written.",
)
@config_option
def build(
    folder: Path,
    projects: tuple[str, ...],
    *,
    title: str | None,
    url: str | None,
    check: bool,
    config: Path | None,
) -> None:
    """
    Write the page, its feeds and its JSON into FOLDER.

    PROJECT is a configured project; the default is those of the setting status_page.projects, or all. Where
    something cannot be read, nothing is written: the page of before says more than one with gaps.
    """
    at = datetime.now(UTC)
    with open_house(config) as session, Progress() as progress:
        page = session.settings.status_page
        cases = read_cases(session, projects or page.projects, at - timedelta(days=DAYS), progress, shown=True)
    cases.complain()
    site = _Site(page.title if title is None else title, page.url if url is None else url, page.rules, at)
    files = site.files(cases.found)
    if check:
        _demand_nothing_internal(site, cases.found, files)
    try:
        put_files(folder, files)
    except OSError as error:
        raise Failed(f"{error.filename}: {error.strerror}") from None
    if check:
        click.echo(f"Nothing internal of {len(cases.found)} incidents is in the files.")
    click.echo(f"{len(files)} files written to {folder}.")


class _Site:
    def __init__(self, title: str, url: str, rules: PageRules, at: datetime) -> None:
        self._title, self._url, self.rules, self._at = title, url, rules, at

    def files(self, cases: Iterable[Case], rules: PageRules | None = None) -> Mapping[str, str]:
        status = public_page(cases, self._at, rules or self.rules)
        return status_files(templates_folder(), status, title=self._title, url=self._url)


def _demand_nothing_internal(site: _Site, cases: Sequence[Case], files: Mapping[str, str]) -> None:
    """Raise :class:`Failed` where anything but the words for everyone makes a difference."""
    shown = [disguised(case) for case in cases if not case.confidential]
    without = site.files(shown, disguised_rules(site.rules))
    if differing := sorted(
        {name for name, text in files.items() if without.get(name) != text} | (without.keys() - files)
    ):
        raise Failed(f"nothing is written: internal text is in {', '.join(differing)}")


def put_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files, and remove the feeds of components that are no longer there. Raises ``OSError``."""
    for name, text in files.items():
        _write(folder / name, text)
    for feed in (folder / "components").glob("*.atom"):
        if f"components/{feed.name}" not in files:
            feed.unlink()


def _write(path: Path, text: str) -> None:
    """Replace a file as a whole, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.new")
    aside.write_text(text, encoding="utf-8", newline="")
    aside.replace(path)
