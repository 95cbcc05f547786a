"""Time zones as people and programs write them."""

import re
from datetime import timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tracker_bridge.domain.incident.times.moments import BadTime
from tracker_bridge.domain.incident.times.spelling import shown
from tracker_bridge.domain.issue.patterns import at_first_use

NAME: Final = at_first_use(r"[A-Za-z][\w+-]*(?:/[A-Za-z][\w+-]*)+|[A-Za-z]{1,6}(?![\w/])", re.ASCII)
IN_FRONT: Final = at_first_use(r"(?:UTC|GMT|CEST|CET|EEST|EET)(?=:? [0-9])")
"""``UTC 14:05``; of other abbreviations, ``est. 14:05`` is rather a guess."""

OFFSET: Final = at_first_use(
    r"\s?(?P<sign>[+-])(?P<hours>[0-9]{2})(?::?(?P<minutes>[0-9]{2}))?(?![\w:])", re.ASCII
)
"""``+02:00``, ``+0200``, ``+02``."""

UTC_OFFSET: Final = at_first_use(
    r"\s?(?:UTC|GMT)\s?(?P<sign>[+-])(?P<hours>[0-9]{1,2})(?::?(?P<minutes>[0-9]{2}))?(?![\w:])",
    re.ASCII | re.IGNORECASE,
)
"""``UTC+02:00``, ``UTC +2``, ``GMT+5:30``."""

# Only abbreviations that mean one offset everywhere; CST, IST and BST mean several and are refused.
_ABBREVIATIONS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180,
    "msk": 180, "jst": 540, "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420, "zulu": 0, "mez": 60, "mesz": 120,
}  # fmt: skip
_AMBIGUOUS = frozenset({
    "act", "amt", "ast", "bst", "cst", "ct", "ect", "et", "gst", "ist", "mt", "pt", "sst", "wst", "local"
})  # fmt: skip


def offset(sign: str, hours: str, minutes: str | None) -> timezone | None:
    """Return the zone of an offset from UTC; ``None`` for one that clocks have nowhere."""
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if int(minutes or 0) % 15 or int(minutes or 0) > 45 or ahead > timedelta(hours=12 if sign == "-" else 14):
        return None
    return timezone(-ahead if sign == "-" else ahead)


def named(name: str) -> tzinfo | BadTime:
    """Return the zone of that name, however its letters are written."""
    if name.casefold() in _ABBREVIATIONS:
        return timezone(timedelta(minutes=_ABBREVIATIONS[name.casefold()]))
    if "/" not in name:
        kind = "an ambiguous time zone" if is_ambiguous(name) else "not a time zone that I know"
        return BadTime(f"{shown(name)} is {kind}; write `UTC`, `+02:00` or `Europe/Berlin`")
    for spelled in (name, name.title()):
        try:
            return ZoneInfo(spelled)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return BadTime(f"{shown(name)} is not a time zone")


def is_ambiguous(name: str) -> bool:
    """Whether an abbreviation stands for several zones, or ``+2`` may be anything."""
    return name.casefold() in _AMBIGUOUS or not name[:1].isalpha()
