"""
The lines with which a mail program ends an answer: a signature, and "On ... wrote:" above a quote.

A reply header is a guess about a sentence, so it takes more than the word: an address, a day and a time, or the
quote right below.
"""

import re
from collections.abc import Sequence
from typing import Final

from tracker_bridge.domain.issue import mail_words as words
from tracker_bridge.domain.issue.cleaning import MARKS, TURNING
from tracker_bridge.domain.issue.patterns import at_first_use

MAX_LINE: Final = 400
"""Characters of a line that is read whole: a reply header is shorter."""

_UNSEEN = at_first_use(rf"[\u00ad\u200b-\u200d{MARKS}{TURNING}\u2060\ufeff]")
_BLANKS = at_first_use(r"&nbsp;|[\t\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_MARKS = at_first_use(r"[*\\]|</?(?:b|strong|i|em|span|p|div)\b[^>]{0,80}>", re.IGNORECASE)
"""Bold words and escaped dashes: a mail in HTML that was turned into Markdown."""

ADDRESS = at_first_use(r"[^\s@<>]@[^\s@<>]+\.\w|@noreply|/[A-Z]\w*@\w|[\[<(]mailto:")
_SIGNATURE = at_first_use(r" {0,3}(?:--|__|–|—) *$")
_SENT_FROM = at_first_use(
    rf"[ <(_\[]{{0,4}}(?:(?:{words.SENT_FROM})\b.{{0,40}}?(?<!\w)(?:(?:{words.DEVICES})(?!\w)"
    rf"|(?:{words.DEVICE_WORDS}|my [\w' -]{{1,30}})[>).]?$)"
    rf"|(?:{words.GET})\b.{{0,30}}?\boutlook\b"
    rf"|.{{0,40}}?(?<!\w)(?:{words.DEVICES}|{words.DEVICE_WORDS}).{{0,40}}?(?:{words.SENT_FROM_BEHIND})[^\w]*$"
    r"|(?:从|從|发自|發自)我的|나의 "
    r")"
)
_LINK = at_first_use(r"\]\([^)]{0,200}\)|<?https?://\S{1,200}>?|[\[\]]")

_COLON = at_first_use(r"[:：][ _]*$")
_TIME = at_first_use(r"(?<!\d)\d{1,2} ?[:.h] ?\d\d(?!\d)|\d{1,2} ?[点點時时시]")
_YEAR = at_first_use(r"(?<!\d)[12٢۲]\d{3}(?!\d)|\d{1,4}[./-] ?\d{1,2}[./-] ?\d{2,4}")
_WROTE = at_first_use(rf"(?<!\w)(?:{words.WROTE})(?!\w)|{words.WROTE_UNSPACED}", re.IGNORECASE)
_LAST = at_first_use(r"@[^\s@<>]+\.[^\s@<>]+[>)\]]{0,2} ?[:：][ _]*$")
_OPENS = at_first_use(
    rf" {{0,8}}(?:(?:{words.OPENERS})(?:[.,]|\b)|(?:{words.OPENERS_UNSPACED})|\d)", re.IGNORECASE
)
_NAMED = at_first_use(r" {0,8}[\"'„«]?\w[^<>@]{0,60}[<(\[]\S{0,60}@")
_SENTENCE = at_first_use(rf"(?<!\w)(?:{words.PRONOUNS}) (?:{words.WROTE})(?!\w)", re.IGNORECASE)
_CLOSING = at_first_use(r"> ?[^>]{0,40}[:：] *")
"""The end of an address that was wrapped before its closing bracket."""

_OLD_REPLY = at_first_use(
    r" {0,3}[12]\d{3}[-/]\d{1,2}[-/]\d{1,2}(?: \d\d:\d\d GMT[+-]\d\d:\d\d [\w .'-]{1,60}"
    r"| .{1,80}<\S{1,80}@\S{1,80}>)$"
)
"""Older ones end without a colon."""


def plain_line(line: str) -> str:
    """Return a line without what HTML leaves and what nobody sees, with plain spaces; only its beginning."""
    seen = _BLANKS.sub(" ", _UNSEEN.sub("", line[:MAX_LINE]))
    return _MARKS.sub("", seen).replace("’", "'").rstrip()


def next_line(lines: Sequence[str], number: int) -> int | None:
    """Return the first line that is not blank, of the next three."""
    return next((n for n in range(number, min(number + 3, len(lines))) if lines[n].strip()), None)


def is_signature(line: str) -> bool:
    """Whether a line is the mark above a signature, or what a telephone puts below its mails."""
    plain = plain_line(line)
    if _SIGNATURE.fullmatch(plain):
        return True
    bare = _LINK.sub("", plain).casefold().strip()
    return len(bare) <= 100 and ":" not in bare and _SENT_FROM.match(bare) is not None


def is_reply_header(lines: Sequence[str], number: int) -> bool:
    """Whether "On ... wrote:" begins here and ends within three lines; mail programs wrap it."""
    return reply_header_end(lines, number) is not None


def reply_header_end(lines: Sequence[str], number: int) -> int | None:
    """Return the number of the last line of the header that begins here; ``None`` where none does."""
    if not _may_wrap(lines[number], first=True):
        return None
    joined = plain_line(lines[number])
    if _says_who_wrote(joined, lines, number):
        return number
    for n in range(number + 1, min(number + 3, len(lines)) if _begins(joined) else 0):
        whole = any(_whole(lines, m, n) for m in range(number + 1, n + 1))
        if whole and not joined.endswith((",", "<", "-")):
            break  # a sentence, and below it the header
        if not _may_wrap(lines[n], first=False) or _COLON.search(joined):
            break
        joined += " " + plain_line(lines[n]).lstrip()
        if _says_who_wrote(joined, lines, n):
            return n
    return None


def _may_wrap(line: str, *, first: bool) -> bool:
    if line.startswith(">"):
        return not first and _CLOSING.fullmatch(line) is not None
    return bool(line.strip()) and len(line) <= MAX_LINE and not line.startswith(("/", "#", "|"))


def _begins(text: str) -> bool:
    """Whether a reply header that goes on below may begin so: with its date, or with a name and an address."""
    return bool(_NAMED.match(text) or (_OPENS.match(text) and (_YEAR.search(text) or _TIME.search(text))))


def _whole(lines: Sequence[str], first: int, last: int) -> bool:
    texts = [plain_line(line) for line in lines[first : last + 1]]
    return (first == last or _begins(texts[0])) and _says_who_wrote(" ".join(texts), lines, last)


def _says_who_wrote(text: str, lines: Sequence[str], last: int) -> bool:
    """Whether a text is a whole reply header; ``last`` is the number of its last line."""
    below = next_line(lines, last + 1)
    quoting = below is not None and lines[below].startswith(">")
    if not _COLON.search(text):
        return bool(_OLD_REPLY.match(text)) and (quoting or "gmt" in text.casefold())
    year, time, addressed = _YEAR.search(text), _TIME.search(text), ADDRESS.search(text)
    if not _WROTE.search(text):
        named = _LAST.search(text) and _OPENS.match(text)
        return bool((year or time) and (named or (quoting and addressed)))
    if quoting:
        return bool(addressed or year or time)
    if _SENTENCE.search(text):
        return False
    return bool(addressed or (year and time) or (below is None and (year or time)))
