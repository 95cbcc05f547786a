"""
What people wrote, so that no service takes it for a mention, a link with another text, or a command.

Zero-width spaces do that in every chat, because each of their grammars wants its signs side by side: ``@channel``,
``<!here>``, ``<users/all>``, ``[text](address)``. To the eye, the words stay as they are.
"""

import re
import unicodedata
from typing import Final

from tracker_bridge.domain.incident.outward import Kind, Message
from tracker_bridge.domain.issue.cleaning import GONE

_ZERO_WIDTH: Final = "\u200b"
_SIGNS: Final = re.compile(r"[@\uff20\ufe6b<]|\](?=[(\[:])|(?<![^\n])/")
_LINES: Final = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_WORDS_ONLY: Final = frozenset({Kind.UPDATE})


def plain(text: str) -> str:
    """Return the text without what hides other text or turns it round; its lines stay."""
    return GONE.sub("", unicodedata.normalize("NFC", _LINES.sub("\n", text))).strip()


def defused(text: str) -> str:
    """Return the text as a chat shows it without doing anything about it."""
    return _SIGNS.sub(_apart, plain(text))


def _apart(sign: re.Match[str]) -> str:
    return f"{_ZERO_WIDTH}/" if sign[0] == "/" else f"{sign[0]}{_ZERO_WIDTH}"


def title_of(message: Message) -> str:
    return message.subject


def text_of(message: Message) -> str:
    """Return what stands below the title: the text, and where to go. Of an update, the words and nothing else."""
    return message.text if message.kind in _WORDS_ONLY else "\n".join(filter(None, (message.text, message.url)))


def whole_of(message: Message) -> str:
    """Return all of it, for a service without titles."""
    if message.kind in _WORDS_ONLY:
        return message.text
    return "\n".join(filter(None, (message.subject, message.text, message.url)))


def cut(message: Message, text: str, limit: int) -> str | None:
    """
    Return ``text`` with at most ``limit`` characters; ``None`` where somebody's words would be cut.

    What we say ourselves is cut: it leads to the issue, which has all of it.
    """
    if len(text) <= limit:
        return text
    if message.kind in (Kind.UPDATE, Kind.CORRECTION):
        return None
    return f"{text[: limit - 1]}…"


TOO_LONG: Final = "is too long for this service"
"""Why a text was not sent; what is told beforehand counts before mentions are taken apart."""
