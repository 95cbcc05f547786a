"""Who is asked at each level: what the settings name, and what the sources answer, put together (pure)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tracker_bridge.domain.incident.on_call import OnCall
from tracker_bridge.on_call.people import Directory, Found, Known, find
from tracker_bridge.on_call.shifts import Answer, Shift

Ask = Callable[[str, datetime], Answer]
"""Tells who a source says is on call at a time."""


@dataclass(frozen=True, slots=True)
class Level:
    """
    One level, from 1 on: the people to be asked, names that are nobody's, and what its sources answered.

    Where it has neither people nor strangers, it is a ``gap`` only if all of its sources could tell.
    """

    number: int
    people: tuple[Known, ...] = ()
    strangers: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def empty(self) -> bool:
        return not self.people and not self.strangers

    @property
    def gap(self) -> bool:
        return self.empty and all(one.tells for one in self.answers)


def levels_of(row: OnCall, directory: Directory, ask: Ask, at: datetime) -> tuple[Level, ...]:
    """
    Return the levels of a row of the settings at ``at``.

    A source may have levels of its own: the second level of a source of the first step is asked with the second.
    """
    people: dict[int, list[Known]] = {}
    shifts: dict[int, list[Shift]] = {}
    answers: dict[int, list[Answer]] = {}
    for number, step in enumerate(row.steps, 1):
        people[number] = [directory.with_login(login) or Known(login) for login in step.who]
        answers[number] = [ask(name, at) for name in step.sources]
        for answer in answers[number]:
            for shift in answer.shifts:
                shifts.setdefault(number + shift.level - 1, []).append(shift)
    numbers = range(1, max((*people, *shifts)) + 1)
    return tuple(
        _level(number, people.get(number, []), find(shifts.get(number, ()), directory), answers.get(number, []))
        for number in numbers
    )


def _level(number: int, named: list[Known], found: Found, answers: list[Answer]) -> Level:
    everyone = {one.login.casefold(): one for one in (*named, *found.people)}
    return Level(number, tuple(everyone.values()), found.strangers, tuple(answers))
