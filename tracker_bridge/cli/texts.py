"""Text of other people on a terminal: nothing in it may move the cursor, colour, or turn the line around."""

import re
from datetime import UTC, datetime
from pathlib import Path

import click

from tracker_bridge.cli.errors import Failed
from tracker_bridge.domain.issue.cleaning import CONTROL, MARKS, TURNING

_UNSAFE = re.compile(f"[{CONTROL}{MARKS}{TURNING}]")


def plain(text: str) -> str:
    """Return ``text`` with control signs made visible; line ends and tabs stay."""
    return _UNSAFE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def one_line(text: str) -> str:
    """Return ``text`` as one line."""
    return plain(" ".join(text.split()))


def counted(number: int, word: str) -> str:
    """Return ``1 issue``, ``2 issues``."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def stamp(at: datetime) -> str:
    """Return a time as it is printed everywhere: ``2026-11-22 14:05 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def deliver(text: str, out: Path | None) -> None:
    """Print ``text``, or write it to a file. Raises :class:`Failed` when the file cannot be written."""
    if out is None:
        click.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Failed(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"wrote {out}", err=True)
