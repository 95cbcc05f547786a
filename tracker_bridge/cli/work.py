"""``tracker-bridge work``"""

from pathlib import Path

import click

from tracker_bridge import serving
from tracker_bridge.cli.options import config_option
from tracker_bridge.settings import load


@click.command(epilog="Exit codes: 0 stopped on request; 1 could not start or continue; 2 wrong settings.")
@config_option
def command(config: Path | None) -> None:
    """
    Process issues without receiving webhooks.

    Like serve, for places that webhooks cannot reach: finds changes only by sweeping, so commands are answered
    within sweep_every instead of at once. Do not run it beside serve: only one process can use the queue.

    \b
    Examples:
      tracker-bridge work
      TRACKER_BRIDGE_SWEEP_EVERY=1m tracker-bridge work
    """
    serving.work(load(config))
