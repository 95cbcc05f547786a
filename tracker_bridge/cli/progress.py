"""Progress of long work, on standard error: one line that moves on a terminal, plain lines elsewhere."""

import sys
import threading
from types import TracebackType
from typing import Self

import click

_WIDTH = 100


class Progress:
    """
    Says where the work stands.

    On a terminal the latest line replaces the one before it and is wiped at the end. Elsewhere (a log, a pipe)
    every line is printed, without any control signs.
    """

    def __init__(self) -> None:
        self._moving = sys.stderr.isatty()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._wipe()

    def __call__(self, line: str) -> None:
        """Say what is being done now; from any thread."""
        with self._lock:
            if self._moving:
                self._wipe()
                click.echo(line[:_WIDTH], nl=False, err=True)
            else:
                click.echo(line, err=True)

    def keep(self, line: str) -> None:
        """Print a result, which stays: on standard output."""
        self._wipe()
        click.echo(line)

    def _wipe(self) -> None:
        if self._moving:
            click.echo("\r\x1b[K", nl=False, err=True)
