"""
A calendar is read in a process of its own, with little time and memory: whoever writes it decides that.

Run as a module, this is that process: the first line is the question, the calendar follows, the answer is JSON.
"""

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo

from tracker_bridge.environment import for_others
from tracker_bridge.on_call.copies import listing_of, told
from tracker_bridge.on_call.shifts import Listing

_SECONDS: Final = 20.0
"""For all of it; the largest calendar that is read takes three."""

_PATIENCE: Final = 2.0
"""Seconds for what belongs to one entry."""

_MEMORY: Final = 1024 * 1024 * 1024
"""Bytes of addresses, most of which are never used."""


class Unreadable(Exception):
    """A source cannot be read now; the message says why, and shows no address and no secret."""


def read_aside(
    content: bytes,
    span: tuple[datetime, datetime],
    zone: ZoneInfo | None,
    seconds: float = _SECONDS,
    patience: float = _PATIENCE,
) -> Listing:
    """Return the shifts of a calendar within ``span``. Raises :class:`Unreadable`."""
    ends = [one.isoformat() for one in span]
    question = {"span": ends, "zone": zone.key if zone else "", "patience": patience}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and nothing of a stranger's in the arguments
            [sys.executable, "-P", "-m", __name__],
            input=json.dumps(question).encode() + b"\n" + content,
            capture_output=True,
            timeout=seconds,
            env=for_others(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(f"the calendar takes longer than {seconds:.0f} s to read") from None
    except OSError as error:
        raise Unreadable(f"the calendar cannot be read here ({error.strerror})") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise Unreadable("the calendar takes too much memory to read") from None
    if "refused" in answer:
        raise Unreadable(f"the calendar cannot be read: {answer['refused']}")
    return listing_of(answer)


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    def stop(*_: object) -> NoReturn:
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    """Answer the question on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    question = json.loads(sys.stdin.buffer.readline())
    try:
        from tracker_bridge.on_call.calendar import NoCalendar, read_calendar  # noqa: PLC0415 - within the limit
    except ModuleNotFoundError as missing:
        json.dump(
            {"refused": f"{missing.name} is not installed: pip install 'tracker-bridge[calendars]'"}, sys.stdout
        )
        return
    since, until = (datetime.fromisoformat(one) for one in question["span"])
    zone = ZoneInfo(question["zone"]) if question["zone"] else None
    try:
        patience = partial(_patience, question["patience"])
        listing = read_calendar(sys.stdin.buffer.read(), (since, until), zone, patience)
    except NoCalendar as refused:
        answer: dict[str, Any] = {"refused": str(refused)}
    else:
        answer = told(listing)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
