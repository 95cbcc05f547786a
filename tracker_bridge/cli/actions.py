"""``tracker-bridge actions``"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from tracker_bridge.cli.cases import read_cases
from tracker_bridge.cli.options import config_option
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.report import since_of
from tracker_bridge.cli.session import open_house
from tracker_bridge.cli.texts import counted, one_line
from tracker_bridge.domain.derived.action_items import OpenItem, open_items
from tracker_bridge.exporting.actions import actions_json

_ALWAYS: Final = "2000-01-01"
"""Before there were issues on any forge."""


@click.command(epilog="Exit codes: 0 success; 1 some incidents could not be read; 2 wrong usage or settings.")
@click.argument("projects", metavar="[PROJECT]...", nargs=-1)
@click.option(
    "--since",
    default=_ALWAYS,
    callback=lambda _context, _parameter, text: since_of(text),
    help="Only incidents that have changed since: 90d, 12w, or a day. Default: all of them.",
)
@click.option("--json", "json_", is_flag=True, help="Print JSON, for other programs; docs/export.md describes it.")
@config_option
def command(projects: tuple[str, ...], *, since: datetime, json_: bool, config: Path | None) -> None:
    """
    List the open action items of all incidents.

    PROJECT is a configured project, github:acme/api or its URL; the default is all of them. Prints each item with
    its day, owner, issue and incident; the earliest day first, and those without a day last. Read-only.

    \b
    Examples:
      tracker-bridge actions github:acme/api
      tracker-bridge actions --json | jq '.actions[] | select(.overdue)'
    """
    now = datetime.now(UTC)
    with open_house(config) as session, Progress() as progress:
        cases = read_cases(session, projects, since, progress)
    items = open_items([(one.incident, one.confidential) for one in cases.found], now)
    if json_:
        click.echo(actions_json(items, projects=cases.projects, until=now, unread=cases.unread), nl=False)
    else:
        click.echo("\n".join(_lines(items)))
    cases.complain()


def _lines(items: Sequence[OpenItem]) -> Iterator[str]:
    for item in items:
        action, incident = item.action, item.incident
        day = "overdue" if item.overdue else "due" if action.due else ""
        owner = f"@{one_line(action.owner)}" if action.owner else "nobody"
        text = "(confidential)" if item.confidential else one_line(action.text)
        title = "" if item.confidential else f" {one_line(incident.title)}"
        due = f"{action.due}" if action.due else "no due date"
        yield f"{day:<8}{due:<12} {owner}: {text}"
        yield f"        {item.issue or 'no issue yet'}, from {incident.ref}{title}"
    overdue = sum(item.overdue for item in items)
    yield f"{counted(len(items), 'open action item')}{f', {overdue} overdue' if overdue else ''}"
