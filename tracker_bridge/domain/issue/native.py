"""
What forges keep of incidents themselves: a type, a severity, a status, a timeline, an organisation's own fields.

GitLab has the first four, GitHub a type and the fields. They are fed from the thread, and what people set there by
hand is read back. A server, a plan or an account may lack any of it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Final


class Capability(IntEnum):
    """Something that not every server, plan and account can do. The numbers stand in receipts: never reuse one."""

    TYPE = 1
    SEVERITY = 2
    STATUS = 3
    TIMELINE = 4
    PIN = 5
    LINK = 6
    ASSIGN = 7
    FIELDS = 8


NATIVE: Final = frozenset(
    {Capability.TYPE, Capability.SEVERITY, Capability.STATUS, Capability.TIMELINE, Capability.FIELDS}
)
"""Those that show an incident; the others are about issues of any kind."""

OF_INCIDENTS: Final = NATIVE - {Capability.FIELDS}
"""Those that belong to the forge's own type for incidents."""

RANKS: Final = 4
"""Steps of a native severity: 1 is the worst, 0 stands for none."""


MAX_EVENT_CHARS: Final = 280
"""Characters of an event on a native timeline: GitLab refuses longer ones."""


class Progress(IntEnum):
    """How far people have come, in a forge's eyes. The numbers stand in receipts."""

    ACKNOWLEDGED = 1
    RESOLVED = 2
    IGNORED = 3
    TRIGGERED = 4


@dataclass(frozen=True, slots=True)
class Milestone:
    """
    An event of the summary timeline. ``kind`` is what its entry is about.

    ``text`` is a line of Markdown, safe to send, :data:`MAX_EVENT_CHARS` at most.
    """

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Retype:
    """Give the issue the forge's own type for incidents."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Set the native severity to ``rank``, from 1 (worst) to :data:`RANKS`; 0 is none."""

    rank: int


@dataclass(frozen=True, slots=True)
class Advance:
    """Set the native status."""

    progress: Progress


@dataclass(frozen=True, slots=True)
class Mirror:
    """Let the native timeline show these milestones, and no others of ours; what people put there stays."""

    milestones: tuple[Milestone, ...]


@dataclass(frozen=True, slots=True)
class Fill:
    """Put ``value`` into the organisation's field of that name; an empty one takes away what stands there."""

    field: str
    value: str


NativeChange = Retype | Rate | Advance | Mirror | Fill

_OF: Final = {
    Retype: Capability.TYPE,
    Rate: Capability.SEVERITY,
    Advance: Capability.STATUS,
    Mirror: Capability.TIMELINE,
    Fill: Capability.FIELDS,
}


def capability_of(change: NativeChange) -> Capability:
    """Return what a forge must be able to do for it."""
    return _OF[type(change)]
