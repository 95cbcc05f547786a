"""Planned work that everyone is told of: when, and in which words. Its issue need not be an incident."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Step(StrEnum):
    """How far it is, as far as somebody said so."""

    SCHEDULED = "scheduled"
    BEGUN = "in_progress"
    DONE = "completed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PlannedWord:
    """What everyone was told, a line each; ``step`` came with it, ``None`` where it only says how it goes."""

    id: str
    at: datetime
    lines: tuple[str, ...]
    step: Step | None


@dataclass(frozen=True, slots=True)
class Maintenance:
    """
    ``begin`` and ``end`` are planned, or as somebody said that they came. ``step`` is what was said last.

    ``announced``: when it was first planned. ``hidden``: its issue is confidential, so no page shows it.
    """

    begin: datetime
    end: datetime
    announced: datetime
    step: Step = Step.SCHEDULED
    words: tuple[PlannedWord, ...] = field(default=())
    hidden: bool = False
