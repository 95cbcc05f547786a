"""``tracker-bridge work``"""

from pathlib import Path

import click

from tracker_bridge import serving
from tracker_bridge.cli.options import config_option
from tracker_bridge.settings import load


@click.command(epilog="Exit codes: 0 stopped as asked; 1 it could not start or go on; 2 wrong settings.")
@config_option
def command(config: Path | None) -> None:
    """
    Look after the issues without receiving webhooks.

    As serve, for where no webhook can reach: finds changes by sweeping alone, so commands are answered within the
    setting sweep_every instead of at once. Not next to a running serve: one process uses the queue.

    \b
    Examples:
      tracker-bridge work
      TRACKER_BRIDGE_SWEEP_EVERY=1m tracker-bridge work
    """
    serving.work(load(config))
