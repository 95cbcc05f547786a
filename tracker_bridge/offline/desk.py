"""
One notebook being kept: what is said is written down first, and then answered, as a thread would answer.

The terminal and the page share it; each sees what the other, or an editor, has written meanwhile.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.call_outs import CallOut
from tracker_bridge.offline.notebook import LOGIN, Entry, Fault, read, typed
from tracker_bridge.offline.notebook_file import NotebookFile
from tracker_bridge.offline.thread import OfflineThread
from tracker_bridge.rendering import Renderer

LONGEST: Final = 20_000
"""Characters of one entry."""

_EARLY: Final = timedelta(minutes=5)


class Refusal(Exception):
    """Nothing was written down; the message is a sentence for who typed it."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An entry that is on the disk, and what it was answered with. ``again``: it stood there already."""

    entry: Entry | None
    answers: tuple[str, ...]
    again: bool = False


class Desk:
    """
    Safe to use from several threads.

    ``changed`` is called with each new state of the notebook, ``reconcile`` whenever somebody reads it; ``called``
    tells who was called out.
    """

    def __init__(
        self,
        file: NotebookFile,
        rules: Rules,
        renderer: Renderer,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        changed: Callable[[OfflineThread, datetime], None] = lambda *_: None,
        reconcile: Callable[[OfflineThread, datetime], None] = lambda *_: None,
        called: Callable[[], tuple[CallOut, ...]] = tuple,
    ) -> None:
        self.file = file
        self.rules = rules
        self._renderer = renderer
        self.clock = clock
        self._changed = changed
        self._reconcile = reconcile
        self._called = called
        self._lock = threading.Lock()
        self._read: tuple[tuple[str, tuple[CallOut, ...]], OfflineThread] | None = None

    @property
    def path(self) -> Path:
        return self.file.path

    def thread(self) -> OfflineThread:
        """Return what the notebook says now. Raises ``OSError`` where it cannot be read."""
        with self._lock:
            thread = self._current()
            self._reconcile(thread, self.clock())
            return self._current()  # somebody may have been called out

    def _current(self) -> OfflineThread:
        text, called = self.file.text(), self._called()
        if self._read is None or self._read[0] != (text, called):
            notebook = read(text, self.rules.timezone)
            found = OfflineThread(notebook, self.rules, self._renderer, self.clock(), called)
            self._read = (text, called), found
            self._changed(found, self.clock())
        return self._read[1]

    def say(self, line: str, who: str = "", clock: str = "") -> Heard:
        """
        Write down what somebody says, now or at the time that ``clock`` or the line begins with.

        Raises :class:`Refusal`, and ``OSError`` where it cannot be written.
        """
        now = self.clock()
        entry = self._typed(f"{clock.strip()} {line.strip()}".strip(), now, who)
        there = len(self.thread().notebook.entries)
        added = self.file.add(entry.at, entry.who, entry.text)
        thread = self.thread()
        said = thread.notebook.entries[-1] if len(thread.notebook.entries) > there or not added else None
        return Heard(said, thread.answers(now, said.number) if said else (), again=not added)

    def _typed(self, line: str, now: datetime, who: str) -> Entry:
        if not line:
            raise Refusal("Nothing was written.")
        if len(line) > LONGEST:
            raise Refusal(f"This has {len(line)} characters; an entry can have {LONGEST}.")
        if who and not LOGIN.fullmatch(who.removeprefix("@")):
            raise Refusal("A name has letters, digits and . _ - in it, like a login.")
        found = typed(line, now, who.removeprefix("@") or self.thread().notebook.keeper, self.rules.timezone)
        if isinstance(found, Fault):
            raise Refusal(f"Not written down: {found.why}.")
        if found.at > now + _EARLY:
            raise Refusal(f"Not written down: {found.at:%Y-%m-%d %H:%M} UTC is in the future.")
        return found
