"""``tracker-bridge serve``"""

from pathlib import Path
from typing import Any

import click

from tracker_bridge.cli.options import config_option
from tracker_bridge.serving import running
from tracker_bridge.settings import load


@click.command(epilog="Exit codes: 0 stopped on request; 1 could not start or continue; 2 wrong settings.")
@click.option("--host", help="Address to listen on; 0.0.0.0 for all interfaces. Default: the setting host.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on. Default: the setting port.")
@config_option
def command(host: str | None, port: int | None, config: Path | None) -> None:
    """
    Receive webhooks and process issues.

    Listens for webhooks of the configured trackers at /hooks/github and /hooks/gitlab, and for health checks at
    /healthz and /readyz; processes issues when they change, and sweeps for changes that were missed. One process
    on one machine, unless the queue is a PostgreSQL database. SIGTERM or Ctrl-C finishes the issues in progress,
    for at most 24 seconds, and exits.

    \b
    Examples:
      tracker-bridge serve
      tracker-bridge serve --host 0.0.0.0 --port 9000
    """
    flags: dict[str, Any] = {"host": host, "port": port}
    given = {name: value for name, value in flags.items() if value is not None}
    running.serve(load(config, flags=given, receives=True))
