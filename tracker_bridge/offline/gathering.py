"""
What is posted, gathered in as few comments as fit: each write counts against the limits of a forge.

A hidden line at the end of each has the marks of the entries in it, so that no entry is posted twice.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.issue.changes import Document, marker
from tracker_bridge.offline.retelling import Line
from tracker_bridge.rendering.escaping import code

MOST_LINES: Final = 150
"""Commands of one comment; of more than 200 in one, a bridge runs the first only."""

LONGEST_WORDS: Final = 2_000
"""Characters of something that is not run."""

_MARKS: Final = re.compile(r"<!-- replayed (?P<marks>[a-z0-9. -]+) -->")
_HEAD: Final = (
    "Posted with `tracker-bridge replay` from the notebook that was kept while the tracker was down{when}."
)
_INERT: Final = "Said then, and not run here:"


@dataclass(frozen=True, slots=True)
class Gathered:
    """One comment: its text without the last line, and what is in it."""

    document: Document
    lines: tuple[Line, ...]

    @property
    def marks(self) -> frozenset[str]:
        return frozenset(mark for line in self.lines for mark in line.marks)


def marks_in(bodies: Iterable[str]) -> frozenset[str]:
    """Return the entries that were posted before."""
    return frozenset(mark for body in bodies for found in _MARKS.finditer(body) for mark in found["marks"].split())


def gathered(lines: Sequence[Line], runner: str, room: int) -> tuple[Gathered, ...]:
    """Return the comments, none longer than ``room``; what one entry says stays together where it can."""
    return tuple(_made(part, runner) for part in _parts(lines, runner, room))


def _parts(lines: Sequence[Line], runner: str, room: int) -> Iterator[list[Line]]:
    part: list[Line] = []
    for line in lines:
        if part and (len(part) >= MOST_LINES or len(_made([*part, line], runner).document.text) > room):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def _made(lines: Sequence[Line], runner: str) -> Gathered:
    times = sorted(line.at for line in lines)
    first, last = f"{times[0]:%Y-%m-%d %H:%M}", f"{times[-1]:%Y-%m-%d %H:%M}"
    when = (
        f": {first} UTC" if first == last else f": {first} to {last if first[:10] != last[:10] else last[11:]} UTC"
    )
    parts = [_HEAD.format(when=when), _commands([one for one in lines if not one.inert], runner)]
    inert = [one for one in lines if one.inert]
    parts += [_INERT, "\n".join(map(_words, inert))] if inert else []
    marks = sorted({mark for line in lines for mark in line.marks})
    parts.append(f"<!-- replayed {' '.join(marks)} -->")
    body = "\n\n".join(part for part in parts if part)
    return Gathered(Document(f"replay:{marks[0]}", body), tuple(lines))


def _commands(lines: Sequence[Line], runner: str) -> str:
    """
    Each stands in a paragraph of its own, so that no back-tick of one reaches into the next.

    What others said has a line above that says so; a note has it in its text.
    """
    shown: list[str] = []
    for one in lines:
        own = (
            not one.who or one.who.casefold() == runner.casefold() or " note " in one.text.partition("\n")[0][:30]
        )
        who = "" if own else f"{code(one.who)}, {one.at:%H:%M} UTC:\n"
        shown.append(f"{who}{one.text}")
    return "\n\n".join(shown)


def _words(line: Line) -> str:
    """One item of a list in which nothing is a command, or pings anyone."""
    said = " ".join(line.text.split())
    return f"- {code(line.who)}, {line.at:%H:%M} UTC: {code(said, LONGEST_WORDS)}"


def room_of(max_body: int) -> int:
    """Return the characters that are left for a comment's text, beside its marker."""
    return max_body - len(marker(f"replay:{'0' * 40}")) - 2
