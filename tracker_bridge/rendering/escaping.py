"""
Making any text harmless inside our Markdown.

Whatever a person wrote, repeated by the bot, must not ping, link, refer, open or close Markdown or HTML, or
start a quick action. Backslashes stop Markdown, and an entity stops HTML, which may stand around it; both
forges look for mentions and references only after that, in the finished text, so a zero-width space goes
behind the signs that they look for. Escaping is kept to what matters: people read the source of these comments
in their mail.
"""

import re
import unicodedata
from functools import lru_cache

from markupsafe import Markup

from tracker_bridge.domain.issue.cleaning import GONE, clean

_SIGNS = re.compile(r"[\\`*_\[\]>&|~$#{}^]")
_START = re.compile(r"(?P<digits>[0-9]{1,9}(?=[.)])|(?=[-+=/]))(?P<sign>.)")
_BREAKS = re.compile(
    r"(?<=[@#~])(?=[\w/@\\\"])"  # mentions, issues, labels
    r"|(?<=\$)(?=\S|\Z)"  # snippets and math
    r"|(?<=[!%&])(?=[\w\"])"  # merge requests, milestones, epics
    r"|(?<=[{\[])(?=[-+])"  # GitLab's inline diffs
    r"|(?<=\[)(?=\w+:)|(?<=\*)(?=iteration:)"  # GitLab's long references
    r"|(?<=\bGH)(?=-[0-9])"  # issues again, the old way
    r"|(?<=:)(?=//|(?![0-9]{1,2}:)[-+\w]{1,60}:)"  # addresses, emoji; not the minutes of a time
    r"|(?<=www)(?=\.)",
    re.IGNORECASE,
)
_NOTHING = "–"
_SHORT = 500
"""Characters of a text whose escaped form is remembered: a document is rendered again and again until it fits."""
_REMEMBERED = 4096
_ZERO_WIDTH = "\u200b"


def visible(text: str) -> str:
    """Return ``text`` line by line, without characters that hide or turn round other text."""
    lines = re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", unicodedata.normalize("NFC", text))
    return "\n".join(GONE.sub("", line).replace("\t", "    ").rstrip() for line in lines)


def prose(text: str, limit: int = 0) -> Markup:
    """Return ``text`` as it was meant to be read, in a line of Markdown of ours; a dash when nothing is left."""
    return _prose_remembered(text, limit) if len(text) <= _SHORT else _prose(text, limit)


def _prose(text: str, limit: int) -> Markup:
    return Markup(_escaped(clean(text, limit)) or _NOTHING)  # noqa: S704  # this is the escaping


_prose_remembered = lru_cache(_REMEMBERED)(_prose)


def _escaped(line: str) -> str:
    line = _SIGNS.sub(lambda sign: f"\\{sign[0]}", _BREAKS.sub(_ZERO_WIDTH, line)).replace("<", "&lt;")
    return _START.sub(_escape_start, line, count=1) if _START.match(line) else line


def _escape_start(found: re.Match[str]) -> str:
    return f"{found['digits']}\\{found['sign']}"


def code(text: str, limit: int = 0) -> Markup:
    """Return ``text`` to the letter, as a code span."""
    return _code_remembered(text, limit) if len(text) <= _SHORT else _code(text, limit)


def _code(text: str, limit: int) -> Markup:
    line = clean(text, limit)
    ticks = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line[:1] in ("`", "") or line[-1:] == "`" else ""
    return Markup(f"{ticks}{pad}{line}{pad}{ticks}")  # noqa: S704  # nothing in a code span is Markdown


_code_remembered = lru_cache(_REMEMBERED)(_code)


def cell(markdown: str) -> Markup:
    """Make a code span fit for a table: a bar would end the cell, even in code."""
    return Markup(markdown.replace("\\|", "|").replace("|", "\\|"))  # noqa: S704  # it was safe, and bars only break cells


def spoken(text: str) -> Markup:
    """Return a sentence of ours with what people typed in back-ticks, each part made harmless by itself."""
    return _spoken_remembered(text) if len(text) <= _SHORT else _spoken(text)


def _spoken(text: str) -> Markup:
    parts = text.split("`")
    return Markup("").join(code(part) if at % 2 else _inner(part) for at, part in enumerate(parts))


_spoken_remembered = lru_cache(_REMEMBERED)(_spoken)


def _inner(part: str) -> Markup:
    """Prose between code spans keeps the spaces at its ends, also where a line of the source ended."""
    left, right = part[:1].isspace(), part.strip() and part[-1:].isspace()
    return Markup(f"{' ' if left else ''}{_escaped(clean(part))}{' ' if right else ''}")  # noqa: S704  # as above
