"""What may be written with a credential, and what a change costs of that."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from tracker_bridge.domain.issue.changes import Assign, Change, Describe, Edit, Link, Open, Post, React, Relabel


class Window(NamedTuple):
    """At most so many in so many seconds."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pace:
    """
    What a forge allows: ``writes`` in all, and ``content`` among them, that is comments and issues.

    ``edits``: whether editing them counts as content as well. ``points`` are for requests of any kind: one each,
    or ``write_points`` for one that writes.
    """

    writes: tuple[Window, ...] = ()
    content: tuple[Window, ...] = ()
    edits: bool = True
    points: tuple[Window, ...] = ()
    write_points: int = 1


UNLIMITED: Final = Pace()


@dataclass(frozen=True, slots=True)
class Cost:
    """Writes that a change takes, of which ``content`` make or edit comments or issues."""

    writes: int = 1
    content: int = 0


def cost_of(change: Change, *, edits: bool) -> Cost:
    """Return what a change takes at most. ``edits``: whether editing a text counts as content."""
    match change:
        case Post() | Link() | Open():
            return Cost(2 if isinstance(change, Link | Open) or change.pin else 1, 1)
        case Edit() | Describe():
            return Cost(1, int(edits))
        case Relabel():
            return Cost(bool(change.add) + len(change.remove))
        case Assign():
            return Cost(bool(change.add) + bool(change.remove))
        case _:
            return Cost(2 if isinstance(change, React) and not change.on else 1)


def windows(per_minute: int, per_hour: float = 0) -> tuple[Window, ...]:
    """Return both limits; 0 is none."""
    limits = (Window(per_minute, 60.0), Window(int(per_hour), 3600.0))
    return tuple(one for one in limits if one.most)
