"""
What only the real services can tell: the questions of docs/live-checks.md, asked of a scratch project.

Bounded in what is sent, and self-cleaning: everything that is made stands in a local file first, so that a run
that was cut off anywhere is tidied up by the next one. One issue is made; it is deleted at the end or, where that
takes more rights, closed, with its comments removed.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from tracker_bridge.events import Asked, Event
from tracker_bridge.trackers import Gone, TrackerError

REQUESTS: Final = 70
WRITES: Final = 30
"""Of these, requests that make or change something that people see."""

TIDYING: Final = 16
"""Requests, and writes, that are kept for tidying up."""

ODD: Final = (KeyError, TypeError, ValueError, AttributeError, IndexError)
"""What comes of JSON that has another shape than is documented; here it is taken as it comes."""

TITLE: Final = "tracker-bridge live check"
OVER: Final = f"{TITLE} (over)"
"""The title of an issue that could not be deleted."""


class Spent(Exception):
    """The bounds are reached."""


class Bounds:
    """Counts what was sent, as an observer of it, and refuses more than the bounds allow."""

    def __init__(self) -> None:
        self.requests = self.writes = 0
        self.tidying = False

    def __call__(self, event: Event) -> None:
        if isinstance(event, Asked):
            self.requests += 1

    def take(self, *, write: bool) -> None:
        """Raise :class:`Spent` instead of letting one more be sent."""
        spare = 0 if self.tidying else TIDYING
        if self.requests >= REQUESTS - spare or (write and self.writes >= WRITES - spare):
            raise Spent
        self.writes += write


@dataclass(frozen=True, slots=True)
class Made:
    """
    Something that was made, or was about to be: an ``issue``, or a ``comment`` in it. ``mark`` stands in its title
    or text; ``id`` is known once the forge answered.
    """

    tracker: str
    project: str
    kind: str
    mark: str
    id: int | None = None


class Ledger:
    """A file of lines, each on the disk before what it tells of is sent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._made: dict[str, Made] = {}
        for line in path.read_text("utf-8").splitlines() if path.exists() else ():
            try:
                told = json.loads(line)
                if told.get("gone"):
                    self._made.pop(told["mark"], None)
                else:
                    self._made[told["mark"]] = Made(*(told[name] for name in Made.__slots__))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # half a line: it was cut off before anything was sent

    @property
    def left(self) -> tuple[Made, ...]:
        """What was made and is not known to be gone."""
        return tuple(self._made.values())

    def begin(self, tracker: str, project: str, kind: str) -> Made:
        """Note that something is about to be made; its mark is to be in it."""
        return self._note(Made(tracker, project, kind, f"live-{secrets.token_hex(6)}"))

    def made(self, thing: Made, id_: int) -> Made:
        return self._note(Made(thing.tracker, thing.project, thing.kind, thing.mark, id_))

    def gone(self, thing: Made) -> None:
        """Note that it is tidied up; without anything left, the file goes as well."""
        self._made.pop(thing.mark, None)
        if self._made:
            self._write({"mark": thing.mark, "gone": True})
        else:
            self.path.unlink(missing_ok=True)

    def _note(self, thing: Made) -> Made:
        self._made[thing.mark] = thing
        self._write({name: getattr(thing, name) for name in Made.__slots__})
        return thing

    def _write(self, told: Mapping[str, object]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"\n{json.dumps(told)}\n")
            file.flush()
            os.fsync(file.fileno())


@dataclass(frozen=True, slots=True)
class Settled:
    """``row``: the question, as docs/live-checks.md has it. ``expected``: it is as the code assumes."""

    row: str
    found: str
    expected: bool | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """A question that could not be asked here, and ``why``."""

    row: str
    why: str


Result = Settled | Open


@dataclass(frozen=True, slots=True)
class Question:
    """One or several rows that are asked together, in the order in which ``ask`` answers them."""

    rows: tuple[str, ...]
    ask: Callable[[], Iterator[Result]]


class Scratch(Protocol):
    """A scratch project, and the issue in it that everything is tried on."""

    removers: str
    """Who may delete an issue there."""

    def open(self, title: str, text: str) -> int:
        """Make the issue; return its number."""
        ...

    def write(self, text: str) -> int:
        """Comment on it; return the comment's id."""
        ...

    def find(self, mark: str) -> int | None:
        """Find an issue whose making was not answered, by what stands in its title."""
        ...

    def take(self, number: int) -> str:
        """Take an issue for the one that is meant, and return its title. Raises ``Gone``."""
        ...

    def delete(self) -> bool:
        """Delete it; return whether that was allowed."""
        ...

    def empty(self) -> None:
        """Remove our comments, and close it under another title."""
        ...


def begin(scratch: Scratch, ledger: Ledger, tracker: str, project: str) -> None:
    """Make an issue with a comment; each stands in the ledger before it is made."""
    issue = ledger.begin(tracker, project, "issue")
    ledger.made(issue, scratch.open(f"{TITLE} {issue.mark}", "It goes by itself."))
    comment = ledger.begin(tracker, project, "comment")
    ledger.made(comment, scratch.write(f"As it was written. {comment.mark}"))


def tidied(scratch: Scratch, thing: Made) -> str:
    """See :meth:`Live.tidy`."""
    number = thing.id or scratch.find(thing.mark)
    if number is None:
        return ""
    try:
        title = scratch.take(number)
    except Gone:
        return ""
    if not title.startswith(TITLE):
        return f"issue {number}, which has another title now: is it someone else's?"
    if scratch.delete():
        return ""
    scratch.empty()
    return f"issue {number}, closed and empty: deleting it takes {scratch.removers}"


def asked(questions: Iterable[Question], beyond: Mapping[str, str]) -> Iterator[Result]:
    """
    Yield exactly one result for each row: what fails leaves its own rows open. ``beyond``: rows that no run can
    ask, and why.
    """
    for question in questions:
        missing = list(question.rows)
        try:
            for result in question.ask():
                missing.remove(result.row)
                yield result
        except Spent:
            why = f"the limits of {REQUESTS} requests and {WRITES} writes are reached"
            yield from (Open(row, why) for row in missing)
        except TrackerError as error:
            yield from (Open(row, str(error)) for row in missing)
        except ODD as error:
            yield from (Open(row, f"the answer is not what is documented: {error!r}") for row in missing)
    yield from (Open(row, why) for row, why in beyond.items())


@runtime_checkable
class Live(Protocol):
    """Beside :class:`tracker_bridge.trackers.Tracker`: what ``doctor --live`` asks for, and nothing else does."""

    def live(
        self, project: str, ledger: Ledger, bounds: Bounds, pause: Callable[[float], None]
    ) -> Iterator[Result]:
        """
        Ask everything, one result a row. ``pause`` waits for so many seconds: times are told in whole ones.

        May raise a :class:`tracker_bridge.trackers.TrackerError` where nothing can be asked.
        """
        ...

    def tidy(self, thing: Made, bounds: Bounds) -> str:
        """
        Take away an issue that was made, or may have been, with all in it; return what is left, empty for nothing.

        May raise a :class:`tracker_bridge.trackers.TrackerError`, or :class:`Spent`.
        """
        ...
