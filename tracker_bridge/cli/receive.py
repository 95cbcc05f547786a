"""``tracker-bridge receive``"""

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
    Receive webhooks for workers elsewhere.

    Like serve, without processing issues: that is done by work or serve, in other processes or on other hosts with
    the same queue. The queue must be a PostgreSQL database. While the database is away, webhooks are accepted and
    kept in memory. Any number of these can run behind a load balancer.

    \b
    Examples:
      tracker-bridge receive
      tracker-bridge receive --host 0.0.0.0 --port 9000
    """
    flags: dict[str, Any] = {"host": host, "port": port}
    given = {name: value for name, value in flags.items() if value is not None}
    running.receive(load(config, flags=given, receives=True))
