"""``tracker-bridge demo``"""

import sys

import click

from tracker_bridge.cli.errors import Failed

EXTRA = ("nh3",)
"""What only the sandbox imports: a production install goes without."""
_HOW_TO_GET_IT = f"""\
The demo needs a package that a plain installation does not include: {", ".join(EXTRA)}. Install it with
  pip install 'tracker-bridge[demo]'
or, in a checkout, with
  pip install '.[demo]'"""


@click.command(epilog="Exit codes: 0 the demo incident was resolved; 1 it was not.")
@click.option("--no-serve", is_flag=True, help="Exit when the incident is over, instead of staying up.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="Port of the sandbox; 0 (default) takes a free one."
)
def command(*, no_serve: bool, port: int) -> None:
    """
    Run a demo incident in a local sandbox.

    Starts a small stand-in for GitHub and for GitLab on this machine, with the bridge connected to both; runs an
    incident on each of them; prints where to read it, and keeps running so that you can try it yourself. Needs no
    account, no settings and no network, only the extra: pip install 'tracker-bridge[demo]'.

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
