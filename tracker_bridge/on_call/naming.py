"""
Names, levels and ranks out of the text that a calendar holds.

A summary is free text: ``[L2] dana``, ``Primary: chen``, ``On Call - Alice Example - Payments Primary``,
``erin (for alice)``. Nothing is guessed: what is left is looked up exactly, or shown as it is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.issue.cleaning import clean

LONGEST: Final = 100
"""Characters of a name; more is no name."""

_RANK = re.compile(r"\[L(?P<rank>[0-9]{1,3})\]", re.ASCII | re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*\Z")
_PREFIX = re.compile(r"on[\s-]?call\s*[-:\u2013]\s*", re.IGNORECASE)
_ROLE = re.compile(
    r"(?P<role>primary|secondary|tertiary|backup)(?:\s+on[\s-]?call)?\s*[-:\u2013]\s*", re.IGNORECASE
)
_OF_CALENDAR = re.compile(r"on[\s-]?call schedule for\s+", re.IGNORECASE)
_BETWEEN = " - "

LEVELS: Final = {"primary": 1, "secondary": 2, "backup": 2, "tertiary": 3}
"""The level that a word means."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a summary says; see :class:`tracker_bridge.on_call.shifts.Shift`."""

    names: tuple[str, ...]
    level: int
    rank: int
    schedule: str


def named(summary: str, calendar: str = "", categories: Iterable[str] = ()) -> Named:
    """
    Read a summary; ``calendar`` is the calendar's own name, which tells a person from a schedule.

    Only its first line counts: people write notes below.
    """
    text = clean(next(iter(summary.strip().splitlines()), ""), LONGEST)
    found = _RANK.search(text)
    text = _RANK.sub("", text).strip()
    level = next((LEVELS[word] for one in categories if (word := one.strip().casefold()) in LEVELS), 0)
    stripped, schedule = text, ""
    if prefix := _PREFIX.match(text):
        stripped, schedule = _of_schedule(text[prefix.end() :], calendar)
    elif role := _ROLE.match(text):
        stripped, level = text[role.end() :], level or LEVELS[role["role"].casefold()]
    names = tuple(dict.fromkeys(one for one in (stripped.strip(), _bare(stripped)) if one))
    return Named(names, level or 1, int(found["rank"]) if found else 0, schedule)


def _of_schedule(text: str, calendar: str) -> tuple[str, str]:
    """Part ``NAME - SCHEDULE``: either may hold what stands between them, and the calendar is called like one."""
    known = _OF_CALENDAR.sub("", clean(calendar))
    if known and text.endswith(f"{_BETWEEN}{known}"):
        return text.removesuffix(f"{_BETWEEN}{known}"), known
    if known and text.startswith(f"{known}{_BETWEEN}"):
        return known, text.removeprefix(f"{known}{_BETWEEN}")
    name, _, schedule = text.partition(_BETWEEN)
    return name, schedule


def _bare(text: str) -> str:
    """Return a name without what is added in brackets."""
    while (shorter := _BRACKETS.sub("", text)) != text:
        text = shorter
    return text.strip()


_SEVERAL = re.compile(r"\s*(?:[,;&+/]|\band\b)\s*", re.IGNORECASE)


def each(name: str) -> Iterator[str]:
    """Yield the parts of ``alice, bob`` and ``alice & bob``."""
    yield from (part for one in _SEVERAL.split(name) if (part := one.strip()))
