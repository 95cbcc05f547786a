"""
Making any text harmless inside our Markdown.

Whatever a person wrote, repeated by the bot, must not ping, link, refer, open or close Markdown or HTML, or
start a quick action. Backslashes stop Markdown; both forges look for mentions and references only after
that, in the finished text, so a zero-width space goes behind the signs that they look for. Escaping is kept
to what matters: people read the source of these comments in their mail.
"""

import re
import unicodedata

from markupsafe import Markup

_GONE = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ue000]"
)
_SPACE = re.compile(r"[\s\u2028\u2029]+")
_SIGNS = re.compile(r"[\\`*_\[\]<>&|~$#{}^]")
_START = re.compile(r"(?P<digits>[0-9]{1,9}(?=[.)])|(?=[-+=/]))(?P<sign>.)")
_BREAKS = re.compile(
    r"(?<=[@#~$])(?=[\w/@\\])"  # mentions, issues, labels, snippets and math
    r"|(?<=[!%&])(?=[\w\"])"  # merge requests, milestones, epics
    r"|(?<=[{\[])(?=[-+])"  # GitLab's inline diffs
    r"|(?<=\bGH)(?=-[0-9])"  # issues again, the old way
    r"|(?<=:)(?=//|[-+]1:|\w*[a-z]\w*:)"  # addresses, emoji
    r"|(?<=www)(?=\.)",
    re.IGNORECASE,
)
_ZERO_WIDTH = "\u200b"


def clean(text: str, limit: int = 0) -> str:
    """
    Return ``text`` as one line without characters that hide or turn round other text.

    ``limit`` is in characters; what is cut is shown by an ellipsis, and never between a letter and its accent.
    """
    line = _SPACE.sub(" ", _GONE.sub("", unicodedata.normalize("NFC", text))).strip()
    line = line.replace("<!--", f"<!{_ZERO_WIDTH}--")  # so that nothing looks like a marker of ours
    if not limit or len(line) <= limit:
        return line
    end = limit - 1
    while end and (unicodedata.combining(line[end]) or line[end] in "\u200d\ufe0f" or line[end - 1] == "\u200d"):
        end -= 1
    return line[:end].rstrip() + "…"


def prose(text: str, limit: int = 0) -> Markup:
    """Return ``text`` as it was meant to be read, in a line of Markdown of ours."""
    line = _BREAKS.sub(_ZERO_WIDTH, clean(text, limit))
    line = _SIGNS.sub(r"\\\g<0>", line)
    return Markup(_START.sub(_escape_start, line, count=1) if _START.match(line) else line)  # noqa: S704  # this is the escaping


def _escape_start(found: re.Match[str]) -> str:
    return f"{found['digits']}\\{found['sign']}"


def code(text: str, limit: int = 0) -> Markup:
    """Return ``text`` to the letter, as a code span."""
    line = clean(text, limit)
    ticks = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line[:1] in ("`", "") or line[-1:] == "`" else ""
    return Markup(f"{ticks}{pad}{line}{pad}{ticks}")  # noqa: S704  # nothing in a code span is Markdown


def cell(markdown: str) -> Markup:
    """Make a code span fit for a table: a bar would end the cell, even in code."""
    return Markup(markdown.replace("\\|", "|").replace("|", "\\|"))  # noqa: S704  # it was safe, and bars only break cells


def spoken(text: str) -> Markup:
    """Return a sentence of ours with what people typed in back-ticks, each part made harmless by itself."""
    parts = text.split("`")
    return Markup("").join(code(part) if at % 2 else _inner(part) for at, part in enumerate(parts))


def _inner(part: str) -> Markup:
    """Prose between code spans keeps the spaces at its ends."""
    left, right = part[:1] == " ", part.strip() and part[-1:] == " "
    return Markup("{}{}{}").format(" " if left else "", prose(part), " " if right else "")
