"""Reading many issues at once, and going on when a forge's limit has passed."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from math import ceil
from typing import Final, TypeVar

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Later, TrackerError

T = TypeVar("T")

AT_ONCE: Final = 8
"""Issues that are read at the same time: the forges let far more requests run at once."""

LIMITS: Final = 4
"""Limits that are waited for at one thing that is read; the longest lasts an hour."""


def through_limits(
    what: str, read: Callable[[], T], say: Callable[[str], None], *, sleep: Callable[[float], None] = time.sleep
) -> T:
    """Read ``what``; whenever a limit tells to wait, wait, say so, and read again."""
    for _ in range(LIMITS):
        try:
            return read()
        except Later as limit:
            say(f"{what}: waiting {ceil(limit.retry_after)} s for a limit to pass")
            sleep(limit.retry_after)
    return read()


def each(
    refs: Sequence[IssueRef],
    read: Callable[[IssueRef], T],
    say: Callable[[str], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[tuple[IssueRef, T | TrackerError]]:
    """
    Read the issues, several at once, and yield them in their order with what was found, or why nothing was.

    Whoever is told by a limit to wait waits, and asks again; ``say`` is told so, from any thread.
    """

    def patiently(ref: IssueRef) -> T | TrackerError:
        try:
            return through_limits(str(ref), lambda: read(ref), say, sleep=sleep)
        except TrackerError as error:
            return error

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="reading") as pool:
        try:
            yield from zip(refs, pool.map(patiently, refs), strict=True)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
