"""What a command may need to know of the thread that it stands in, besides what was said of the incident."""

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

from tracker_bridge.domain.issue.alert_record import AlertStep
from tracker_bridge.domain.issue.captures import Capture
from tracker_bridge.domain.issue.issue import NOBODY, Comment, Person

_DIGITS: Final = 3
_SIGNS: Final = re.compile(r"[\W_]+")

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LinkProblem:
    """
    Why an issue that was looked up cannot be merged into: it is merged itself, under the name ``merged_into``,
    cancelled, or no incident.

    One that is ``gone``, or never was there, cannot be linked either; for an issue that everybody sees, no
    confidential one is there. ``exposed``: what is told there is seen by more people than this incident is.
    ``barred``: its project is not served, or who wants it has no business there.
    """

    merged_into: str = ""
    cancelled: bool = False
    gone: bool = False
    exposed: bool = False
    barred: bool = False


LinkProblems = Mapping[tuple[str, int, int], LinkProblem]
"""
What is wrong with issues that were looked up: by project, empty for the incident's own, number, and who asked.

Of its own project it is the same for everybody, and 0 asked. The number 0 is the project itself.
"""


class Comments(tuple[Comment, ...]):
    """Comments in the order of their numbers; how they are found is worked out when somebody asks for it."""

    @cached_property
    def by_number(self) -> Mapping[int, Comment]:
        return {one.id: one for one in self}

    @cached_property
    def writers(self) -> tuple[str, ...]:
        """The logins of their authors, each once."""
        return tuple(dict.fromkeys(one.author.login for one in self))

    def ending_in(self, digits: str) -> tuple[Comment, ...]:
        """Return those whose number ends in these, three or more."""
        near = self._by_end.get(digits[-_DIGITS:], ())
        return tuple(one for one in near if str(one.id).endswith(digits))

    @cached_property
    def _by_end(self) -> Mapping[str, Sequence[Comment]]:
        found: dict[str, list[Comment]] = {}
        for one in self:
            found.setdefault(str(one.id)[-_DIGITS:], []).append(one)
        return found


@dataclass(frozen=True, slots=True)
class Answered:
    """A question that the fold asked of its thread, and the answer: in another thread, it may be another one."""

    question: Callable[["ThreadContext"], object]
    answer: object

    def holds(self, thread: "ThreadContext") -> bool:
        """Whether that thread gives the same answer."""
        return self.question(thread) == self.answer


def _asked(
    question: Callable[Concatenate["ThreadContext", P], T],
) -> Callable[Concatenate["ThreadContext", P], T]:
    """Let the thread note what it was asked: all that a fold knows of other comments, it knows from there."""

    @wraps(question)
    def ask(thread: "ThreadContext", /, *about: P.args, **named: P.kwargs) -> T:
        answer = question(thread, *about, **named)
        if thread.answers is not None:
            thread.answers.append(Answered(lambda other: question(other, *about, **named), answer))
        return answer

    return ask


@dataclass(frozen=True, slots=True)
class ThreadContext:
    """
    ``comments``: what people wrote, all of it, in the order of their ids. ``link_problems``: issues that were
    looked up, and cannot be linked.

    ``captured`` is what was remembered of comments on the timeline before. ``known_as`` are the logins of those
    who appear in the thread, by their ids. ``alerts`` is what the monitoring reported. ``in_review`` are the
    comments that stand in the review's thread. Commands ask by the methods only, so that ``answers`` has all that
    was asked, where somebody wants to know.
    """

    comments: Comments = field(default_factory=Comments)
    captured: tuple[Capture, ...] = ()
    link_problems: LinkProblems = field(default_factory=dict)
    known_as: Mapping[int, str] = field(default_factory=dict)
    alerts: tuple[AlertStep, ...] = ()
    in_review: frozenset[int] = frozenset()
    answers: list[Answered] | None = field(default=None, compare=False, repr=False)

    @_asked
    def problem(self, project: str, number: int, asker: Person) -> LinkProblem | None:
        """Return why an issue cannot be linked, if it was looked up for ``asker`` and cannot be."""
        return self.link_problems.get((project, number, asker.id if project else 0))

    @_asked
    def called(self, person: Person) -> Person:
        """
        Return an account under its login of now, as far as the thread tells it.

        Where the login that it had is somebody else's by now, it has none that could be printed.
        """
        login = self.known_as.get(person.id, "")
        if person.id <= 0 or login == person.login:
            return person
        taken = any(one.casefold() == person.login.casefold() for one in self.known_as.values())
        return replace(person, login=login or NOBODY.login) if login or taken else person

    @_asked
    def last_there(self, person: Person, comment: int) -> datetime | None:
        """Return when somebody last wrote here before that comment; ``None`` if never."""
        before = bisect_left(self.comments, comment, key=lambda one: one.id)
        backwards = (self.comments[n] for n in range(before - 1, -1, -1))
        return next((one.created_at for one in backwards if _is_by(one, person)), None)

    @_asked
    def comment(self, number: int) -> Comment | None:
        """Return what a person wrote, by its number."""
        return self.comments.by_number.get(number)

    @_asked
    def ending_in(self, digits: str) -> tuple[Comment, ...]:
        """Return the comments whose number ends in these digits, three or more."""
        return self.comments.ending_in(digits)

    @_asked
    def saying(self, letters: str, but: int) -> tuple[Comment, ...]:
        """Return the comments that have these ``letters_of`` a text in them, ``but`` for one of that number."""
        return tuple(one for one in self.comments if one.id != but and letters in letters_of(one.body))

    @_asked
    def writers(self) -> tuple[str, ...]:
        """Return the logins of all who wrote, each once."""
        return self.comments.writers

    @_asked
    def capture_by(self, call: str, digest: bytes) -> Capture | None:
        """Return what the call of this id captured, when it read like this."""
        return next((one for one in self.captured if one.is_by(call, digest)), None)


def letters_of(text: str) -> str:
    """Return the letters and digits of a text, whatever became of signs and spaces."""
    return _SIGNS.sub("", text).casefold()


def _is_by(comment: Comment, person: Person) -> bool:
    if comment.author.id and person.id:
        return comment.author.id == person.id
    return comment.author.login.casefold() == person.login.casefold()


NO_THREAD: Final = ThreadContext()
"""Of a command that stands in no thread yet."""
