"""Points in time, and from local time to them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

EARLY: Final = timedelta(minutes=5)
"""How far ahead of a comment a time in it may lie: clocks differ."""

_OLDEST = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Moment:
    """
    A point in time, in UTC. ``approximate``: roughly then (``~14:05``, ``20m ago``).

    ``remark`` tells its author how an unclear time was read; empty nearly always.
    """

    at: datetime
    approximate: bool = False
    remark: str = ""


@dataclass(frozen=True, slots=True)
class BadTime:
    """
    Why a text is not a time or a day, in words for its author.

    ``near`` is the one that they certainly mean as well, as it should be written: the beginning of a span.
    """

    reason: str
    near: str = ""


def earliest(local: datetime) -> datetime:
    """Return the first moment that ``local`` can mean: around a clock change there are two readings."""
    return min(local.astimezone(UTC), local.replace(fold=1).astimezone(UTC))


def resolve(local: datetime, *, approximate: bool) -> Moment | BadTime:
    """Turn local time into UTC; fold 0 is the earlier of two, and a gap does not survive the round trip."""
    at = local.astimezone(UTC)
    clock = local.strftime("%H:%M")
    if at.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None):
        return BadTime(f"{clock} did not exist that day in {local.tzinfo}: the clocks went forward")
    later = local.replace(fold=1).astimezone(UTC)
    if later != at:
        told = f"{clock} occurred twice that night in {local.tzinfo}; the earlier one is used"
        return Moment(at, approximate, f"{told}. For the later one, write `{later:%Y-%m-%d %H:%M} UTC`")
    return Moment(at, approximate)


def checked(moment: Moment, said_at: datetime) -> Moment | BadTime:
    """Refuse what was still to come when it was said, and what is older than any incident."""
    if moment.at > said_at + EARLY:
        return BadTime(f"{moment.at:%Y-%m-%d %H:%M} UTC is in the future")
    if moment.at < said_at - _OLDEST:
        return BadTime(f"{moment.at:%Y-%m-%d %H:%M} UTC is more than {_OLDEST.days} days ago")
    return moment
