"""``tracker-bridge serve``"""

from pathlib import Path
from typing import Any

import click

from tracker_bridge import serving
from tracker_bridge.cli.options import config_option
from tracker_bridge.settings import load


@click.command(epilog="Exit codes: 0 stopped as asked; 1 it could not start or go on; 2 wrong settings.")
@click.option(
    "--host", help="Address to listen on; 0.0.0.0 for every one of this machine. Default: the setting host."
)
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: the setting port.")
@config_option
def command(host: str | None, port: int | None, config: Path | None) -> None:
    """
    Receive webhooks and look after the issues.

    Listens for the webhooks of the configured trackers at /hooks/github and /hooks/gitlab, and for a supervisor at
    /healthz and /readyz; looks at issues when they change, and sweeps for what was missed. One process on one
    machine. SIGTERM or Ctrl-C finishes the issues under way, for 24 seconds at most, and ends.

    \b
    Examples:
      tracker-bridge serve
      tracker-bridge serve --host 0.0.0.0 --port 9000
    """
    flags: dict[str, Any] = {"host": host, "port": port}
    given = {name: value for name, value in flags.items() if value is not None}
    serving.serve(load(config, flags=given, receives=True))
