"""``tracker-bridge reconcile``"""

from pathlib import Path

import click

from tracker_bridge.cli.changes import name_change
from tracker_bridge.cli.options import EXITS, config_option, ref_argument
from tracker_bridge.cli.session import open_house


@click.command(epilog=EXITS)
@ref_argument
@config_option
def command(ref: str, config: Path | None) -> None:
    """
    Reconcile one issue.

    REF is an issue of a configured project: github:acme/api#12, gitlab:acme/web#3, or its URL. Reads the thread,
    makes the missing changes, and prints them. Running it again changes nothing. Needs no server; beside a running
    one it may do the same work at the same time, which the next reconcile repairs.

    \b
    Examples:
      tracker-bridge reconcile github:acme/api#12
      tracker-bridge reconcile https://gitlab.com/acme/platform/api/-/issues/3
    """
    with open_house(config, writes=True) as session:
        found = session.find(ref)
        result = session.reconcile(found)
    for change in result.changes:
        click.echo(f"* {name_change(change)}")
    if not result.changes:
        click.echo(f"{found} is up to date: nothing was changed.")
