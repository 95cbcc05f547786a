"""
Who was on call when they were asked: remembered in the thread, a row each.

A calendar that changes later does not change the past, and nobody is asked again because it did.
"""

import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, Self

from tracker_bridge.domain.issue.cleaning import clean

MOST: Final = 100
"""Rows of one issue; who is on call after so many is asked by hand."""

_MOST_PACKED: Final = 12_000
"""The same of the characters that they take in the line: it has messages and commands to remember as well."""

_NAME: Final = 100
_NAMES: Final = 50


class Flaw(StrEnum):
    """What was odd about a source when it was asked."""

    OVERRIDE = "override"  # somebody else was on call than usually
    GAP = "gap"  # nobody was on call there
    COPY = "copy"  # it could not be read, and its last good copy counted
    UNREADABLE = "unreadable"  # it could not be read, and nothing was known of it


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    What was wrong with a ``source``. ``since`` is when it could not be read for the first time, and ``copied``
    when its copy was made.
    """

    source: str
    flaw: Flaw
    since: datetime | None = None
    copied: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallOut:
    """
    Who was on call ``at`` that time, on one ``level``, and was asked.

    ``epoch`` counts reopenings. ``logins`` were mentioned; ``strangers`` are names that are nobody's login. With
    ``pages``, they were paged, at these ``destinations`` of their own as well; else only asked to take it.
    ``cause`` is the id of the call that wanted it, empty where the clock did. ``after`` is the last comment that
    was there: whose comment comes later has heard of it. ``there`` is who was on call, and had opened it.
    """

    at: datetime
    epoch: int
    level: int
    logins: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    pages: bool = False
    destinations: tuple[str, ...] = ()
    cause: str = ""
    after: int = 0
    there: str = ""

    @property
    def name(self) -> str:
        """What tells it from the others of its incident."""
        return f"{self.epoch}.{self.cause}" if self.cause else f"{self.epoch}.l{self.level}"

    def row(self) -> str:
        """Return it as one line."""
        told: dict[str, Any] = {"at": _seconds(self.at), "epoch": self.epoch, "level": self.level}
        told |= {"who": self.logins[:_NAMES], "names": self.strangers[:_NAMES], "to": self.destinations[:_NAMES]}
        told |= {"pages": self.pages, "cause": self.cause, "after": self.after, "there": self.there}
        told["wrong"] = [
            [one.source, one.flaw.value, _seconds(one.since), _seconds(one.copied)] for one in self.troubles
        ]
        return json.dumps(
            {name: value for name, value in told.items() if value or name == "at"}, ensure_ascii=True
        )

    @classmethod
    def parse(cls, row: str) -> Self | None:
        """Return what a line says; ``None`` where it is none."""
        try:
            told = json.loads(row)
            return cls(
                _time(told["at"]),
                int(told.get("epoch", 0)),
                int(told.get("level", 1)),
                _names(told.get("who", ())),
                _names(told.get("names", ())),
                tuple(_trouble(one) for one in told.get("wrong", ())),
                bool(told.get("pages")),
                _names(told.get("to", ())),
                str(told.get("cause", "")),
                int(told.get("after", 0)),
                str(told.get("there", "")),
            )
        except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
            return None


def are_full(rows: Sequence[CallOut]) -> bool:
    """Whether no line has room for more of them."""
    packed = zlib.compress("\n".join(one.row() for one in rows).encode(), 9)
    return len(rows) >= MOST or 4 * len(packed) // 3 > _MOST_PACKED


def _names(told: Any) -> tuple[str, ...]:
    return tuple(clean(str(one), _NAME) for one in told[:_NAMES])


def _trouble(told: Any) -> Trouble:
    source, flaw, since, copied = told
    return Trouble(str(source), Flaw(flaw), _time(since) if since else None, _time(copied) if copied else None)


def _seconds(at: datetime | None) -> int:
    return int(at.timestamp()) if at else 0


def _time(seconds: Any) -> datetime:
    return datetime.fromtimestamp(min(int(seconds), 1 << 36), UTC)
