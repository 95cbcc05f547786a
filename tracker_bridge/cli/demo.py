"""``tracker-bridge demo``"""

import sys

import click

from tracker_bridge.cli.errors import Failed

EXTRA = ("nh3",)
"""What only the sandbox imports: a production install goes without."""
_HOW_TO_GET_IT = f"""\
The demo needs what a plain installation leaves out: {", ".join(EXTRA)}. Install it with
  pip install 'tracker-bridge[demo]'
or, in a checkout, with
  pip install '.[demo]'"""


@click.command(epilog="Exit codes: 0 the incident was played to its end; 1 it was not.")
@click.option("--no-serve", is_flag=True, help="End when the incident is over, instead of staying up.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port of the sandbox; 0 (default) takes a free one."
)
def command(*, no_serve: bool, port: int) -> None:
    """
    Play an incident in a sandbox on this machine.

    Starts a small GitHub and a small GitLab on this machine, and the bridge between people and them; plays an
    incident on both; prints where to read it, and stays up so that you can go on playing. Needs no account, no
    settings and no network, only the extra: pip install 'tracker-bridge[demo]'.

    \b
    Examples:
      tracker-bridge demo
      tracker-bridge demo --no-serve
    """
    try:
        from tracker_bridge import demo  # noqa: PLC0415 - the sandbox and its pages, only when they are played
    except ModuleNotFoundError as error:
        if error.name not in EXTRA:
            raise
        raise Failed(_HOW_TO_GET_IT) from None

    sys.exit(demo.run(serve=not no_serve, port=port))
