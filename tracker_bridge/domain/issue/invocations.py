"""
Finding commands in a comment.

A command stands at column 0 of a line, wherever a person could have typed it; what is in code, HTML comments and
quotes is not one. What belongs to it is its line, and the text or the message that its verb takes.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final, Self

from tracker_bridge.domain.issue.grammar import Grammar, Spelling, Takes, Unread, as_read, unescaped
from tracker_bridge.domain.issue.issue import Comment, Person, TrackerUrl
from tracker_bridge.domain.issue.mail import ends_message, original_from
from tracker_bridge.domain.issue.markdown import BARE, Layout, layout_of
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.issue.other_bots import is_for_another_bot
from tracker_bridge.domain.issue.thread_context import NO_THREAD, ThreadContext

MAX_CALLS: Final = 200
"""Commands of one comment that are run; of those beyond, the author is told."""

MAX_CHARACTERS: Final = 65_536
"""Characters of one command's own text, messages aside; a longer one is explained, not run."""

_BRIEF, _SHORT = 600, 20_000
_REMEMBERED_BRIEF, _REMEMBERED, _REMEMBERED_LONG = 40_000, 2_000, 32
"""
Texts whose reading is remembered, by their length: each is asked for several times at every reconcile. A
thread of many commands has short ones.
"""

_BLANKS: Final = re.compile(r"(?<=\S)[^\S\n]{100,}")
"""So many in a row say no more than one, and a pattern that looks for what is between them tries each of them."""

_COLUMN: Final = re.compile(r" {1,3}(?! )")
_WRAPPED: Final = re.compile(
    r"\s*(?:(?:[>*+-]|[0-9]{1,9}[.)])\s+(?:\[[ xX]\]\s+)?|[•·‣◦▪●–—]\s*|>)*"
    r"(?P<ticks>`*)(?P<bare>[^`].*?)(?P=ticks)",
    re.DOTALL,
)
_MARKED: Final = re.compile(
    r"(?P<marks>[*_]{1,3}|[\"'“”‘’„«»]+)(?P<bare>.+?)(?:(?P=marks)|[\"'“”‘’„«»]+)", re.DOTALL
)
"""In bold, or in quotation marks."""
_FENCE: Final = re.compile(r"\s*(?:>\s*)*(?:```+|~~~+)[\w-]*\s*")
_OTHER_BLOCK: Final = re.compile(
    r"\s*$| {0,3}(?:>|[-*+](?:[ \t]|$)|[0-9]{1,9}[.)](?:[ \t]|$)|#{1,6}(?:[ \t]|$)|```|~~~"
    r"|(?:[-*_][ \t]*){3,}$|=+[ \t]*$|</?(?:details|summary|div|p|table|ul|ol|pre|blockquote|h[1-6]|hr)\b)",
    re.IGNORECASE,
)
"""A blank line, or one that begins something else than a paragraph."""

_MOST_WRAPPED: Final = 20
"""Commands in a list or in code that somebody typed by mistake; more are a manual."""

_PART: Final = re.compile(r" {0,3}(?:[-*+][ \t]+\S|[0-9]{1,9}[.)][ \t]+\S|```|~~~|\|.*\|[ \t]*$)")
"""A list, code or a table, right below a text: what a message announces, as a rule."""

_TABLE_RULE: Final = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_QUOTE_FENCE: Final = re.compile(r">>>+[ \t]*")
_COLON: Final = re.compile(r"(?P<colon>: |：\s*(?=\S))")
_GLUED: Final = re.compile(r"[^\W\d][\w-]*(?:\s*(?:[,&+/]|\band\b)\s*[^\W\d][\w-]*)*(?P<colon>:)(?=[^\W\d_])")
"""The colon behind nothing but a name, or several: then the blank may be missing."""
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """
    A command in a text: the word after the root, what follows it, its line as it was typed, and what is below.

    ``text`` has the lines of the paragraph that belong to it; ``below`` the message, if the verb takes one.
    ``unread``: it is to be explained, not run. ``digest`` are eight bytes that change when any of this does: only
    then is it judged anew. What else the comment says is no part of it.
    """

    verb: str
    text: str
    line: str
    below: str = ""
    unread: Unread | None = None
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        said = f"{self.unread or ''}\n{self.line}\n{self.text}\n{self.below}"
        digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()[:8]
        object.__setattr__(self, "digest", digest)


@dataclass(frozen=True)  # without slots, a copy is that of a dict: each fold makes one of every call
class Invocation:
    """
    Somebody says a command. ``actor`` is who wrote it, as far as that is known; else it is ``doubtful``.

    ``ordinal`` tells the commands of one comment apart. ``author`` wrote the comment. ``asked``: it is no command,
    but the answer to this question of the issue form. ``known`` are the people whom it names, as far as they
    were looked up before, ``tried`` those in the lines that were tried to be proposed instead. ``first`` said it,
    if ``actor`` mended what somebody else had said; ``before`` is how it was then, as far as the tracker tells.
    ``internal``: fewer people read its comment than the issue. ``thread`` is the thread that it stands in.
    """

    comment: int
    ordinal: int
    found: Found
    author: Person
    actor: Person
    at: datetime
    url: TrackerUrl
    doubtful: bool = False
    asked: str = ""
    known: tuple[Person, ...] = ()
    tried: tuple[Person, ...] = ()
    first: Person | None = None
    before: "Invocation | None" = None
    internal: bool = False
    thread: ThreadContext = field(default=NO_THREAD, compare=False, repr=False)

    def standing_in(self, thread: ThreadContext) -> Self:
        """Return the same call, which knows the thread that it stands in."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, thread=thread)
        return made

    @property
    def verb(self) -> str:
        """The word after the root, case-folded."""
        return self.found.verb

    @property
    def text(self) -> str:
        """What follows the verb, as a reader sees it, on one line."""
        return self.found.text.replace("\n", " ")

    @property
    def bare(self) -> str:
        """The verb and what follows it, without the root: a command, or a sentence that is none."""
        return f"{self.verb} {self.text}".strip()

    @property
    def paragraph(self) -> str:
        """The same, on the lines on which it was typed."""
        return self.found.text

    @property
    def line(self) -> str:
        """The line as it was typed."""
        return self.found.line

    @property
    def below(self) -> str:
        """The message below the line, if there is one."""
        return self.found.below

    @property
    def digest(self) -> bytes:
        """What tells this text from any other; see :class:`Found`."""
        return self.found.digest

    @property
    def origin(self) -> Origin:
        """What the timeline remembers of it."""
        return Origin(self.id, self.comment, self.at, self.actor.login, self.url, by_id=self.actor.id)

    @property
    def id(self) -> str:
        """Unique within the issue: ``1042`` for the first command of a comment, ``1042.1`` for the second."""
        return f"{self.comment}.{self.ordinal}" if self.ordinal else str(self.comment)


def calls_of(comment: Comment, grammar: Grammar) -> list[Invocation]:
    """Return what ``comment`` commands, in the name of its author."""
    return [
        Invocation(
            comment.id,
            ordinal,
            found,
            comment.author,
            comment.author,
            comment.created_at,
            comment.url,
            internal=comment.internal,
        )
        for ordinal, found in enumerate(find_calls(comment.body, grammar))
    ]


def find_calls(body: str, grammar: Grammar) -> tuple[Found, ...]:
    """
    Return the commands of a text, in order; what only looks like one and is to be explained among them.

    At most :data:`MAX_CALLS`, and one that says so.
    """
    if not grammar.may_be_in(body):
        return ()
    if len(body) <= _BRIEF:
        return _read_brief(body, grammar)
    return _read_short(body, grammar) if len(body) <= _SHORT else _read_long(body, grammar)


def _read(body: str, grammar: Grammar) -> tuple[Found, ...]:
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spelled = {n: (line, how) for n, line, how in _spelled(lines, grammar)}
    if spelled:
        found = tuple(_found_in(lines, spelled, grammar))
        if found:
            return found
    return _wrapped(lines, grammar)


_read_brief = lru_cache(_REMEMBERED_BRIEF)(_read)
_read_short = lru_cache(_REMEMBERED)(_read)
_read_long = lru_cache(_REMEMBERED_LONG)(_read)


def _spelled(lines: Sequence[str], grammar: Grammar) -> Iterator[tuple[int, str, Spelling]]:
    for n, line in enumerate(lines):
        if not grammar.may_be_in(line):
            continue
        read = as_read(line)
        how = grammar.spelling(read.lstrip(" ") if _COLUMN.match(read) else read)
        if how is not None:
            yield n, read, how


def _found_in(lines: Sequence[str], spelled: dict[int, tuple[str, Spelling]], grammar: Grammar) -> Iterator[Found]:
    layout = _layout_of(lines, spelled)
    left_open = {n for n in layout.unclosed if n in spelled and spelled[n][1].exact and spelled[n][0][0] != " "}
    starts = [n for n in spelled if n not in layout.covered or n in left_open]
    starts = [n for n in starts if not spelled[n][0].startswith(" ") or n in layout.plain]
    bare = ["" if n in layout.covered else line for n, line in enumerate(lines)]
    original = original_from(bare, starts[-1] + 1 if starts else 0)
    for count, start in enumerate(starts):
        line, how = spelled[start]
        if count == MAX_CALLS:
            yield Found("", "", line, unread=Unread.TOO_MANY)
            return
        end = starts[count + 1] if count + 1 < len(starts) else len(lines)
        if line.startswith(" "):
            unread = Unread.INDENTED if how.exact else None
        elif original is not None and start >= original:
            unread = Unread.MAIL
        elif start in left_open:
            unread = Unread.UNCLOSED
        else:
            unread = None if how.exact else Unread.MISSPELLED
        if unread is not None or not line.startswith(" "):
            yield _found(line, how, lines[start + 1 : end], grammar, unread)


def _layout_of(lines: Sequence[str], spelled: Mapping[int, tuple[str, Spelling]]) -> Layout:
    """Tell what the commands stand in. One that is the very first line stands in nothing, whatever is below it."""
    if spelled.keys() == {0} and spelled[0][0].startswith(("/", "@")):
        return BARE
    return layout_of([spelled[n][0] if n in spelled else line for n, line in enumerate(lines)], spelled)


def _found(line: str, how: Spelling, below: Sequence[str], grammar: Grammar, unread: Unread | None) -> Found:
    verb, text = grammar.verb(how.rest)
    text, message = _COMMENT.sub("", text).strip(), ""
    below = _COMMENT.sub("", "\n".join(below)).split("\n")  # what a reader does not see is not said
    below = [line for line in below if not is_for_another_bot(line)]
    takes = Takes.LINE if unread else grammar.extent(verb)
    match takes:
        case Takes.TEXT:
            text = _joined(text, _paragraph(below))
        case Takes.REASON if " " in text:
            text = _joined(text, _paragraph(below))
        case Takes.QUOTE:
            message = "\n".join(_quote(below))
        case Takes.MESSAGE:
            message = _message(text, below)
    said = text if not message or are_two_messages(text, message) else f"{text}\n{message}"
    if len(behind_colon(text, message)[0] if takes is Takes.MESSAGE else text) > MAX_CHARACTERS:
        unread = Unread.TOO_LONG
    elif unread is None and grammar.is_joined(f"{verb} {said}"):
        unread = Unread.JOINED
    return Found(verb, _BLANKS.sub(" ", unescaped(text)), line, message, unread)


def are_two_messages(text: str, below: str) -> bool:
    """Whether a part stands behind the colon, and another in a quote, a list, code or a table right below it."""
    return bool(behind_colon(text, below)[1]) and any(
        line.lstrip().startswith(">") or _PART.match(line) for line in below.split("\n")
    )


def _joined(text: str, more: Sequence[str]) -> str:
    if not more:
        return text
    return "\n".join(part for part in (text, *(as_read(line).strip() for line in more)) if part)


def _paragraph(below: Sequence[str]) -> list[str]:
    """Return the lines that go on with the paragraph: a blank one ends it, and whatever begins another block."""
    found: list[str] = []
    for n, line in enumerate(below):
        heads_table = "|" in line and n + 1 < len(below) and _is_table_rule(below[n + 1])
        if _OTHER_BLOCK.match(line) or _is_table_rule(line) or heads_table or ends_message(below, n):
            break
        found.append(line)
    return found


def _is_table_rule(line: str) -> bool:
    return "|" in line and _TABLE_RULE.fullmatch(line) is not None


def _message(text: str, below: Sequence[str]) -> str:
    """
    Return the lines of what is said to others, with the signs of a quote.

    Behind a colon it goes on like any text; a quote or a list right below that is shown to the verb, which refuses
    both: less than what was written is not what was said.
    """
    quote = "\n".join(_quote(below))
    if behind_colon(text, quote)[1]:
        said = _paragraph(below)
        more = below[len(said) :]
        part = list(more[:1]) if more and _PART.match(more[0]) and not ends_message(below, len(said)) else []
        return "\n".join([*said, *(part or _quote(more, gap=False))])
    return quote or "\n".join(_all(below)).strip("\n")


def behind_colon(text: str, quote: str) -> tuple[str, str]:
    """
    Split what is said to others from what comes before the colon; nothing is where there is no colon.

    A colon in an option's value is no such colon, if there is a quote below.
    """
    found = _GLUED.match(text) or _COLON.search(text)
    if found is None or (quote.lstrip().startswith(">") and " --" in text[: found.start("colon")]):
        return text, ""
    return text[: found.start("colon")], text[found.end() :]


def _quote(below: Sequence[str], *, gap: bool = True) -> list[str]:
    """Return the lines of the quote that comes next, if one does; one without a sign may go on with it."""
    first = next((n for n, line in enumerate(below) if line.strip()), len(below)) if gap else 0
    if first == len(below) or not below[first].lstrip(" ").startswith(">"):
        return []
    closing = _closing(below, first)
    return list(below[first : closing + 1] if closing else _quoted_lines(below[first:]))


def _closing(lines: Sequence[str], number: int) -> int | None:
    """Return where the ``>>>`` in this line is closed, if it is one."""
    opening = lines[number].rstrip()
    if not _QUOTE_FENCE.fullmatch(opening):
        return None
    return next((n for n in range(number + 1, len(lines)) if lines[n].rstrip() == opening), None)


def _quoted_lines(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a quote; another one between ``>>>`` is no more of it."""
    for n, line in enumerate(lines):
        quoted = _is_quoted(lines, n)
        ends = _OTHER_BLOCK.match(line) if line.strip() else not _is_quoted(lines, n + 1)
        if not quoted and (ends or ends_message(lines, n)):
            return
        yield line


def _is_quoted(lines: Sequence[str], number: int) -> bool:
    return number < len(lines) and lines[number].lstrip(" ").startswith(">") and not _closing(lines, number)


def _all(below: Sequence[str]) -> list[str]:
    """Return all that is below, up to a signature or somebody else's mail."""
    return list(below[: next((n for n in range(len(below)) if ends_message(below, n)), len(below))])


def _wrapped(lines: Sequence[str], grammar: Grammar) -> tuple[Found, ...]:
    """
    Return the commands of a comment that consists of nothing but such as do not count.

    Somebody who puts them into back-ticks, a code block, a quote or a list by mistake deserves to be told so.
    """
    rest = [line for line in lines if line.strip(" \t>") and not _FENCE.fullmatch(line)]
    if len(rest) > _MOST_WRAPPED:
        return ()
    found = [_unwrapped(line, grammar) for line in rest]
    return tuple(one for one in found if one) if all(found) else ()


def _unwrapped(line: str, grammar: Grammar) -> Found | None:
    """Return the command that a line is without what is around it; ``None`` where it is something else."""
    wrapped = _WRAPPED.fullmatch(line.rstrip())
    if wrapped is None or (wrapped["ticks"] and wrapped["ticks"] in wrapped["bare"]):
        return None
    marked = _MARKED.fullmatch(wrapped["bare"])
    bare = as_read((marked or wrapped)["bare"]).strip()
    how = grammar.spelling(bare)
    return _found(bare, how, (), grammar, Unread.WRAPPED) if how and how.exact else None
