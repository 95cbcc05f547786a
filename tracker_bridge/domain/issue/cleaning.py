"""Text of anybody's as one line: what hides other text, turns it round, or is no text at all is left out."""

import re
import unicodedata
from typing import Final

CONTROL: Final = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
"""Control characters but tabs and line ends; as this and what follows stand in the brackets of a pattern."""
TURNING: Final = r"\u202a-\u202e\u2066-\u2069"
"""What turns the direction of a text around: it reads as something else than it is."""
MARKS: Final = r"\u200e\u200f"
"""The marks of a direction."""

UNSEEN: Final = (
    r"\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
)
"""What nobody sees, beside the first control characters; and halves of characters."""

GONE: Final = re.compile(rf"[\x00-\x08\x0e-\x1f{UNSEEN}\ue000\U000e0000-\U000e007f]")
UNTITLED: Final = "Untitled"
"""Of what says nothing that can be read."""

_SPACE = re.compile(r"[\s\u2028\u2029]+")
_JOINED = re.compile(r"[\u200d\ufe0f\U0001f3fb-\U0001f3ff]")
_ZERO_WIDTH = "\u200b"


def clean(text: str, limit: int = 0) -> str:
    """
    Return ``text`` as one line without characters that hide or turn round other text.

    ``limit`` is in characters; what is cut is shown by an ellipsis, and never between a letter and its accent.
    """
    line = _SPACE.sub(" ", GONE.sub("", unicodedata.normalize("NFC", text))).strip()
    line = line.replace("<!--", f"<!{_ZERO_WIDTH}--")  # so that nothing looks like a marker of ours
    if not limit or len(line) <= limit:
        return line
    end = limit - 1
    while end and (unicodedata.combining(line[end]) or _JOINED.match(line, end) or line[end - 1] == "\u200d"):
        end -= 1
    return line[:end].rstrip() + "…"


def title_of(text: str, limit: int) -> str:
    """Return a title that a forge takes, which has room for ``limit`` characters, and wants some."""
    return clean(text, limit) or UNTITLED
