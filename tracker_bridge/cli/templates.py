"""``tracker-bridge templates``"""

from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.options import config_option
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.rendering.forms import issue_form
from tracker_bridge.settings import FILE, BadSettings, Problem, Settings, load, rules, team_rules
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Unreadable, text_of
from tracker_bridge.trackers.forges import FORGES

_PATHS = {name: forge.form for name, forge in FORGES.items() if forge.form}


@click.command(
    epilog="Exit codes: 0 success; 1 a file could not be written, or exists with different content; 2 wrong usage."
)
@click.option(
    "--forge",
    type=click.Choice(list(_PATHS)),
    multiple=True,
    help="Forge to write for. Default: the configured ones, else both.",
)
@click.option(
    "--write",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Write the files to this working copy, where the forge looks for them, instead of printing them.",
)
@click.option("--force", is_flag=True, help="Replace an existing file with different content.")
@config_option
def command(forge: tuple[str, ...], write: Path | None, *, force: bool, config: Path | None) -> None:
    """
    Print or write the issue forms for opening incidents.

    An issue form for GitHub, a description template for GitLab. The answers (when it began, when and by whom it
    was noticed, how severe it is, who is affected and how) count as if people had typed the commands. Labels,
    severities, time zone and the questions of your own fields come from the settings; with --write, also from the
    working copy's own settings file, if it has one. Commit the files to the default branch.

    \b
    Examples:
      tracker-bridge templates --forge github
      tracker-bridge templates --write ~/src/api
    """
    settings = load(config)
    there = False
    for name in forge or [one for one in _PATHS if one in settings.forges] or _PATHS:
        text = issue_form(templates_folder(), _PATHS[name], _rules(settings, name, write))
        if write is None:
            click.echo(f"{_PATHS[name]}:", err=True)
            click.echo(text, nl=False)
        else:
            there |= not _write(write / _PATHS[name], text, force=force)
    if there:
        raise Failed("Nothing was overwritten; use --force to overwrite.")


def _rules(settings: Settings, forge: str, working_copy: Path | None) -> Rules:
    """Return what holds there: the operator's rules, and over them the team's own file."""
    own = working_copy / f".{forge}" / FILE if working_copy else None
    if own is None or not own.is_file():
        return rules(settings, forge)
    try:
        return team_rules(text_of(raw := own.read_bytes(), len(raw)), settings, forge)
    except Unreadable as error:
        raise BadSettings([Problem(str(own), str(error))]) from None


def _write(path: Path, text: str, *, force: bool) -> bool:
    """Return whether the file now has this text."""
    try:
        old = path.read_text(encoding="utf-8") if path.exists() else None
        if old is not None and old != text and not force:
            click.echo(f"{path} already exists with different content")
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Failed(f"{path} cannot be written: {error}") from None
    click.echo(f"{path} is unchanged" if old == text else f"wrote {path}")
    return True
