"""One attempt over HTTP, by the same rules for each service: what is certain, and what may be repeated."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tracker_bridge.destinations.attempts import (
    Again,
    Attempt,
    NotSent,
    Unclear,
    delivered,
    failed,
    judged,
    unknown,
)
from tracker_bridge.destinations.http import USUAL, Answer, Limits, request
from tracker_bridge.domain.issue.dispatches import Outcome

Reading = Callable[[Answer], Attempt]


def succeeded(answer: Answer) -> Attempt:
    """Read an answer of which only the status counts."""
    return delivered() if answer.succeeded else judged(answer.status, answer.retry_after)


def tried(
    url: str,
    given: Mapping[str, Any] | bytes,
    headers: Mapping[str, str],
    *,
    read: Reading = succeeded,
    method: str = "POST",
    limits: Limits = USUAL,
    repeatable: bool = False,
) -> Attempt:
    """
    Send it once. ``repeatable``: doing it twice is doing it once, so that what is not known is tried again.
    """
    body = given if isinstance(given, bytes) else json.dumps(given).encode()
    try:
        answer = request(url, body, {"Content-Type": "application/json", **headers}, method=method, limits=limits)
    except NotSent as error:
        return failed(error.reason) if error.lasting else Again(error.reason)
    except Unclear as error:
        return Again(error.reason, doubtful=True) if repeatable else unknown(error.reason)
    attempt = read(answer)
    if repeatable and not isinstance(attempt, Again) and attempt.outcome is Outcome.UNKNOWN:
        return Again(attempt.reason, answer.retry_after, doubtful=True)
    return attempt


def object_of(answer: Answer) -> Mapping[str, Any]:
    """Return the JSON object of an answer; an empty one where it is none, or did not come whole."""
    try:
        given = json.loads(answer.body) if answer.whole else None
    except (ValueError, RecursionError):
        given = None
    return given if isinstance(given, dict) else {}
