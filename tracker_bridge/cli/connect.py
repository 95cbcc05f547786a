"""``tracker-bridge connect``"""

import click

from tracker_bridge.cli.connecting.github import github
from tracker_bridge.cli.connecting.gitlab import gitlab


@click.group(no_args_is_help=True)
def command() -> None:
    """
    Connect the bridge to GitHub or GitLab, step by step.

    Every step can be done twice: what is there is left as it is. Nothing secret is printed; credentials go into
    files that only you can read.
    """


command.add_command(github)
command.add_command(gitlab)
