"""``tracker-bridge connect``"""

import click

from tracker_bridge.cli.connecting.github import github
from tracker_bridge.cli.connecting.gitlab import gitlab
from tracker_bridge.cli.options import EXITS


@click.group(no_args_is_help=True, epilog=EXITS)
def command() -> None:
    """
    Connect the bridge to a forge, step by step.

    Every step can be done twice: what is there is left as it is. Nothing secret is printed; credentials go into
    files that only you can read.

    \b
    Examples:
      tracker-bridge connect github --org acme --hook-url https://bridge.example.org/hooks/github
      tracker-bridge connect gitlab --group acme --hook-url https://bridge.example.org/hooks/gitlab
    """


command.add_command(github)
command.add_command(gitlab)
