"""
Whom a text names with ``@``: found whole, or not at all.

No account is ever read out of a part of a name: one that goes on with a sign that no account's name can hold is
unreadable. What is code, an address, or part of another word is no name.
"""

import bisect
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

MAX_NAME_CHARS: Final = 255
"""Characters of a name; GitLab's, with groups in front. GitHub's are shorter."""

_CODE: Final = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_ADDRESS: Final = re.compile(r"(?<![a-z0-9+.-])[a-z0-9+.-]+://\S+", re.IGNORECASE)
_BEGIN: Final = re.compile(r"\\?@")
_ESCAPED: Final = re.compile(r"\\(?=[_.-])")
_APP: Final = re.compile(r"\\?\[bot\\?\]", re.IGNORECASE)
_VERSION: Final = re.compile(r"@[\w.^~<>=*-]", re.ASCII)
_POSSESSIVE: Final = re.compile(r"['’]s?(?!\w)", re.IGNORECASE)
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)*(?:\[bot\])?")

_ENDS: Final = frozenset(',;!?…*|<>"—–、。，！？；')
_ENDING: Final = frozenset({"Ps", "Pe", "Pi", "Pf", "So"})
"""Signs, and categories of signs, that end a name whatever follows: stops, brackets, quotation marks, emoji."""

NO_ONE: Final = frozenset(
    {"none", "nobody", "noone", "no-one", "na", "n/a", "vacant", "empty", "niemand", "keiner"}
)
_WORDS: Final = NO_ONE | frozenset({
    "again", "all", "also", "and", "any", "anyone", "as", "asap", "at", "back", "be", "both", "by", "e",
    "et", "everybody", "everyone", "for", "from", "help", "her", "him", "if", "immediately", "in", "into",
    "it", "later", "me", "my", "myself", "need", "needs", "next", "not", "now", "oder", "of", "on",
    "on-call", "oncall", "or", "ou", "please", "pls", "somebody", "someone", "tbd", "thanks", "that", "the",
    "them", "this", "to", "together", "too", "und", "unknown", "until", "us", "we", "who", "will", "with",
    "y", "yes", "you", "yourself",
})  # fmt: skip
"""Who are nobody, and small words that stand beside names."""


@dataclass(frozen=True, slots=True)
class Mention:
    """``name`` stands from ``start`` to ``end`` of a text; empty where what is ``typed`` there cannot be one."""

    start: int
    end: int
    name: str
    typed: str


def is_name(text: str) -> bool:
    """Whether an account can be called so."""
    return len(text) <= MAX_NAME_CHARS and _NAME.fullmatch(text) is not None


def may_be_a_name(word: str) -> bool:
    """Whether a word without ``@`` can be meant as somebody's name: nearly every word is one of an account."""
    return is_name(word) and not word[0].isdigit() and word.casefold() not in _WORDS


def mentions(text: str) -> Iterator[Mention]:
    """Yield what is named in ``text``, in order."""
    if "@" not in text:
        return
    covered = [[match.span() for match in pattern.finditer(text)] for pattern in (_CODE, _ADDRESS)]
    after = 0
    for found in _BEGIN.finditer(text):
        start, begin = found.span()
        italic = _underscores(text, start)
        if start < after or any(_is_in(spans, start) for spans in covered) or _is_inside(text, start - italic):
            continue
        mention = _mention(text, start, begin, italic)
        if mention is not None:
            after = mention.end
            yield mention


def _is_in(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether one of the spans, which are in order, holds a place."""
    before = bisect.bisect_right(spans, at, key=lambda span: span[0])
    return before > 0 and at < spans[before - 1][1]


def _mention(text: str, start: int, begin: int, italic: int) -> Mention | None:
    """Read what begins at ``begin``, with so many underscores before its ``@``; ``None`` for what is no name."""
    end = _run(text, begin)
    name = _ESCAPED.sub("", "".join(sign for sign in text[begin:end] if not _is_unseen(sign)))
    if not name or name[0] in "-./":
        return None
    if app := _APP.match(text, end):
        name, end = f"{name}[bot]", app.end()
    if "/" in name and is_name(name) and _VERSION.match(text, end):
        return None
    if italic and name.endswith("_" * italic):
        name, end = name[:-italic], end - italic
        whole = is_name(name) and _is_whole(text, end + italic)
    else:
        whole = is_name(name) and _is_whole(text, end)
    if not whole:
        end = _word(text, end)
        return Mention(start, end, "", text[start:end])
    return _with_emphasis(text, Mention(start, end, name, text[start:end]))


def _run(text: str, begin: int) -> int:
    """Return where what may be a name ends; a full stop behind it ends the sentence."""
    end = begin
    while end < len(text) and (_continues(text[end]) or _ESCAPED.match(text, end)):
        end += 1
    while end > begin and (text[end - 1] == "." or _is_unseen(text[end - 1])):
        end -= 1
    return end


def _is_whole(text: str, end: int) -> bool:
    """Whether the name ends where it seems to: ``@o'brien`` and ``@dana:matrix.org`` do not."""
    sign, after = text[end : end + 1], text[end + 1 : end + 2]
    if sign in ("'", "’"):
        return _POSSESSIVE.match(text, end) is not None
    if sign == "." or not sign or sign.isspace() or sign in _ENDS or _is_unseen(sign):
        return True
    return unicodedata.category(sign) in _ENDING or (sign != "@" and not _is_letter(after))


def _word(text: str, end: int) -> int:
    while end < len(text) and not text[end].isspace() and text[end] not in ",;":
        end += 1
    return end


def _with_emphasis(text: str, mention: Mention) -> Mention:
    """Take along the signs of emphasis around the name, and around nothing else."""
    start, end = mention.start, mention.end
    while start and end < len(text) and text[start - 1] == text[end] and text[end] in "*_":
        start, end = start - 1, end + 1
    return mention if start == mention.start else replace(mention, start=start, end=end)


def _underscores(text: str, start: int) -> int:
    count = 0
    while count < start and text[start - count - 1] == "_":
        count += 1
    return count


def _is_inside(text: str, start: int) -> bool:
    """Whether the ``@`` is part of a word, an address, or of what is struck out: ``bob@acme.test``, ``/@bob``."""
    while start and _is_unseen(text[start - 1]):
        start -= 1
    return start > 0 and (_continues(text[start - 1]) or text[start - 1] in "@+~")


def _continues(sign: str) -> bool:
    """Whether a name, of any script, goes on with this; a sign that nobody sees does not end it."""
    return sign in "_-./" or _is_letter(sign) or _is_unseen(sign)


def _is_letter(sign: str) -> bool:
    return bool(sign) and unicodedata.category(sign)[0] in "LNM"


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign) == "Cf"
