"""
What people read is plain English: the words of people who are on call, and no others.

Each phrase was in the texts once, and stands for its kind; the better word is beside it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker_bridge.commands import COMMANDS

ROOT = Path(__file__).parents[1]
BETTER = {
    "somebody": "someone",
    "anybody": "anyone",
    "everybody": "everyone",
    "whoever": "the person who",
    "whomever": "anyone",
    "anew": "again",
    "besides": "also",
    "nevertheless": "still",
    "as asked": "on request",
    "look after|looks after": "process",
    "wants a|wants an": "needs a",
    "the least": "minimum",
    "the very same": "the same",
    "makes? no sense": "is malformed",
    "taken (?:as|for) gone": "treated as deleted",
    "a bug": "an unexpected error",
    "round in circles": "is repeated or undone",
    "put(?:s|ting)? right": "correct, fix",
    "behind a bar|after a bar": "after a `|`",
    "(?:a|an) (?:word|issue|file|line|account|webhook|clock|key) of (?:its|their|your) own": "a separate ...",
    "has to do with": "is related to",
    "it is over|is over by": "it has ended",
    "takes? back|took back|taken back": "undo",
    "tells (?:of|that|where|when|who|how|what|whether)": "says, shows, reports",
    "an? .{3,20} is told": "is reported, is notified",
    "telephone": "phone",
    "goes on in|goes on there": "continues",
    "one a (?:line|row)": "one per line",
    "(?:not|is|are) (?:\\w+ )?any more": "no longer",
}
"""A pattern, and what a person on call would say instead."""

_PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("deploy/*.*")])
_CODE = sorted(
    one
    for one in (ROOT / "tracker_bridge").rglob("*.py")
    if "sandbox" not in one.parts and one.name not in ("suggestions.py", "impact.py")
)


def said(path: Path) -> Iterator[str]:
    """Yield the texts of a module that are sentences: neither names nor docstrings, but what is printed."""
    tree = ast.parse(path.read_text("utf-8"))
    silent = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if (
            isinstance(one, ast.Constant)
            and isinstance(one.value, str)
            and id(one) not in silent
            and " " in one.value
        ):
            yield one.value


_PHRASES = {
    re.compile(rf"(?<![\w.-])(?:{phrase})(?![\w-])", re.IGNORECASE): better for phrase, better in BETTER.items()
}


def found(*texts: str) -> list[str]:
    """Name the phrases in each of the texts, with what to say instead."""
    plain = "\n".join(" ".join(text.split()) for text in texts)
    return [
        f"{hit[0]!r}: {better} ({plain[max(0, hit.start() - 30) : hit.end() + 30]})"
        for phrase, better in _PHRASES.items()
        for hit in phrase.finditer(plain)
    ]


@pytest.mark.parametrize("path", _PAGES, ids=lambda path: path.name)
def test_pages_are_plain(path: Path) -> None:
    assert found(re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)) == []


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.j2")), ids=lambda path: path.name)
def test_templates_are_plain(path: Path) -> None:
    assert found(re.sub(r"\{#.*?#\}|\{%.*?%\}", "", path.read_text("utf-8"), flags=re.DOTALL)) == []


def test_help_is_plain() -> None:
    assert {one.verb: bad for one in COMMANDS.values() if (bad := found(one.documentation))} == {}


def test_what_is_printed_and_logged_is_plain() -> None:
    bad = {path.relative_to(ROOT).as_posix(): found(*said(path)) for path in _CODE}
    assert {path: phrases for path, phrases in bad.items() if phrases} == {}
