"""Lengths of time that lead back from now: ``20m ago``, ``half an hour ago``, ``1 day and 2 hours ago``."""

import re
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.issue.patterns import at_first_use

_COUNTS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "ninety": 90, "twenty-five": 25, "thirty-five": 35, "forty-five": 45,
    "fifty-five": 55, "a couple of": 2, "couple of": 2, "half": 0.5, "quarter": 0.25, "half a": 0.5,
    "half an": 0.5, "a half": 0.5, "quarter of an": 0.25, "a quarter of an": 0.25, "three quarters of an": 0.75,
    "one and a half": 1.5, "two and a half": 2.5,
}  # fmt: skip
_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_WORDS: Final = "|".join(sorted(_COUNTS, key=len, reverse=True))

_FLAGS = re.ASCII | re.IGNORECASE
_LENGTH = at_first_use(
    rf"(?:(?P<digits>[0-9]{{1,4}}(?:[.,][0-9]{{1,2}})?)\s?|(?P<word>{_WORDS})\s)"
    r"(?P<unit>w(?:eeks?)?|d(?:ays?)?|h(?:ours?|rs?)?|m(?:in(?:ute)?s?)?|s(?:ec(?:ond)?s?)?)(?![a-z])\.?"
    r"(?P<half> and a half)?,?\s*(?:and\s)?",
    _FLAGS,
)
_HOURS_MINUTES = at_first_use(r"(?<=[0-9]h)(?P<minutes>[0-9]{2})(?=\s|$)", _FLAGS)
_HALF = at_first_use(r"(?P<whole>[0-9]{0,4})\s?½")
_BEFORE_NOW = at_first_use(r"(?:now(?:\(\))? ?)?- ?(?P<length>[0-9][^-]*)", _FLAGS)
_DAYS = at_first_use(rf"in (?P<count>[0-9]{{1,3}}|{_WORDS}) (?P<unit>day|week)s?", _FLAGS)


def length_ago(text: str) -> timedelta | None:
    """Return how far back a plain text that ends in ``ago`` leads; ``None`` if it is something else."""
    if found := _BEFORE_NOW.fullmatch(text):
        return parse_length(found["length"])
    head, _, ago = text.rpartition(" ")
    return parse_length(head) if ago.casefold() in ("ago", "earlier") else None


def parse_length(text: str) -> timedelta | None:
    """Read ``1h30m``, ``1.5 hours``, ``half an hour``: each unit once, the longest first."""
    rest = _HOURS_MINUTES.sub(r"\g<minutes>m", _HALF.sub(_decimal, text))
    units: list[str] = []
    length = timedelta()
    while rest:
        found = _LENGTH.match(rest)
        if found is None:
            return None
        units.append(found["unit"][0].casefold())
        count = float(found["digits"].replace(",", ".")) if found["digits"] else _COUNTS[found["word"].casefold()]
        length += timedelta(**{_UNITS[units[-1]]: count + (0.5 if found["half"] else 0)})
        rest = rest[found.end() :]
    in_order = [unit for unit in _UNITS if unit in units]
    return length if units and units == in_order else None


def _decimal(found: re.Match[str]) -> str:
    return f"{found['whole'] or 0}.5"


def days_ahead(text: str) -> int | None:
    """Return how many days ahead ``in 3 days`` and ``in two weeks`` are; ``None`` for anything else."""
    found = _DAYS.fullmatch(text)
    if found is None:
        return None
    count = _COUNTS.get(found["count"].casefold()) or int(found["count"])
    days = count * (7 if found["unit"].casefold() == "week" else 1)
    return int(days) if days == int(days) else None
