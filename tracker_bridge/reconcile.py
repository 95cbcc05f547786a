"""Gather, decide, act: one look at one issue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tracker_bridge.domain.changes import Change
from tracker_bridge.domain.issue import IssueRef

Awaited = Mapping[int, datetime | None]
"""Comments that a look must see: id to the least version, or to ``None`` when it must be gone."""


@dataclass(frozen=True, slots=True)
class Look:
    """
    What came of one look.

    ``changes`` were carried out, in order. ``missing`` is the part of what was awaited that the tracker did
    not show yet: look again soon. ``look_again_at``: the next moment at which time alone changes something.
    """

    changes: tuple[Change, ...] = ()
    missing: Awaited = field(default_factory=dict)
    look_again_at: datetime | None = None


class Reconcile(Protocol):
    """What the worker calls. Raises the tracker errors; anything else is a bug."""

    def __call__(self, ref: IssueRef, now: datetime, awaited: Awaited) -> Look: ...
