"""``tracker-bridge plan``"""

from pathlib import Path

import click

from tracker_bridge.cli.changes import show_changes, show_messages
from tracker_bridge.cli.needed import needed_lines
from tracker_bridge.cli.options import EXITS, config_option, ref_argument
from tracker_bridge.cli.session import open_house


@click.command(epilog=EXITS)
@ref_argument
@config_option
def command(ref: str, config: Path | None) -> None:
    """
    Show what reconcile would change, without changing anything.

    REF is an issue of a configured project: github:acme/api#12, gitlab:acme/web#3, or its URL. Prints each comment
    that would be posted or edited as a diff, every change of labels, reactions and state, each message that
    would be sent to a destination, and what the incident needs now.

    \b
    Examples:
      tracker-bridge plan github:acme/api#12
      tracker-bridge plan https://github.com/acme/api/issues/12
    """
    with open_house(config) as session:
        if not session.signs:
            click.echo("There is no signing key here, so earlier receipts are ignored.", err=True)
        decision = session.decide(session.find(ref))
    messages = [one.message for one in decision.going.parcels]
    if decision.changes:
        click.echo(show_changes(decision.issue, decision.changes))
    if messages:
        click.echo(show_messages(messages))
    if not decision.changes and not messages:
        click.echo(f"{decision.issue.ref} is up to date: nothing would change.")
    for line in needed_lines(decision.incident, decision.possible_duplicate):
        click.echo(line)
