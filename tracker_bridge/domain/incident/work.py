"""
Work that people hand each other, help that is offered, and questions that can wait (S42-S49, S94, S95).

Whoever is given a task answers for it, also when somebody else carries it out (S48).
"""

from dataclasses import dataclass
from datetime import datetime

from tracker_bridge.domain.incident.people import People
from tracker_bridge.domain.issue.issue import Person, Reference, TrackerUrl


@dataclass(frozen=True, slots=True)
class Task:
    """
    ``number`` counts from 1 in the order of giving. ``who`` answers for it; ``carrier`` does it for them.

    ``technical``: it came from those who work on the fix, and so do the people who carry it out (S101).
    """

    number: int
    text: str
    who: Person
    by: Person
    at: datetime
    url: TrackerUrl
    technical: bool
    carrier: Person | None = None
    accepted: bool = False
    done: bool = False

    @property
    def people(self) -> tuple[Person, ...]:
        """Who is at it: the one who answers for it first."""
        return (self.who, self.carrier) if self.carrier else (self.who,)

    def is_at(self, who: Person, people: People) -> bool:
        """Whether ``who``, or a team that they are in, answers for it, or does it."""
        return any(people.stands_for(who, one) for one in self.people)


@dataclass(frozen=True, slots=True)
class Contribution:
    """Something that somebody said, to be kept: a proposed fix, an offer to help, a question for later."""

    who: str
    text: str
    at: datetime
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class FailedChange:
    """
    Whether a change to production caused the incident: ``what`` names the merge or deployment that did.

    It is empty where somebody said that none did.
    """

    what: str
    by: str
    at: datetime
    url: TrackerUrl


@dataclass(frozen=True, slots=True)
class Work:
    """
    What people do and propose about the incident, in the order of saying.

    ``changes`` are those that refer to it, merged or not. ``failed_change`` is ``None`` while nobody has said
    whether one of them, or any other, caused it.
    """

    tasks: tuple[Task, ...] = ()
    proposals: tuple[Contribution, ...] = ()
    offers: tuple[Contribution, ...] = ()
    questions: tuple[Contribution, ...] = ()
    causes: tuple[Contribution, ...] = ()
    changes: tuple[Reference, ...] = ()
    failed_change: FailedChange | None = None

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if not task.done)
