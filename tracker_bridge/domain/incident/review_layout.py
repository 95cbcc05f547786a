"""
How the review's text is laid out: a team's own words, and between them the places of the bot's blocks.

A place is a line that says ``{{ timeline }}``, and nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from tracker_bridge.domain.issue.blocks import MARK

PLACES: Final = (
    *("invitation", "statistics", "impact", "timeline", "similar", "roles", "process"),
    *("checklists", "questions", "causes", "actions"),
)
"""What a template can hold. Whom it invites is never left out: it comes first then."""

LONGEST: Final = 20_000
"""Characters of a template."""

_PLACE: Final = re.compile(r"[ \t]*\{\{[ \t]*(?P<name>[^{}\n]*?)[ \t]*\}\}[ \t]*")
_BRACES: Final = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}")
_MARKS: Final = ("<!-- tracker-bridge", MARK)


class Piece(NamedTuple):
    """Words of the team, or the ``name`` of a block."""

    words: str = ""
    name: str = ""


def layout_of(template: str) -> tuple[Piece, ...]:
    """Return the pieces of a template that has no :func:`faults`, in their order."""
    pieces: list[Piece] = []
    words: list[str] = []
    for line in template.replace("\r", "").split("\n"):
        if found := _PLACE.fullmatch(line):
            pieces += [*_said(words), Piece(name=found["name"])]
            words = []
        else:
            words.append(line)
    pieces += _said(words)
    invites = any(piece.name == PLACES[0] for piece in pieces)
    return tuple(pieces) if invites else (Piece(name=PLACES[0]), *pieces)


def faults(template: str) -> tuple[tuple[str, str], ...]:
    """Return what is wrong with a template: where, and what, each."""
    return tuple(_faults(template))


def _faults(template: str) -> Iterator[tuple[str, str]]:
    if len(template) > LONGEST:
        yield "the file", f"is longer than {LONGEST:,} characters"
        return
    for mark in filter(template.__contains__, _MARKS):
        yield "the file", f"contains `{mark}`, which marks what the bot writes"
    named: list[str] = []
    for number, line in enumerate(template.replace("\r", "").split("\n"), start=1):
        if found := _PLACE.fullmatch(line):
            named.append(found["name"])
            if found["name"] not in PLACES:
                yield f"line {number}", f"there is no `{{{{ {found['name'][:60]} }}}}`; {_ALL}"
        elif inside := _BRACES.search(line):
            yield f"line {number}", f"`{inside[0][:60]}` must be a name, on a separate line; {_ALL}"
    for name, count in Counter(named).items():
        if count > 1 and name in PLACES:
            yield "the file", f"has `{{{{ {name} }}}}` {count} times; once is enough"


_ALL: Final = f"there are {', '.join(PLACES)}"


def _said(words: list[str]) -> list[Piece]:
    text = "\n".join(words).strip("\n")
    return [Piece(text)] if text.strip() else []
