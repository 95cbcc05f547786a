"""A notebook at a terminal: what is typed is written down, and what is answered or due is printed."""

import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path

import click

from tracker_bridge.cli.incidents import describe
from tracker_bridge.cli.texts import counted, one_line, plain
from tracker_bridge.offline.desk import Desk, Heard, Refusal
from tracker_bridge.offline.server import Page
from tracker_bridge.offline.thread import OfflineThread

_LOOKING = 5.0
"""Seconds between two looks at the file and the clocks."""


def keep(desk: Desk, keeper: str, page: Page | None, *, prompt: bool) -> None:
    """Take what is typed, and what the page takes; without a ``prompt``, from the page only."""
    click.echo(shown(desk.thread(), desk.path))
    if page is not None:
        click.echo(f"\nThe page: {page.address}", err=True)
    if prompt:
        click.echo("A line is written down at once. An empty line shows the incident; Ctrl-D ends.", err=True)
    with _Watch(desk) as over, suppress(KeyboardInterrupt):
        if not prompt:
            over.wait()
        for line in _typed():
            if line.strip():
                say(desk, line, keeper)
            else:
                click.echo(shown(desk.thread(), desk.path))


def _typed() -> Iterator[str]:
    """Yield what is typed, or comes in through a pipe, until it ends; bytes that are no text are shown as such."""
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    while True:
        if sys.stdin.isatty():
            click.echo("> ", nl=False, err=True)
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            return
        if not line:
            return
        yield line.rstrip("\r\n")


def say(desk: Desk, line: str, keeper: str) -> bool:
    """Add a line and print what it is answered with; return whether it was taken."""
    try:
        heard = desk.say(line, keeper)
    except Refusal as refusal:
        click.echo(plain(str(refusal)), err=True)
        return False
    click.echo(_answer(heard))
    return not any(refused(one) for one in heard.answers)


def refused(answer: str) -> bool:
    return " was not run: " in answer.partition("\n")[0]


def _answer(heard: Heard) -> str:
    if heard.again:
        return "It is there already."
    entry = heard.entry
    if entry is None:
        return "Written down."
    first = f"{entry.at:%H:%M} UTC {entry.who}: written down"
    return "\n".join(
        [f"{first}." if not heard.answers else f"{first}, and answered:", *map(readable, heard.answers)]
    )


def readable(text: str) -> str:
    """Return a comment for a terminal; what stands small below it is about comments on a tracker."""
    return plain("\n".join(line for line in text.split("\n") if not line.startswith("<sub>"))).strip()


def shown(thread: OfflineThread, path: Path) -> str:
    """Return the incident as text, with what is wrong in the file."""
    found = thread.notebook.faults
    wrong = [f"{counted(len(found), 'line')} of {path} not counted:"] if found else []
    wrong += [f"  line {one.line} ({one.why}): {one_line(one.text)}" for one in found]
    _, _, *told = describe(thread.incident).split("\n")
    title = one_line(thread.incident.title)
    return "\n".join((f"{path}  {title}", *told, *([""] if wrong else []), *wrong))


class _Watch:
    """Prints reminders as they become due, while somebody types."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._over = threading.Event()
        self._told: set[str] = set()
        self._thread = threading.Thread(target=self._look, name="clocks", daemon=True)

    def __enter__(self) -> threading.Event:
        self._thread.start()
        return self._over

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.is_set():
            for text in self._new():
                click.echo(f"\n{readable(text)}\n", err=True)
            self._over.wait(_LOOKING)

    def _new(self) -> Iterator[str]:
        try:
            documents = self._desk.thread().documents(self._desk.clock())
        except OSError:
            return
        for key, document in documents.items():
            if key.startswith("nudge") and key not in self._told:
                self._told.add(key)
                yield document.body
