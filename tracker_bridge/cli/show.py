"""``tracker-bridge show``"""

from pathlib import Path

import click

from tracker_bridge.cli.incidents import describe
from tracker_bridge.cli.options import EXITS, config_option, ref_argument
from tracker_bridge.cli.session import open_house
from tracker_bridge.exporting.incidents import incident_json


@click.command(epilog=EXITS)
@ref_argument
@click.option("--json", "json_", is_flag=True, help="Print JSON, for other programs; docs/export.md describes it.")
@config_option
def command(ref: str, *, json_: bool, config: Path | None) -> None:
    """
    Print the state of one incident.

    REF is an issue of a configured project: github:acme/api#12, gitlab:acme/web#3, or its URL. Reads the thread
    and prints phase, severity, times, what is needed now, durations, roles and timeline. Read-only.

    \b
    Examples:
      tracker-bridge show github:acme/api#12
      tracker-bridge show github:acme/api#12 --json | jq .phase
    """
    with open_house(config) as session:
        decision = session.decide(session.find(ref))
    if json_:
        told = incident_json(
            decision.incident, decision.possible_duplicate, confidential=decision.issue.confidential
        )
        click.echo(told, nl=False)
    else:
        click.echo(describe(decision.incident, decision.possible_duplicate))
