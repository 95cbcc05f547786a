"""
The command line. ``tracker-bridge --help`` is its map.

One file per command, loaded when it is asked for: the short texts stand here, so that help is quick.

errors.py      mistakes in plain words, exit codes
session.py     settings and trackers, opened for one command and closed after it
refs.py        which issue is meant
changes.py     changes as a diff
incidents.py   an incident as text
"""

import gc
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from tracker_bridge import __version__

COMMANDS = {
    "demo": "Run a demo incident in a local sandbox.",
    "connect": "Connect the bridge to a forge, step by step.",
    "serve": "Receive webhooks and process issues.",
    "receive": "Receive webhooks for workers elsewhere.",
    "work": "Process issues without receiving webhooks.",
    "sweep": "Reconcile every issue that may have changed, once.",
    "job": "Reconcile what changed, in a CI job, without a server.",
    "reconcile": "Reconcile one issue.",
    "declare": "Open an incident, unless it is already open.",
    "plan": "Show what reconcile would change, without changing anything.",
    "on-call": "Show who is on call.",
    "notify": "Send a test message to a destination.",
    "show": "Print the state of one incident.",
    "export": "Export one incident as JSON, CSV or Markdown.",
    "report": "Summarise many incidents: counts, durations, and updates on time.",
    "board": "Show what is open now, by severity.",
    "actions": "List the open action items of all incidents.",
    "status": "Build a status page from external updates.",
    "offline": "Keep an incident in a notebook while the tracker is down.",
    "replay": "Post a notebook as an incident, once the tracker is back.",
    "labels": "Create or update the labels that incidents need.",
    "templates": "Print or write the issue forms for opening incidents.",
    "check": "Validate the settings.",
    "doctor": "Check credentials, projects and webhooks with the trackers.",
}
"""Every command, with its summary, in the order in which a newcomer meets them."""


class LazyGroup(click.Group):
    """Knows its commands by name; imports one when it is used. Foreseen errors are said in plain words."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the library's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in COMMANDS:
            return None
        module = f"{__name__}.{cmd_name.replace('-', '_')}"
        if module not in sys.modules:
            with _for_good():
                importlib.import_module(module)
        command: click.Command = sys.modules[module].command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            errors = importlib.import_module(f"{__name__}.errors")
            plain = errors.in_plain_words(error)
            if plain is None:
                raise
            raise plain from None


@contextmanager
def _for_good() -> Iterator[None]:
    """What is imported stays. To look for garbage in it, again and again, would be a tenth of a short command."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 success; 1 failure; 2 wrong usage or settings.",
)
@click.version_option(__version__, prog_name="tracker-bridge")
@click.pass_context
def main(ctx: click.Context) -> None:
    """
    Incident management that lives in the issue tracker.

    \b
    Try it, without any account:    tracker-bridge demo
    Then, with a settings file:     tracker-bridge check
                                    tracker-bridge doctor
                                    tracker-bridge serve

    Settings come from the environment (TRACKER_BRIDGE_...) and a TOML file; docs/settings.md describes them.
    """
    if os.environ.get("NO_COLOR"):
        ctx.color = False
