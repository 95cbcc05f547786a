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

from tracker_bridge.domain.incident.times import BadTime, leading_day, parse_day
from tracker_bridge.domain.incident.times.spelling import MONTH, WEEKDAY, shown
from tracker_bridge.domain.issue.patterns import at_first_use

FORM: Final = "<YYYY-MM-DD>"

_NEAR = 12
"""Words behind ``due`` that are looked at; a day has no more."""

_GLUED = at_first_use(r"(?<!\S)((?:--|[—–]{1,2})?(?:due|by))[:=](?=\S)", re.IGNORECASE)
_KEY = at_first_use(r"[(\[]?(?:--|[—–]{1,2})?(?P<word>due|by|until|till|before|deadline|bis):?", re.IGNORECASE)
_NUMBERS = at_first_use(r"[0-9]{1,2}[./][0-9]{1,2}\.?", re.ASCII)
_MEANT = at_first_use(
    r"(?:(?:the )?end of(?: the| this| next)? \w+|(?:next|coming|this coming) \w+|"
    r"this (?:week|weekend|month|quarter|year|sprint)|today|tomorrow|tonight|eod|eow|eom|cob|asap|soon|q[1-4]|"
    rf"{WEEKDAY}|(?:early |mid-?|late )?{MONTH}(?: [0-9]+)?|[0-9]{{4}}-[0-9-]*|[0-9]{{1,2}}(?:st|nd|rd|th)|"
    r"in (?:an? |[0-9]+ )?(?:\w+ )?(?:days?|weeks?)|date)(?![\w'’-])|<[^>]*>",
    re.ASCII | re.IGNORECASE,
)
_MORE = at_first_use(
    r"(?:[0-9]{1,2}(?:[:.h]|\s?[ap]m)|[-–—/]|(?:or|to|at|until|before|after|morning|afternoon|evening|night|noon|eod)(?!\w))",
    re.IGNORECASE,
)
_LATER = at_first_use(r"(?:week|fortnight)(?!\w)", re.IGNORECASE)
"""Behind a day, another one is meant: ``friday week``."""


@dataclass(frozen=True, slots=True)
class Due:
    """``text`` is what is left without the day; with a ``fault`` it is all of it, with the right day or a form."""

    text: str
    day: date | None = None
    fault: str = ""


def find_due(text: str, said_at: datetime, zone: tzinfo) -> Due:
    """Find the day in an action item, as it was meant at ``said_at`` (aware) in ``zone``."""
    words = _GLUED.sub(r"\1: ", text).split()
    people = [at for at, word in enumerate(words) if word.lstrip("([").startswith("@") and len(word) > 1]
    item = _Item(words, frozenset(people), said_at, zone)
    end = len(words)
    for at in range(len(words) - 1, -1, -1):
        found = None
        if key := _KEY.fullmatch(words[at]):
            found = item.behind_key(at, end, key["word"].casefold(), behind_person=bool(people) and people[0] < at)
        elif people and at == people[-1]:
            found = item.alone(at + 1)
        if found:
            return found
        end = at if at in item.people else end
    return Due(text)


@dataclass(frozen=True, slots=True)
class _Item:
    """An action item word by word; ``people`` are the places of those that name somebody."""

    words: Sequence[str]
    people: frozenset[int]
    said_at: datetime
    zone: tzinfo

    def behind_key(self, at: int, end: int, key: str, *, behind_person: bool) -> Due | None:
        """Read what stands between one of the words and the next person, or the end."""
        if key not in ("due", "by") and not behind_person:
            return None
        near = self.words[at + 1 : min(end, at + _NEAR)]
        found = leading_day(near, self.said_at, self.zone)
        if found and key == "by" and not behind_person and _NUMBERS.fullmatch(" ".join(near[: found[1]])):
            found = None  # `cut it by 1.5`
        if found:
            return self._read(at, end, *found)
        if key in ("due", "deadline") and at - 1 in self.people:
            return self._fault(at, end)
        meant = _MEANT.match(" ".join(near))
        return self._fault(at, at + 1 + len(meant[0].split())) if meant else None

    def alone(self, begin: int) -> Due | None:
        """Read what stands behind the last person, if it is nothing but a day."""
        found = leading_day(self.words[begin : begin + _NEAR], self.said_at, self.zone)
        if found is None or found[1] < len(self.words) - begin:
            return None
        day = found[0]
        if isinstance(day, BadTime):
            return Due(" ".join((*self.words[:begin], "due", FORM)), fault=day.reason)
        return Due(" ".join(self.words[:begin]), day)

    def _fault(self, at: int, end: int) -> Due:
        told = " ".join(self.words[at + 1 : end])
        day = parse_day(told, self.said_at, self.zone)
        reason = day.reason if isinstance(day, BadTime) and told else "due when?"
        return Due(" ".join((*self.words[: at + 1], FORM, *self.words[end:])), fault=reason)

    def _read(self, at: int, end: int, day: date | BadTime, count: int) -> Due:
        before, behind = self.words[: at + 1], self.words[at + 1 + count :]
        if isinstance(day, BadTime):
            return Due(" ".join((*before, FORM, *behind)), fault=day.reason)
        told = " ".join(self.words[at + 1 : end])
        follows = " ".join(self.words[at + 1 + count : min(end, at + _NEAR)])
        if _LATER.match(follows):
            rest = self.words[at + 2 + count :]
            return Due(" ".join((*before, FORM, *rest)), fault=f"{shown(told)} is not a day I understand")
        if _MORE.match(follows):
            right = (f"{day}", *self.words[end:]) if at - 1 in self.people else (FORM, *behind)
            return Due(" ".join((*before, *right)), fault=f"{shown(told)} is not just a day")
        begin = at
        while begin and _KEY.fullmatch(self.words[begin - 1]):  # `due by 2026-12-01`
            begin -= 1
        return Due(" ".join((*self.words[:begin], *behind)), day)
