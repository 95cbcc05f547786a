"""
Finding commands in a comment, as a Markdown reader would.

A command stands at column 0 of a line of an ordinary paragraph. What is in code, quotes, lists, tables, HTML
comments or in the middle of a sentence is not one.
"""

import hashlib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker_bridge.domain.issue import Comment, Person
from tracker_bridge.domain.paragraphs import shown_lines
from tracker_bridge.domain.timeline import Cause

MAX_CALLS: Final = 20
"""Commands of one comment that count; a comment with more is a mistake or an attack."""

MAX_LINE: Final = 4000
"""Characters of one command that count."""

MAX_TEXT: Final = 65_536
"""Characters of one comment that are read: what GitHub stores. GitLab takes a million."""

_UNSEEN = re.compile(r"^[\u200b-\u200f\u2060\ufeff]+(?=[/@])", re.MULTILINE)
"""What comes along when a command is copied. With it or without, Markdown begins the same paragraph there."""

_SPACES = re.compile(r"[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_WRAPPED = re.compile(r"\s*(?:(?:[>*+-]|[0-9]{1,9}[.)])\s+|>)*(?P<ticks>`*)(?P<bare>[^`].*?)(?P=ticks)", re.DOTALL)
_FENCE = re.compile(r"\s*(?:>\s*)*(?:```+|~~~+)[\w-]*\s*")


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
    is nothing but a command in code, a quote or a list, which is explained instead of run. ``asked``: it is no
    command, but the answer to this question of the issue form.
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
    asked: str = ""

    @property
    def cause(self) -> Cause:
        """What the timeline remembers of it."""
        return Cause(self.id, self.comment, self.at, self.actor.login, self.url, by_id=self.actor.id)

    @property
    def id(self) -> str:
        """Unique within the issue: ``1042`` for the first command of a comment, ``1042.1`` for the second."""
        return f"{self.comment}.{self.ordinal}" if self.ordinal else str(self.comment)

    @property
    def digest(self) -> bytes:
        """
        Eight bytes that change when the text does, or when it leaves the code or the quote it was in: only
        then is it judged as the command that it is.
        """
        said = f"{self.hidden:d}\n{self.line}\n{self.quote}"
        return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()[:8]


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
    if not _mentioned(body, words):
        return []
    lines = _lines(body)
    shown = shown_lines(lines, lambda line: _root(line, words) is not None)
    starts = list(itertools.islice(shown, MAX_CALLS))
    return [
        _found(_plain(lines[start]), words, "\n".join(lines[start + 1 : end]).strip())
        for start, end in itertools.pairwise([*starts, len(lines)])
    ]


def find_hidden(body: str, roots: Sequence[str], bot: str) -> list[Found]:
    """
    Return the command of a comment that consists of nothing but one that does not count; else nothing.

    Somebody who puts it into back-ticks, a code block, a quote or a list by mistake deserves to be told so.
    """
    words = _words(roots, bot)
    if not _mentioned(body, words):
        return []
    lines = [line for line in _lines(body) if line.strip(" \t>") and not _FENCE.fullmatch(line)]
    wrapped = _WRAPPED.fullmatch(lines[0].rstrip()) if len(lines) == 1 else None
    if wrapped is None or (wrapped["ticks"] and wrapped["ticks"] in wrapped["bare"]):
        return []
    bare = _UNSEEN.sub("", _plain(wrapped["bare"]).strip())
    return [_found(bare, words, "")] if _root(bare, words) else []


def _words(roots: Sequence[str], bot: str) -> tuple[str, ...]:
    # A GitHub App's login is "name[bot]", and people address it as "@name".
    return (*(root.casefold() for root in roots), f"@{bot.casefold().removesuffix('[bot]')}")


def _mentioned(body: str, words: tuple[str, ...]) -> bool:
    """Whether the text may hold a command at all; most comments do not, and cost no more than this."""
    low = body.casefold()
    return any(word in low for word in words)


def _lines(body: str) -> list[str]:
    text = body[: MAX_TEXT + 1].replace("\r\n", "\n").replace("\r", "\n")
    lines = _UNSEEN.sub("", text).split("\n")
    return lines if len(body) <= MAX_TEXT else lines[:-1]


def _plain(line: str) -> str:
    """Make all spaces plain ones; only for reading a command, as Markdown tells some of them apart."""
    return _SPACES.sub(" ", line)


def _root(line: str, words: tuple[str, ...]) -> str | None:
    """Return the word that makes ``line`` a command; it must be followed by a space or by nothing."""
    return next(
        (w for w in words if line[: len(w)].casefold() == w and _plain(line[len(w) : len(w) + 1]) in ("", " ")),
        None,
    )


def _found(line: str, words: tuple[str, ...], quote: str) -> Found:
    line = line[:MAX_LINE].rstrip()
    root = _root(line, words) or ""
    verb, _, text = line[len(root) :].strip().partition(" ")
    return Found(verb.casefold(), text.strip(), line, quote)
