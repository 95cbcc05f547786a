"""What HTTP says about time: its dates, and how long a server asks to wait."""

from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """
    Return the seconds of ``Retry-After``, at least 1; ``None`` without one, or with one that makes no sense.

    It is a number or a date, which is reckoned by the server's own clock where it tells it; ``now`` is ours, in
    seconds since 1970. The names of ``headers`` are in lower case. RFC 9110, 10.2.3 and 5.6.7.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isdecimal():
        return max(1.0, float(asked))
    until = seconds_of(asked)
    return None if until is None else max(1.0, until - (seconds_of(headers.get("date", "")) or now))


def seconds_of(date: str) -> float | None:
    """Return an HTTP date, in any of its three forms, as seconds since 1970; ``None`` when it is none."""
    try:
        at = parsedate_to_datetime(date)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):  # whatever that parser meets in what is no date
        return None
