"""Signs and words of times: what a keyboard, an editor or a log file makes of them, brought to one spelling."""

import re
from typing import Final

MAX_TIME_CHARS: Final = 120
"""Characters of the longest text that is looked at as a time; what programs write has less than half of it."""

_SIGNS: Final = str.maketrans(
    {
        **{chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)},  # full width, as East Asian keyboards
        **dict.fromkeys("∼∽˜〜⁓≈≃≅", "~"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("∶꞉﹕", ":"),
        **dict.fromkeys("()[]\"'`*‘’“”„«»", " "),
        **dict.fromkeys(
            "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u2060\u2066\u2067\u2068\u2069\ufeff"
        ),
    }
)
_ESCAPED = re.compile(r"\\(?=[!-/:-@\[-`{-~])|\\$")
_BASIC = re.compile(r"\b(20[0-9]{2})([0-9]{2})([0-9]{2})T([0-9]{2})([0-9]{2})([0-9]{2})?(?![0-9])", re.IGNORECASE)
_ACCESS_LOG = re.compile(r"(?<=/20[0-9]{2}):(?=[0-9]{2}:[0-9]{2})")
_GO_CLOCK = re.compile(r"\sm=[+-][0-9.]+$")

MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
WEEKDAY: Final = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|"
    r"sun(?:day)?)(?![a-z])\.?"
)
HALF: Final = r"[ap]\.?\s?m(?![a-z])\.?"
"""``am`` and ``p.m.``."""


def plain(text: str) -> str:
    """Return a text as it is read: no quotes, brackets and emphasis around it, single blanks, ASCII's signs."""
    signs = _ESCAPED.sub("", text).translate(_SIGNS)
    bare = " ".join(signs.split()).strip("|_ ")
    dotless = bare.rstrip(".,;:! ")
    dated = _BASIC.sub(lambda m: f"{m[1]}-{m[2]}-{m[3]}T{m[4]}:{m[5]}" + (f":{m[6]}" if m[6] else ""), dotless)
    return _GO_CLOCK.sub("", _ACCESS_LOG.sub(" ", dated))


def shown(text: str) -> str:
    """Return what somebody typed, short and in back-ticks, for a reason."""
    return "`" + " ".join(text.split())[:40].replace("`", "'") + "`"
