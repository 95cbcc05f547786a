"""
Until when an action item is due: the last ``due`` or ``by`` that a day follows (S113).

A day alone behind the person needs neither word. What can only be meant as a day, and is none that can be read, is
a fault; every other ``due`` and ``by`` is part of what is to be done: ``due dates``, ``by mail``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from tracker_bridge.domain.times import BadTime, leading_day, parse_day
from tracker_bridge.domain.times.spelling import MONTH, WEEKDAY, shown

FORM: Final = "<YYYY-MM-DD>"

_GLUED = re.compile(r"(?<!\S)((?:due|by):)(?=\S)", re.IGNORECASE)
_KEY = re.compile(r"[(\[]?(?:--|[—–]{1,2})?(?P<word>due|by|until|till|deadline):?", re.IGNORECASE)
_NUMBERS = re.compile(r"[0-9]{1,2}[./][0-9]{1,2}\.?", re.ASCII)
_MEANT = re.compile(
    r"(?:(?:the )?end of(?: the| this| next)? \w+|(?:next|coming|this coming) \w+|"
    r"this (?:week|weekend|month|quarter|year|sprint)|today|tomorrow|tonight|eod|eow|eom|cob|asap|soon|q[1-4]|"
    rf"{WEEKDAY}|(?:early |mid-?|late )?{MONTH}(?: [0-9]+)?|[0-9]{{4}}-[0-9-]*|[0-9]{{1,2}}(?:st|nd|rd|th)|"
    r"in (?:an? |[0-9]+ )?(?:\w+ )?(?:days?|weeks?)|date)(?![\w'’-])|<[^>]*>",
    re.ASCII | re.IGNORECASE,
)
_MORE = re.compile(
    r"(?:[0-9]{1,2}(?:[:.h]|\s?[ap]m)|[-–—/]|(?:or|to|at|until|morning|afternoon|evening|night|noon)(?!\w))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Due:
    """``text`` is what is left without the day; with a ``fault`` it is all of it, with the right day or a form."""

    text: str
    day: date | None = None
    fault: str = ""


def find_due(text: str, said_at: datetime, zone: tzinfo) -> Due:
    """Find the day in an action item, as it was meant at ``said_at`` (aware) in ``zone``."""
    words = _GLUED.sub(r"\1 ", text).split()
    for at in range(len(words) - 1, -1, -1):
        found = None
        if key := _KEY.fullmatch(words[at]):
            found = _behind_key(words, at, key["word"].casefold(), said_at, zone)
        elif _is_person(words[at]) and not any(map(_is_person, words[at + 1 :])):
            found = _alone(words, at + 1, said_at, zone)
        if found:
            return found
    return Due(text)


def _behind_key(words: Sequence[str], at: int, key: str, said_at: datetime, zone: tzinfo) -> Due | None:
    """Read what stands between one of the words and the next person, or the end."""
    behind_person = any(map(_is_person, words[:at]))
    if key not in ("due", "by") and not behind_person:
        return None
    end = next((i for i in range(at + 1, len(words)) if _is_person(words[i])), len(words))
    tail = words[at + 1 : end]
    found = leading_day(tail, said_at, zone)
    if found and key == "by" and not behind_person and _NUMBERS.fullmatch(" ".join(tail[: found[1]])):
        found = None  # `cut it by 1.5`
    if found:
        return _read(words, at, found, tail)
    meant = _MEANT.match(" ".join(tail))
    certain = key in ("due", "deadline") and behind_person and _is_person(words[at - 1])
    if not meant and not certain:
        return None
    count = len(tail) if certain or meant is None else len(meant[0].split())
    day = parse_day(" ".join(tail[:count]), said_at, zone)
    reason = day.reason if isinstance(day, BadTime) and tail else "until when?"
    return Due(" ".join((*words[: at + 1], FORM, *words[at + 1 + count :])), fault=reason)


def _read(words: Sequence[str], at: int, found: tuple[date | BadTime, int], tail: Sequence[str]) -> Due:
    day, count = found
    behind = words[at + 1 + count :]
    if isinstance(day, BadTime):
        return Due(" ".join((*words[: at + 1], FORM, *behind)), fault=day.reason)
    if _MORE.match(" ".join(tail[count:])):
        reason = f"{shown(' '.join(tail))} is more than a day"
        return Due(" ".join((*words[: at + 1], f"{day}", *words[at + 1 + len(tail) :])), fault=reason)
    begin = at
    while begin and _KEY.fullmatch(words[begin - 1]):  # `due by 2026-12-01`
        begin -= 1
    return Due(" ".join((*words[:begin], *behind)), day)


def _alone(words: Sequence[str], begin: int, said_at: datetime, zone: tzinfo) -> Due | None:
    """Read what stands behind the last person, if it is nothing but a day."""
    found = leading_day(words[begin:], said_at, zone)
    if found is None or found[1] < len(words) - begin:
        return None
    day = found[0]
    if isinstance(day, BadTime):
        return Due(" ".join((*words[:begin], "due", FORM)), fault=day.reason)
    return Due(" ".join(words[:begin]), day)


def _is_person(word: str) -> bool:
    return word.lstrip("([").startswith("@") and len(word) > 1
