"""
What the thread remembers of messages that went out: a row for each, written before it is handed over.

A row without an outcome means that it was about to be sent: whether it was, only the process knows that wrote it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, Self

from tracker_bridge.domain.issue.cleaning import clean

MOST: Final = 400
"""Rows of one issue; beyond, the oldest are forgotten. Nothing is sent again because of that."""

GONE: Final = timedelta(minutes=15)
"""After so long without an outcome, the process that was about to send is gone, and took the answer with it."""

LOST: Final = "the bridge was stopped before it could tell"
"""Why it is not known whether something was sent."""

_REASON: Final = 120
_ROW: Final = re.compile(
    r"(?P<key>[a-z][a-z0-9._-]{0,119}) (?P<part>[0-9]{1,9}) (?P<destination>[a-z0-9][a-z0-9-]{0,39}) "
    r"(?P<minute>[0-9]{1,10}) (?P<by>[0-9a-f]{4}) (?P<digest>[0-9a-f]{8}|-)"
    r"(?: (?P<outcome>[dfu]) (?P<known>[0-9]{1,10}) (?P<handle>\S{1,300})(?: (?P<reason>[^\n]{1,200}))?)?"
)


class Outcome(StrEnum):
    """What is known of a message that was handed over. ``UNKNOWN``: it may have arrived, and is not repeated."""

    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"


_LETTERS: Final = {one.value[0]: one for one in Outcome}


@dataclass(frozen=True, slots=True)
class Sent:
    """
    What came of a message.

    ``reason`` is why it failed, or is unknown: "answered 404", never an address or a secret. ``handle`` is by what
    the service knows it, to edit it or to answer below it; ``None`` where it told none.
    """

    outcome: Outcome
    reason: str = ""
    handle: str | None = None


@dataclass(frozen=True, slots=True)
class Dispatch:
    """
    A message to one destination. ``key`` is the act: ``declared.0``; ``part`` counts what was said about it since:
    corrections of an update, the next text of a status.

    ``at`` is the minute in which it was to be handed over, by the process ``by``; ``digest`` is that of its words,
    where these may change. ``sent`` is ``None`` until it is known what came of it, and ``known_at`` the minute of
    that.
    """

    key: str
    part: int
    destination: str
    at: datetime
    by: str
    digest: str = ""
    sent: Sent | None = None
    known_at: datetime | None = None

    @property
    def name(self) -> str:
        """The name of the message within its issue, without where it goes."""
        return f"{self.key}.{self.part}" if self.part else self.key

    @property
    def may_be_there(self) -> bool:
        """Whether it arrived, may have, or may yet."""
        return self.sent is None or self.sent.outcome is not Outcome.FAILED

    def concluded(self, sent: Sent, at: datetime) -> Self:
        """Return the same, now that something is known of it. A handle that no line can keep is forgotten."""
        handle = sent.handle if sent.handle and re.fullmatch(r"[!-~]{1,300}", sent.handle) else None
        return replace(self, sent=replace(sent, reason=clean(sent.reason, _REASON), handle=handle), known_at=at)

    def row(self) -> str:
        """Return it as one line."""
        head = f"{self.key} {self.part} {self.destination} {minute(self.at)} {self.by} {self.digest or '-'}"
        if self.sent is None:
            return head
        known = minute(self.known_at or self.at)
        tail = f"{self.sent.outcome.value[0]} {known} {self.sent.handle or '-'} {self.sent.reason}".rstrip()
        return f"{head} {tail}"

    @classmethod
    def parse(cls, row: str) -> Self | None:
        """Return what a line says; ``None`` where it is none."""
        found = _ROW.fullmatch(row)
        if found is None:
            return None
        sent = known = None
        if found["outcome"]:
            handle = None if found["handle"] == "-" else found["handle"]
            sent = Sent(_LETTERS[found["outcome"]], found["reason"] or "", handle)
            known = _time(int(found["known"]))
        return cls(
            found["key"],
            int(found["part"]),
            found["destination"],
            _time(int(found["minute"])),
            found["by"],
            found["digest"].replace("-", ""),
            sent,
            known,
        )


def bounded(dispatches: Iterable[Dispatch], most: int = MOST) -> tuple[Dispatch, ...]:
    """
    Return them oldest first, no more than are remembered; what is still under way is not forgotten.

    Of one minute, they stay in the order in which they came: what is owed after another goes after it.
    """
    rows = sorted(dispatches, key=lambda one: one.at)
    spare = len(rows) - most
    kept = []
    for one in rows:
        if spare > 0 and one.sent is not None:
            spare -= 1
        else:
            kept.append(one)
    return tuple(kept)


def minute(at: datetime) -> int:
    """Return the minute of a time, counted from 1970."""
    return int(at.timestamp()) // 60


def _time(minutes: int) -> datetime:
    return datetime.fromtimestamp(min(minutes, 1 << 31) * 60, UTC)
