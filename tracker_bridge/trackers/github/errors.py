"""
GitHub's answers, and what they mean when they are errors.

Messages name the issue and the act. They contain neither what GitHub said, nor what was sent, nor a secret.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from pydantic import BaseModel, TypeAdapter

from tracker_bridge.http_time import retry_after, seconds_of
from tracker_bridge.trackers import Busy, Denied, Gone, TrackerError
from tracker_bridge.trackers._odd import validated
from tracker_bridge.trackers._parking import Scope

UNCLEAR = 10.0
"""Seconds until an unclear write is looked for: GitHub may answer 502 and have written all the same."""
LIMITED = 60.0
"""Seconds to keep away when GitHub names a limit but no time."""
MAX_RETRY_AFTER = 3700.0
"""Seconds; primary limits reset within the hour."""

_CONTENT = "blocked from content creation"
_SECONDARY = ("secondary rate limit", "submitted too quickly", "abuse detection", _CONTENT)
_PRIMARY = ("api rate limit exceeded", "api rate limit already exceeded")

NONSENSE = "it may be a proxy's page, or github.url is not the address of an API"

T = TypeVar("T")


class _Error(BaseModel):
    type: str | None = None
    message: str = ""


class _Errors(BaseModel):
    errors: tuple[_Error, ...] = ()


_ERRORS = TypeAdapter(_Errors)


@dataclass(frozen=True, slots=True)
class ErrorResponse:
    """Header names are lower case. ``unchanged``: GitHub says that it is what was answered before."""

    status: int
    headers: Mapping[str, str]
    text: str = field(repr=False)
    unchanged: bool = False

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
        told = "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
        return told or _says(answer.text, (*_SECONDARY, *_PRIMARY))
    return answer.status == 429


def limited_query(answer: ErrorResponse) -> bool:
    """Whether GraphQL tells of a limit: it does so with 200, among its errors."""
    if limited(answer):
        return True
    if answer.status != 200 or '"errors"' not in answer.text:
        return False
    try:
        errors = validated(_ERRORS, answer.text).errors
    except ValueError:
        return False
    return any(one.type == "RATE_LIMITED" or _says(one.message, _SECONDARY) for one in errors)


def scope_of(answer: ErrorResponse, asked: Scope) -> Scope:
    """Return what a limit is about: GitHub counts REST and GraphQL apart, but for secondary limits."""
    if _says(answer.text, (_CONTENT,)):
        return Scope.CONTENT
    primary = answer.headers.get("x-ratelimit-remaining") == "0" or _says(answer.text, (*_PRIMARY, "rate_limited"))
    return asked if primary and not _secondary(answer) else Scope.ALL


def delay(answer: ErrorResponse, otherwise: float = LIMITED) -> float:
    """
    Return the seconds that GitHub asks to wait, reckoned by its own clock.

    At a secondary limit it may ask for one second, and mean a minute.
    """
    headers = answer.headers
    after, reset = retry_after(headers, time.time()), headers.get("x-ratelimit-reset", "")
    if after is not None:
        least = LIMITED if _secondary(answer) else 0.0
        return min(max(after, least), MAX_RETRY_AFTER)
    if headers.get("x-ratelimit-remaining") == "0" and reset.isdecimal():
        now = seconds_of(headers.get("date", "")) or time.time()
        return min(max(float(reset) - now + 1, 1.0), MAX_RETRY_AFTER)
    return otherwise


def _secondary(answer: ErrorResponse) -> bool:
    return answer.status in (200, 403, 429) and is_secondary(answer.text)


def is_secondary(text: str) -> bool:
    """Whether a text of GitHub's tells of a limit that is none of the hourly ones."""
    return _says(text, _SECONDARY)


def _says(text: str, phrases: Iterable[str]) -> bool:
    said = text.lower()
    return any(one in said for one in phrases)
