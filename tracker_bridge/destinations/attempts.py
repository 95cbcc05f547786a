"""What may come of one attempt to send a message, and what a status of HTTP says about that."""

from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.issue.dispatches import Outcome, Sent

NOT_TAKEN: Final = frozenset({408, 425, 429, 503})
"""Statuses with which a server says that it has done nothing yet, and may do it later."""

LONGEST_WAIT: Final = 600.0


@dataclass(frozen=True, slots=True)
class Again:
    """
    It failed for certain, and may succeed later: in ``after`` seconds, if the service said so.

    ``doubtful``: it may have arrived, and the service takes one that comes twice for one.
    """

    reason: str
    after: float | None = None
    doubtful: bool = False


Attempt = Sent | Again


class NotSent(Exception):
    """The request was not sent, for certain. ``lasting``: nor will it be until somebody changes something."""

    def __init__(self, reason: str, *, lasting: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.lasting = lasting


class Unclear(Exception):
    """The request was sent, or a part of it, and what came of it is unknown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def delivered(handle: str | None = None) -> Sent:
    return Sent(Outcome.DELIVERED, handle=handle)


def failed(reason: str) -> Sent:
    return Sent(Outcome.FAILED, reason)


def unknown(reason: str) -> Sent:
    return Sent(Outcome.UNKNOWN, reason)


def judged(status: int, after: float | None = None) -> Attempt:
    """Say what a status means that is none of success, where the service documents nothing else."""
    reason = f"answered {status}"
    if status in NOT_TAKEN:
        return Again(reason, after)
    if status >= 500:
        return unknown(reason)  # a server that broke down, or a proxy that waited in vain: it may have been done
    if 300 <= status < 400:
        return failed(f"{reason}, and redirects are not followed")
    return failed(reason)
