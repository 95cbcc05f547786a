"""
Points in time as people write them (S55, S56), strictly.

A time that could mean two things is refused, but for the hour that a clock change repeats: the earlier one is
taken, and the moment says so. Nothing here knows what time it is: times are relative to the comment.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ACCEPTED = "`14:05`, `~14:05`, `20m ago`, `1h30m ago`, `2026-01-05 14:05`, `2026-01-05 14:05 Europe/Berlin`, `now`"
"""The accepted forms, for refusals and help."""

_EARLY = timedelta(minutes=5)
_OLDEST = timedelta(days=400)
_LAST_NIGHT = timedelta(hours=12)
"""Without a date, a time of the day before is meant up to here; what lies further back is rather a wrong zone."""

_CLOCK = re.compile(r"(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?", re.ASCII)
_AGO = re.compile(
    r"(?:(?P<days>[0-9]{1,2})\s?d(?:ays?)?\s?)?(?:(?P<hours>[0-9]{1,3})\s?h(?:ours?|rs?)?\s?)?"
    r"(?:(?P<minutes>[0-9]{1,4})\s?m(?:in(?:ute)?s?)?\s?)?ago",
    re.ASCII | re.IGNORECASE,
)
_DAY = re.compile(
    r"(?P<year>20[0-9]{2})-(?P<month>[01][0-9])-(?P<day>[0-3][0-9])[T ]\s*", re.ASCII | re.IGNORECASE
)
_OFFSET = re.compile(
    r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>[01][0-9]):?(?P<minutes>[0-5][0-9])?", re.ASCII | re.IGNORECASE
)

# Only abbreviations that mean one offset everywhere; CST, IST and BST mean several and are refused.
_ABBREVIATIONS = {
    "z": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "cet": 60, "cest": 120, "eet": 120, "eest": 180,
    "msk": 180, "jst": 540, "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480,
    "pdt": -420,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moment:
    """
    A point in time, in UTC. ``approximate``: roughly then (``~14:05``, ``20m ago``).

    ``remark`` tells how an unclear time was read; empty nearly always.
    """

    at: datetime
    approximate: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class BadTime:
    """Why a text is not a time, in words for its author."""

    reason: str


def parse_time(text: str, said_at: datetime, zone: tzinfo) -> Moment | BadTime:
    """
    Read ``text`` as it was meant at ``said_at`` (aware), in ``zone`` unless it names one.

    A time without a date is one of the same day, up to five minutes after ``said_at``, or of the last twelve
    hours.
    """
    rest = " ".join(text.replace("`", "'").split())  # refusals quote it in back-ticks
    approximate = rest[:1] in ("~", "≈") or rest.casefold().startswith(("about ", "around ", "roughly "))
    if approximate:
        rest = rest[1:].lstrip() if rest[0] in "~≈" else rest.partition(" ")[2]
    if rest.casefold() == "now":
        return Moment(said_at.astimezone(UTC), approximate)
    ago = _AGO.fullmatch(rest)
    if ago is not None and any(ago.groups()):
        back = timedelta(**{unit: int(count) for unit, count in ago.groupdict().items() if count})
        return _checked(Moment((said_at - back).astimezone(UTC), approximate=True), said_at)
    return _clock_time(rest, said_at, zone, approximate=approximate)


def _clock_time(rest: str, said_at: datetime, zone: tzinfo, *, approximate: bool) -> Moment | BadTime:
    day = _DAY.match(rest)
    clock = _CLOCK.match(rest, day.end() if day else 0)
    if clock is None:
        return BadTime(f"`{rest[:40]}` is not a time I can read")
    found = _zone(rest[clock.end() :].strip(), zone)
    if isinstance(found, BadTime):
        return found
    hour, minute, second = int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)
    latest = (said_at + _EARLY).astimezone(found)
    try:
        on = date(int(day["year"]), int(day["month"]), int(day["day"])) if day else latest.date()
    except ValueError:
        return BadTime(f"`{rest[:10]}` is not a day of the calendar")
    local = datetime(on.year, on.month, on.day, hour, minute, second, tzinfo=found)
    if not day and _earliest(local) > latest:
        local -= timedelta(days=1)
        today = local.date() == said_at.astimezone(found).date()  # just before midnight
        if not today and said_at - _earliest(local) > _LAST_NIGHT:
            return BadTime(f"`{rest}` is in the future; for yesterday write `{local:%Y-%m-%d} {rest}`")
    moment = _resolve(local, approximate=approximate)
    return moment if isinstance(moment, BadTime) else _checked(moment, said_at)


def _zone(name: str, default: tzinfo) -> tzinfo | BadTime:
    if not name:
        return default
    if name.casefold() in _ABBREVIATIONS:
        return timezone(timedelta(minutes=_ABBREVIATIONS[name.casefold()]))
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        minutes = int(offset["hours"]) * 60 + int(offset["minutes"] or 0)
        return timezone(timedelta(minutes=-minutes if offset["sign"] == "-" else minutes))
    if "/" in name:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return BadTime(f"`{name[:40]}` is not a time zone")
    return BadTime(
        f"`{name[:40]}` is not a time zone that means one thing; write `UTC`, `+02:00` or `Europe/Berlin`"
    )


def _earliest(local: datetime) -> datetime:
    """Return the first moment that ``local`` can mean: around a clock change there are two readings."""
    return min(local.astimezone(UTC), local.replace(fold=1).astimezone(UTC))


def _resolve(local: datetime, *, approximate: bool) -> Moment | BadTime:
    """Turn local time into UTC; fold 0 is the earlier of two, and a gap does not survive the round trip."""
    at = local.astimezone(UTC)
    clock = local.strftime("%H:%M")
    if at.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        return BadTime(f"{clock} did not exist that day in {local.tzinfo}: the clocks went forward")
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        return Moment(
            at, approximate, f"{clock} came twice that night in {local.tzinfo}; the earlier one is taken"
        )
    return Moment(at, approximate)


def _checked(moment: Moment, said_at: datetime) -> Moment | BadTime:
    if moment.at > said_at + _EARLY:
        return BadTime(f"{moment.at:%Y-%m-%d %H:%M} UTC is in the future")
    if moment.at < said_at - _OLDEST:
        return BadTime(f"{moment.at:%Y-%m-%d %H:%M} UTC is more than {_OLDEST.days} days back")
    return moment
