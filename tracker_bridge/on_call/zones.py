"""Time zones as calendars name them: by their proper names, as Windows calls them, or as an offset."""

import re
from collections.abc import Mapping
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_OFFSET = re.compile(
    r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>[01][0-9]):?(?P<minutes>[0-5][0-9])", re.ASCII | re.IGNORECASE
)


def zone_named(name: str, others: Mapping[str, str]) -> tzinfo | None:
    """Return the zone, ``None`` for a name that nobody knows; ``others`` has the proper names of Windows' own."""
    if offset := _OFFSET.fullmatch(name):
        ahead = timedelta(hours=int(offset["hours"]), minutes=int(offset["minutes"]))
        return timezone(-ahead if offset["sign"] == "-" else ahead)
    for spelled in (name, others.get(name, name), name.title()):
        try:
            return ZoneInfo(spelled)
        except (ValueError, OSError, KeyError):
            continue
    return None
