"""``tracker-bridge work``"""

from pathlib import Path

import click

from tracker_bridge.cli.options import config_option
from tracker_bridge.serving import running
from tracker_bridge.settings import load


@click.command(epilog="Exit codes: 0 stopped on request; 1 could not start or continue; 2 wrong settings.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Number of processes; more than one needs a queue in PostgreSQL.",
)
@config_option
def command(processes: int, config: Path | None) -> None:
    """
    Process issues without receiving webhooks.

    With a queue in PostgreSQL, processes what receive and serve on any host put there; one of all workers sweeps.
    With a queue in a file, for places that webhooks cannot reach: finds changes only by sweeping, so commands are
    answered within sweep_every instead of at once; do not run it beside serve, because only one process can use
    the file.

    \b
    Examples:
      tracker-bridge work
      tracker-bridge work --processes 4
      TRACKER_BRIDGE_SWEEP_EVERY=1m tracker-bridge work
    """
    running.work(load(config), processes)
