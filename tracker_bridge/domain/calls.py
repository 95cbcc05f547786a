"""
Finding commands in a comment, as a Markdown reader would.

A command stands at column 0 of a line of an ordinary paragraph. What is in code, quotes, lists, HTML comments
or in the middle of a sentence is not one. markdown-it-py decides that: a scanner of our own would be wrong
where Markdown is subtle, and a command run by mistake is worse than none.
"""

import hashlib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tracker_bridge.domain.issue import Comment, Person
from tracker_bridge.domain.timeline import Cause

MAX_CALLS: Final = 20
"""Commands of one comment that count; a comment with more is a mistake or an attack."""

MAX_LINE: Final = 4000
"""Characters of one command that count."""

# Underlined headings are left out: people write "---" under a command.
_BLOCKS = MarkdownIt("commonmark").disable(["inline", "lheading"])
_INLINE = MarkdownIt("commonmark").disable(["lheading"])
_PROBE = "\ue000"  # a private-use character: marks the spot in question while the inline rules run
_DASHES = re.compile(r"(?<!\S)[—–](?=[a-z])|(?<!\S)[—–]{2}(?=[a-z])")
_SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]")


@dataclass(frozen=True, slots=True)
class Found:
    """A command in a text: the word after the root, the rest of its line, and what follows it."""

    verb: str
    text: str
    line: str
    quote: str


@dataclass(frozen=True, slots=True)
class Call:
    """
    Somebody says a command. ``actor`` is its author, or the editor when somebody else changed it.

    ``ordinal`` counts the commands of one comment from 0. ``quote`` is the text between this command and the
    next. ``doubtful``: the comment was changed and the tracker does not tell by whom. ``hidden``: the comment
    is nothing but a command in code, a quote or a list, which is explained instead of run.
    """

    comment: int
    ordinal: int
    verb: str
    text: str
    line: str
    quote: str
    author: Person
    actor: Person
    at: datetime
    url: str
    doubtful: bool = False
    hidden: bool = False

    @property
    def cause(self) -> Cause:
        """What the timeline remembers of it."""
        return Cause(self.id, self.comment, self.at, self.actor.login, self.url)

    @property
    def id(self) -> str:
        """Unique within the issue: ``1042`` for the first command of a comment, ``1042.1`` for the second."""
        return f"{self.comment}.{self.ordinal}" if self.ordinal else str(self.comment)

    @property
    def digest(self) -> bytes:
        """Eight bytes that change when the text does."""
        return hashlib.sha256(f"{self.line}\n{self.quote}".encode("utf-8", "surrogatepass")).digest()[:8]


def calls_of(comment: Comment, roots: Sequence[str], bot: str) -> list[Call]:
    """Return what ``comment`` commands. ``bot`` is the login that ``@bot verb`` addresses."""
    editor = comment.edited_by
    found_calls = find_calls(comment.body, roots, bot)
    hidden = [] if found_calls else find_hidden(comment.body, roots, bot)
    return [
        Call(
            comment=comment.id,
            ordinal=ordinal,
            verb=found.verb,
            text=found.text,
            line=found.line,
            quote=found.quote,
            author=comment.author,
            actor=editor if editor is not None and editor.id else comment.author,
            at=comment.created_at,
            url=comment.url,
            doubtful=editor is not None and not editor.id,
            hidden=bool(hidden),
        )
        for ordinal, found in enumerate(found_calls or hidden)
    ]


def find_calls(body: str, roots: Sequence[str], bot: str) -> list[Found]:
    """Return the commands of a text, in order, at most :data:`MAX_CALLS`."""
    words = _words(roots, bot)
    if not any(word in body.casefold() for word in words):
        return []
    lines = _normal(body).split("\n")
    starts = [n for n in _paragraph_lines(lines, words) if _root(lines[n], words)][:MAX_CALLS]
    return [
        _found(lines[start], words, "\n".join(lines[start + 1 : end]).strip())
        for start, end in itertools.pairwise([*starts, len(lines)])
    ]


def find_hidden(body: str, roots: Sequence[str], bot: str) -> list[Found]:
    """
    Return the command of a comment that consists of nothing but one that does not count; else nothing.

    Somebody who puts it into back-ticks, a code block, a quote or a list by mistake deserves to be told so.
    """
    words = _words(roots, bot)
    if not any(word in body.casefold() for word in words):
        return []
    lines = [line for line in _normal(body).split("\n") if line.strip(" `~>")]
    bare = lines[0].strip(" `~>*-") if lines else ""
    return [_found(bare, words, "")] if len(lines) == 1 and _root(bare, words) else []


def _words(roots: Sequence[str], bot: str) -> tuple[str, ...]:
    # A GitHub App's login is "name[bot]", and people address it as "@name".
    return (*(root.casefold() for root in roots), f"@{bot.casefold().removesuffix('[bot]')}")


def _normal(body: str) -> str:
    return _SPACES.sub(" ", body.replace("\r\n", "\n").replace("\r", "\n"))


def _root(line: str, words: tuple[str, ...]) -> str | None:
    """Return the word that makes ``line`` a command; it must be followed by a space or by nothing."""
    low = line.casefold()
    return next((w for w in words if low.startswith(w) and low[len(w) : len(w) + 1] in ("", " ")), None)


def _paragraph_lines(lines: list[str], words: tuple[str, ...]) -> list[int]:
    """Return the numbers of the lines that stand at column 0 of a top-level paragraph, outside code."""
    numbers: list[int] = []
    for token in _BLOCKS.parse("\n".join(lines)):
        if token.type != "inline" or token.level != 1 or token.map is None:
            continue
        first, end = token.map
        numbers += [n for n in range(first, end) if not _swallowed(lines, first, end, n, words)]
    return numbers


def _swallowed(lines: list[str], first: int, end: int, number: int, words: tuple[str, ...]) -> bool:
    """Whether a code span, a link or an HTML comment that began earlier in the paragraph covers the line."""
    if number == first or not _root(lines[number], words):
        return False
    before = "\n".join(lines[first:number])
    if not any(sign in before for sign in "`<["):
        return False
    probed = f"{before}\n{_PROBE}{lines[number]}\n" + "\n".join(lines[number + 1 : end])
    return not any(_PROBE in text.content for token in _INLINE.parse(probed) for text in _texts(token))


def _texts(token: Token) -> list[Token]:
    return [child for child in token.children or () if child.type == "text"]


def _found(line: str, words: tuple[str, ...], quote: str) -> Found:
    line = line[:MAX_LINE].rstrip()
    root = _root(line, words) or ""
    verb, _, text = line[len(root) :].strip().partition(" ")
    return Found(verb.casefold(), _DASHES.sub("--", text.strip()), line, quote)
