"""Long comments, each of one kind of line: what nests, what is opened and not closed, what nearly is a command."""

from collections.abc import Callable
from typing import Final

_MESSAGE: Final = "/incident update external\n"


def _repeated(part: str, before: str = "", after: str = "\n/inc note x") -> Callable[[int], str]:
    return lambda length: f"{before}{part * (length // len(part))}{after}"


def _growing(sign: str, between: str = "\n") -> Callable[[int], str]:
    """Runs of a sign, each one longer than the one before."""
    return lambda length: between.join(sign * n for n in range(3, int((2 * length) ** 0.5))) + "\n/inc note x"


SHAPES: Final[dict[str, Callable[[int], str]]] = {
    "prose": _repeated("the pods restart again and again\n"),
    "commands": _repeated("/incident note x\n", after=""),
    "misspelled commands": _repeated("/incidnet note x\n", after=""),
    "updates": _repeated(f"{_MESSAGE}> x\n", after=""),
    "text below a command": _repeated("words words words\n", "/incident note x\n", ""),
    "a message with a quote that is not closed": _repeated("a\n", f"{_MESSAGE}>>>\n", ""),
    "a message of quotes": _repeated("> a\n\n", _MESSAGE, ""),
    "a message of fenced quotes": _repeated(">>>\n", _MESSAGE, ""),
    "signs of a quote of every length": _growing(">"),
    "quotes in quotes": _repeated(">"),
    "quotes that go on": _repeated("> a\nb\n"),
    "back-ticks": _repeated("`"),
    "back-ticks on every line": _repeated("`a\n"),
    "back-ticks of every length": _growing("`", " "),
    "comments that are not closed": _repeated("<!-- ", "x "),
    "comments in a message": _repeated("<!-- a -->\n", _MESSAGE, ""),
    "tags that are not closed": _repeated("<a b='", "x "),
    "code in HTML that is not closed": _repeated("<code", "<div>\n"),
    "tags and fences": _repeated("<div>\n```x\n\n"),
    "tags and quotes": _repeated("<div>\n>>>\n\n"),
    "line breaks": _repeated("<br>", "/inc note x", "x"),
    "lists": _repeated("- a\n"),
    "lists in lists": _repeated("- "),
    "tables": _repeated("| a |\n|-|\n\n"),
    "headers of mails": _repeated("From: a\nTo: b\n\n", _MESSAGE, ""),
    "rules": _repeated("---\n", _MESSAGE, ""),
    "replies that do not end": _repeated("On Tue, 3 Nov 2026 at 10:02, Bob\n", _MESSAGE, ""),
    "one word": _repeated("a", _MESSAGE, ""),
    "unseen characters": _repeated("\u200b"),
}
"""By what they are made of: each makes a text of about so many characters."""
