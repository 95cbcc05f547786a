"""
What GitLab's refusals mean.

Messages name the issue and the act. They contain neither what GitLab said, nor what was sent, nor a secret.
https://docs.gitlab.com/api/rest/troubleshooting/#status-codes
"""

from collections.abc import Mapping

from tracker_bridge.http_time import retry_after, seconds_of
from tracker_bridge.trackers import Busy, Denied, Gone, TrackerError

UNCLEAR = 10.0
"""Seconds to wait at least before looking for what an unanswered request may have done."""

LIMITED = 60.0
"""Seconds to wait when a rate limit does not say; GitLab counts by the minute."""

MAX_RETRY_AFTER = 3600.0
"""Seconds; GitLab counts no limit over more than an hour."""

_MEANINGS = {
    401: "GitLab does not accept the token; it may have expired",
    403: "not allowed; the token needs the scope api, and its account the role Reporter or a higher one",
    404: "not there, or the token cannot see it",
    410: "no longer there",
    429: "too many requests",
}


def problem(action: str, status: int, headers: Mapping[str, str], now: float) -> TrackerError:
    """
    Return the error for an answer of 400 and above. ``action`` completes "could not ...".

    A plain :class:`TrackerError` is a request that GitLab does not understand, so a bug. The names of ``headers``
    are in lower case.
    """
    text = f"could not {action}: {_MEANINGS.get(status, 'GitLab failed or refused')} ({status})"
    if status in (401, 403):
        return Denied(text)
    if status in (404, 410):
        return Gone(text)
    if status == 429:
        return Busy(text, min(retry_after(headers, now) or _reset(headers, now) or LIMITED, MAX_RETRY_AFTER))
    if status in (408, 409, 423) or status >= 500:
        return Busy(text, min(max(retry_after(headers, now) or 0.0, UNCLEAR), MAX_RETRY_AFTER))
    return TrackerError(text)


def limits_texts(method: str, headers: Mapping[str, str]) -> bool:
    """
    Whether a limit is one of those of new notes and issues: these tell of no time, others do.

    https://docs.gitlab.com/administration/settings/rate_limit_on_notes_creation/
    """
    return method == "POST" and not any(one in headers for one in ("retry-after", "ratelimit-reset"))


def _reset(headers: Mapping[str, str], now: float) -> float | None:
    """
    Return the seconds until ``RateLimit-Reset``, a time since 1970 by GitLab's own clock; at least 1.

    https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
    """
    reset = headers.get("ratelimit-reset", "")
    told = seconds_of(headers.get("date", "")) or now
    return max(1.0, float(reset) - told) if reset.isdecimal() else None
