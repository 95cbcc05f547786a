"""``tracker-bridge check``"""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
from pydantic import BaseModel, SecretStr

from tracker_bridge.cli.notify import demand_addresses, described
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.shape import shape_lines
from tracker_bridge.cli.texts import one_line
from tracker_bridge.domain.incident.review_layout import faults
from tracker_bridge.serving.keys import keys_found
from tracker_bridge.serving.on_call import feeds_of
from tracker_bridge.serving.trackers import open_trackers
from tracker_bridge.setting_types.databases import DatabaseUrl
from tracker_bridge.settings import (
    TEMPLATE,
    BadSettings,
    Problem,
    Settings,
    demand_alerts,
    demand_libraries,
    demand_secrets,
    foreign_severities,
    load,
    place_of_key,
    settings_file,
    team_rules,
)
from tracker_bridge.settings.toml import as_toml
from tracker_bridge.trackers import Unreadable, text_of
from tracker_bridge.trackers.forges import FORGES


@click.command(epilog="Exit codes: 0 the settings are valid for serve; 2 they are not.")
@config_option
@click.option(
    "--repository",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Validate this settings file of a repository instead.",
)
@click.option(
    "--postmortem",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Validate this template of postmortem reviews instead.",
)
def command(config: Path | None, repository: Path | None, postmortem: Path | None) -> None:
    """
    Validate the settings.

    Reads the settings as serve would, reports every problem at once, and prints the effective values; for secrets,
    only whether they are set. Uses no network.

    With --repository, validates that file instead: the one that a team keeps on the default branch of its project.
    Prints what the team has added: roles, fields, checklists, rules, deadlines.
    It is checked against the operator's settings if they are known, or, as in a team's own pipeline, against the
    defaults. A template of postmortem reviews in the folder tracker-bridge beside it is validated as well; with
    --postmortem, only that.

    \b
    Examples:
      tracker-bridge check
      TRACKER_BRIDGE_PORT=9000 tracker-bridge check --config ./staging.toml
      tracker-bridge check --repository .github/tracker-bridge.toml
      tracker-bridge check --postmortem .github/tracker-bridge/postmortem.md
    """
    if postmortem is not None:
        _check_template(postmortem)
        return
    settings = load(config, receives=repository is None)
    if repository is not None:
        _check_repository(repository, settings)
        return
    click.echo(f"Settings file: {settings_file(config) or 'none'}")
    for line in _listed(settings, ""):
        click.echo(line)
    click.echo(f"Signing key: {one_line(_key(settings, config))}")
    for line in _alerts(settings):
        click.echo(line)
    for one in settings.on_call_sources:
        click.echo(f"On call: {one.name}, of {one.kind}")
    if settings.notify:
        click.echo(f"Destinations: {len(settings.notify)}")
    for row in settings.notify:
        click.echo(f"  {described(row)}")
    demands = (demand_secrets, _demand_trackers, demand_alerts, demand_libraries, demand_addresses, feeds_of)
    problems = [problem for demand in demands for problem in _found(demand, settings)]
    if problems:
        raise BadSettings(problems)
    click.echo("Ready for: tracker-bridge serve")


def _alerts(settings: Settings) -> Iterator[str]:
    for source in settings.alerts:
        where = one_line(", ".join(dict.fromkeys((source.project, *(route.project for route in source.routes)))))
        yield f"Alerts: POST /alerts/{source.name}, of {source.kind}; incidents in {where}"
        if foreign := dict.fromkeys(name for _, name in foreign_severities(settings, source)):
            names = one_line(", ".join(foreign))
            yield f"  {names}: not on the severity scale here; doctor checks the projects' own scales"


def _key(settings: Settings, config: Path | None) -> str:
    found = keys_found(settings, ask=False)
    if found.trouble:
        return found.trouble
    kept = f"kept in {found.place}" if found.kept else ""
    if found.given:
        return f"given in {place_of_key(config)}" + (f"; the one {kept} is accepted as well" if kept else "")
    if found.database:
        return f"kept in {found.place}; several hosts should be given one (docs/scaling.md)"
    return kept or f"none yet; serve creates one at its first start, and keeps it in {found.path}"


def _check_repository(path: Path, settings: Settings) -> None:
    try:
        any_forge = next(iter(FORGES))  # what is right on one is right on all
        found = team_rules(text_of(raw := path.read_bytes(), len(raw)), settings, any_forge)
    except Unreadable as error:
        raise BadSettings([Problem(str(path), str(error))]) from None
    click.echo(f"{path} is valid.")
    for line in shape_lines(found):
        click.echo(line)
    if (template := path.parent / TEMPLATE).is_file():
        _check_template(template)


def _check_template(path: Path) -> None:
    """The template of reviews, as ``reconcile`` would read it."""
    try:
        wrong = faults(text_of(raw := path.read_bytes(), len(raw)))
    except Unreadable as error:
        raise BadSettings([Problem(str(path), str(error))]) from None
    if wrong:
        raise BadSettings([Problem(f"{path}, {where}", what) for where, what in wrong])
    click.echo(f"{path} is valid.")


def _demand_trackers(settings: Settings) -> None:
    with open_trackers(settings):
        pass  # what they cannot work with was said


def _found(demand: Callable[[Settings], object], settings: Settings) -> tuple[Problem, ...]:
    try:
        demand(settings)
    except BadSettings as error:
        return error.problems
    return ()


def _listed(table: BaseModel, above: str) -> Iterator[str]:
    for name in type(table).model_fields:
        value = getattr(table, name)
        if isinstance(value, BaseModel):
            yield from _listed(value, f"{above}{name}.")
        else:
            yield f"  {above}{name} = {_shown(value)}"


def _shown(value: object) -> str:
    """What a settings file has behind the ``=``; of a secret only that it is there."""
    match value:
        case None | () | {}:
            shown = "not set"
        case DatabaseUrl():
            shown = f"PostgreSQL at {value.place}"
        case SecretStr():
            shown = "set"
        case (SecretStr(), *_):
            shown = f"{len(value)} set"
        case _:
            shown = as_toml(value)
    return one_line(shown)
