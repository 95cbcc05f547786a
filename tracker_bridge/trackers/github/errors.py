"""
GitHub's answers, and what they mean when they are errors.

Messages name the issue and the act. They contain neither what GitHub said, nor what was sent, nor a secret.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import TypeAdapter

from tracker_bridge.trackers import Busy, Denied, Gone, TrackerError
from tracker_bridge.trackers._odd import validated
from tracker_bridge.trackers._waiting import retry_after, seconds_of

UNCLEAR = 10.0
"""Seconds until an unclear write is looked for: GitHub may answer 502 and have written all the same."""
LIMITED = 60.0
"""Seconds to keep away when GitHub names a limit but no time."""
MAX_RETRY_AFTER = 3700.0
"""Seconds; primary limits reset within the hour."""

NONSENSE = "it may be a proxy's page, or github.url is not the address of an API"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    text: str = field(repr=False)

    def parse(self, shape: TypeAdapter[T], action: str) -> T:
        """Raise :class:`Busy` when this is not what GitHub documents: a proxy's page, half an answer."""
        try:
            return validated(shape, self.text)
        except ValueError:
            raise Busy(f"could not {action}: GitHub's answer is malformed; {NONSENSE}", LIMITED) from None


def problem(answer: ErrorResponse, action: str) -> TrackerError:
    """Tell what an answer of 400 and above means."""
    status = answer.status
    if limited(answer):
        return Busy(f"could not {action}: GitHub limits requests ({status})", delay(answer))
    if status >= 500:
        return Busy(f"could not {action}: GitHub answered {status}", max(UNCLEAR, delay(answer, UNCLEAR)))
    if status in (404, 410):
        return Gone(f"could not {action}: it does not exist, or this credential cannot see it ({status})")
    if status == 401:
        return Denied(f"could not {action}: GitHub does not accept the credential (401); configure a valid one")
    return Denied(f"could not {action}: GitHub refuses it ({status}); check what the credential may do there")


def limited(answer: ErrorResponse) -> bool:
    """
    Tell a limit from a refusal: both may be 403, and a limit may come without ``Retry-After``.

    https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    if answer.status == 403:
        said = answer.text.lower()
        return (
            "retry-after" in answer.headers
            or answer.headers.get("x-ratelimit-remaining") == "0"
            or "secondary rate limit" in said
            or "api rate limit exceeded" in said
        )
    return answer.status == 429


def delay(answer: ErrorResponse, otherwise: float = LIMITED) -> float:
    """Return the seconds that GitHub asks to wait, reckoned by its own clock."""
    headers = answer.headers
    after, reset = retry_after(headers, time.time()), headers.get("x-ratelimit-reset", "")
    if after is not None:
        return min(after, MAX_RETRY_AFTER)
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        now = seconds_of(headers.get("date", "")) or time.time()
        return min(max(float(reset) - now + 1, 1.0), MAX_RETRY_AFTER)
    return otherwise
