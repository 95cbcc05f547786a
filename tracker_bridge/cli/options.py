"""What several commands have in common."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

F = TypeVar("F", bound=Callable[..., None])

EXITS = "Exit codes: 0 success; 1 the tracker refused; 2 wrong usage or settings."


def config_option(command: F) -> F:
    """Add ``--config``: the settings file."""
    return click.option(
        "--config",
        type=click.Path(dir_okay=False, path_type=Path),
        help="The settings file. Default: $TRACKER_BRIDGE_CONFIG, else ./tracker-bridge.toml, "
        "else /etc/tracker-bridge/tracker-bridge.toml.",
    )(command)


def out_option(command: F) -> F:
    """Add ``--out``: where the result goes instead of standard output."""
    return click.option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write to this file, replacing it, instead of printing.",
    )(command)


def ref_argument(command: F) -> F:
    """Add the issue: ``github:acme/api#12``, or its address."""
    return click.argument("ref")(command)
