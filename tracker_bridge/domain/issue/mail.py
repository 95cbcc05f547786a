"""
Where the mail program of somebody who answers by mail begins to speak.

The forges cut most of it off, but not all: what is left of a mail that was answered stands below the answer. Lines
that begin with ``>`` are a quote for Markdown as well; nothing here looks at them. What stands unquoted is told by
what the common programs write above it, in many languages: a rule, "Original Message", or some lines of headers.
All that is read of a text is a few lines at a time, so that a long one costs no more than its length.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from tracker_bridge.domain.issue import mail_words as words
from tracker_bridge.domain.issue.mail_replies import (
    ADDRESS,
    is_reply_header,
    is_signature,
    next_line,
    plain_line,
    reply_header_end,
)
from tracker_bridge.domain.issue.patterns import at_first_use

_BLOCK: Final = 10
"""Lines in which the headers of a mail stand, with those that were wrapped."""

_HEADER = at_first_use(r" {0,3}_{0,2}(?P<word>[^\W\d_][^:：|`]{0,28}?)_{0,2} ?[:：]_{0,2}(?P<value>.*)")
_RULE = at_first_use(r" {0,8}(?:[-–—_=]{2,}|[–—])")
_LONG_RULE = at_first_use(r" {0,8}_{16,}")
_DASHES: Final = "-–—_=~"
_ORIGINAL = at_first_use(
    rf" {{0,8}}[{_DASHES}]{{2,60}} ?(?:{words.ORIGINAL.casefold()})(?:[ /.\w]{{0,20}}[{_DASHES}]{{2}}|:? *$)"
)
_FORWARDED = at_first_use(rf" {{0,8}}(?:{words.FORWARDED.casefold()}) ?[:：] *$")
_DASHED_REPLY = at_first_use(rf" {{0,8}}-{{3,}} ?on\b.{{1,300}}\b(?:{words.WROTE}) ?:? ?-{{3,}} *$")
_FOOTER = at_first_use(
    r"[-–—* ]{0,6}(?:reply to this e-?mail directly\b|you(?: a|')re receiving this (?:e-?mail )?because\b"
    r"|[\w.-]{1,40}(?:\[bot\])? left a comment \(\[?[\w.-]+/[\w.-]+#[0-9]+)"
)
"""What GitHub and GitLab put around the comments that they mail."""

_FENCE = at_first_use(r" {0,3}(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_QUOTE_FENCE = at_first_use(r">>>+[ \t]*")


def _key(word: str) -> str:
    return word.replace(" ", "").replace("_", "").casefold()


_KINDS: Final = {
    _key(word): kind
    for kind in ("date", "to", "subject", "sent", "from")  # the surer one of a word that is in two lists
    for word in getattr(words, kind.upper()).split()
}


def original_from(lines: Sequence[str], until: int | None = None) -> int | None:
    """
    Number of the first line of somebody else's unquoted mail below (its rule, its "Original Message" line or its
    headers), or None. What a person put into a code block, or on GitLab between ``>>>``, is no mail. One that
    begins at the line ``until``, or below, need not be found.
    """
    quotes = [number for number, line in enumerate(lines) if _QUOTE_FENCE.fullmatch(line)]
    last_quote = quotes[-1] if quotes else -1
    fence = ""
    for number, line in enumerate(lines[:until]):
        if fence:
            if line.strip(" \t").startswith(fence) and not line.strip(" \t" + fence[0]):
                fence = ""
        elif opened := _FENCE.match(line):
            fence = opened["fence"]
        elif number < last_quote and _QUOTE_FENCE.fullmatch(line):
            fence = ">>>"
        elif _original(lines, number) or _unquoted_reply(lines, number):
            return number
    return None


def _unquoted_reply(lines: Sequence[str], number: int) -> bool:
    """Whether "On ... wrote:" begins here, and the program left out the signs of the quote below."""
    end = reply_header_end(lines, number)
    below = next_line(lines, end + 1) if end is not None else None
    return below is not None and not lines[below].startswith(">")


def ends_message(lines: Sequence[str], number: int) -> bool:
    """
    Whether a message that somebody wrote ends before this line.

    It does at a signature, at the header of a reply ("On ... wrote:"), and where an unquoted original begins.
    """
    return is_signature(lines[number]) or is_reply_header(lines, number) or _original(lines, number, quoted=True)


def _original(lines: Sequence[str], number: int, *, quoted: bool = False) -> bool:
    """Whether an original begins here; ``quoted``: also one whose lines are quoted."""
    line = lines[number]
    if not line.strip() or line.startswith((">", "/", "@")):  # a command is no mail program's
        return False
    plain = plain_line(line)
    low = plain.casefold()
    if _RULE.fullmatch(plain):
        below = next_line(lines, number + 1)
        if below is None:
            return False
        return _headers(lines, below, ruled=bool(_LONG_RULE.fullmatch(plain))) or bool(
            _FOOTER.match(plain_line(lines[below]).casefold())
        )
    if _ORIGINAL.match(low) or _FORWARDED.match(low) or _DASHED_REPLY.match(low):
        below = next_line(lines, number + 1)
        return quoted or below is None or not lines[below].startswith(">")
    return bool(_FOOTER.match(low)) or _headers(lines, number)


class _Line(NamedTuple):
    kind: str
    value: str


def _header(line: str) -> _Line | None:
    """Return a line of the shape ``Word: value``; its kind is empty when no mail program writes the word."""
    found = _HEADER.match(plain_line(line))
    return _Line(_KINDS.get(_key(found["word"]), ""), found["value"].strip()) if found else None


def _headers(lines: Sequence[str], number: int, *, ruled: bool = False) -> bool:
    """
    Whether the headers of a mail begin here.

    Two words that stand for somewhere or some day are no mail yet (``From: db1``, ``To: db2``): it takes a word
    that only mails have, an address, or Outlook's long rule above.
    """
    first = _header(lines[number])
    if first is None or not first.kind:
        return False
    kinds: set[str] = set()
    addressed, loose = False, 0
    for n in range(number, min(number + _BLOCK, len(lines))):
        header = _header(lines[n])
        if header is None:
            loose += 1
            if loose > 2 or _far(lines, n):
                break
        elif header.kind and (header.value or header.kind != "from"):
            kinds.add(header.kind)
            addressed |= header.kind in ("from", "to") and bool(ADDRESS.search(header.value))
            if _enough(kinds, addressed=addressed, ruled=ruled, loose=bool(loose)):
                return True
    return False


def _far(lines: Sequence[str], number: int) -> bool:
    """Whether the headers end here: a quote, a command, two blank lines; one wrapped or blank line is between."""
    line = lines[number]
    if line.strip():
        return line.startswith((">", "/", "@", "#", "-", "|", "`"))
    return not lines[number - 1].strip()


def _enough(kinds: set[str], *, addressed: bool, ruled: bool, loose: bool) -> bool:
    others = kinds - {"from"}
    if "from" not in kinds or not others or (loose and len(others) < 2):
        return False
    return ruled or addressed or bool(others & {"sent", "subject"})
