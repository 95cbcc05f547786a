"""
What a tracker may remember: threads already read, people's rights for a minute, and whose a name is.

All may be emptied at any time; nothing but requests is lost. Per process, bounded, safe between threads.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from tracker_bridge.domain.issue.changes import Change, Close, Relabel, Remove, Reopen
from tracker_bridge.domain.issue.issue import Access, Comment, IssueEvent, IssueRef, Person, Reference, Revision
from tracker_bridge.domain.issue.native import Rate, Retype
from tracker_bridge.trackers._accounting import TRIES

T = TypeVar("T")

ACCESS_SECONDS = 60.0

ACCOUNT_SECONDS = 600.0
NOBODY_SECONDS = 60.0
"""How long it is believed that there is nobody of a name: somebody may be about to join."""

A_MINUTE = 60.0

FRESH_SECONDS = 3.0
"""How old an answer may be because of which somebody is refused: access is given in the middle of a night."""

REFERENCE_SECONDS = 600.0
"""How old references may be: nothing announces a change of theirs, and reading them costs a request."""


@dataclass(frozen=True, slots=True)
class Unsettled:
    """
    Texts of which it is not known who wrote them: ids of comments, 0 for the opening post.

    They were asked about in vain ``times`` in a row, at last at ``asked_at``, by the reader's clock.
    """

    ids: frozenset[int] = frozenset()
    times: int = 0
    asked_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Thread:
    """
    What the last look at one issue showed.

    ``labels``, ``open``, ``typed`` and ``rank`` are those that ``events`` account for: they are read again
    when the issue shows others. ``uncounted``: how many more comments the tracker counted than it listed, usually
    0; when that number falls, a comment has been deleted, which no list of changes tells. ``references`` were
    read at ``references_at``, by the reader's clock. ``unaccounted``: how many times in a row the ``events``
    did not lead to what the issue showed. ``nodes``: what GraphQL calls the comments, 0 for the issue.
    ``own_labels`` and ``own_rank``: what we put there ourselves, as :class:`Issue` has it.
    """

    comments: Mapping[int, Comment]
    body: str
    body_edited_by: Person | None
    labels: frozenset[str]
    open: bool
    events: tuple[IssueEvent, ...]
    uncounted: int = 0
    references: tuple[Reference, ...] = ()
    references_at: float = 0.0
    typed: bool = False
    rank: int = 0
    body_revisions: tuple[Revision, ...] = ()
    unsettled: Unsettled = Unsettled()
    unaccounted: int = 0
    nodes: Mapping[int, str] = field(default_factory=dict)
    own_labels: frozenset[str] = frozenset()
    own_rank: bool = False

    @property
    def behind(self) -> bool:
        """Whether the happenings are to be read again, although the issue shows nothing new."""
        return 0 < self.unaccounted < TRIES

    def after(self, change: Change) -> "Thread":
        """Account for what we did ourselves, so that it does not look like somebody else's doing."""
        match change:
            case Relabel(add=add, remove=remove):
                return replace(
                    self, labels=(self.labels | add) - remove, own_labels=(self.own_labels | add) - remove
                )
            case Close() | Reopen():
                return replace(self, open=isinstance(change, Reopen))
            case Retype():
                return replace(self, typed=True)
            case Rate(rank=rank):
                return replace(self, rank=rank, own_rank=True)
            case Remove(comment=gone):
                kept = {id_: comment for id_, comment in self.comments.items() if id_ != gone}
                return replace(self, comments=kept)
            case _:
                return self


NOTHING = Thread({}, "", None, frozenset(), open=True, events=())
"""What is known before the first reconcile."""


class ThreadCache:
    """The threads looked at last, the longest unused dropped first."""

    def __init__(self, size: int = 200) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._threads: OrderedDict[IssueRef, Thread] = OrderedDict()

    def get(self, ref: IssueRef) -> Thread | None:
        with self._lock:
            if ref in self._threads:
                self._threads.move_to_end(ref)
            return self._threads.get(ref)

    def put(self, ref: IssueRef, thread: Thread) -> None:
        with self._lock:
            self._threads[ref] = thread
            self._threads.move_to_end(ref)
            while len(self._threads) > self._size:
                self._threads.popitem(last=False)

    def forget(self, ref: IssueRef) -> None:
        with self._lock:
            self._threads.pop(ref, None)

    def changed(self, ref: IssueRef, change: Change) -> None:
        """Note our own change, once it is carried out."""
        with self._lock:
            if ref in self._threads:
                self._threads[ref] = self._threads[ref].after(change)

    def doubt(self, ref: IssueRef, text: int) -> None:
        """Ask at the next reconcile who wrote a text, 0 for the opening post: perhaps others did, while we did."""
        with self._lock:
            if thread := self._threads.get(ref):
                unsettled = Unsettled(thread.unsettled.ids | {text}, 0, thread.unsettled.asked_at)
                self._threads[ref] = replace(thread, unsettled=unsettled)


class AccessCache:
    """What people may do, for :data:`ACCESS_SECONDS`. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float], size: int = 1000) -> None:
        self._clock = clock
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, int], tuple[float, Access]] = OrderedDict()

    def get(self, project: str, person: Person, *, fresh: bool = False) -> Access | None:
        """Return what is known; with ``fresh``, only what was found out just now."""
        with self._lock:
            since, access = self._known.get((project, person.id), (0.0, None))
            age = self._clock() - since
            return access if age < (FRESH_SECONDS if fresh else ACCESS_SECONDS) else None

    def put(self, project: str, person: Person, access: Access) -> None:
        with self._lock:
            self._known[project, person.id] = (self._clock(), access)
            self._known.move_to_end((project, person.id))
            while len(self._known) > self._size:
                self._known.popitem(last=False)


class Remembered(Generic[T]):
    """
    What was asked about by name, for :data:`A_MINUTE`: who is in a team, who may see a project.

    ``clock`` is in seconds.
    """

    def __init__(self, clock: Callable[[], float], size: int = 200) -> None:
        self._clock = clock
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def find(self, name: str, ask: Callable[[], T]) -> T:
        """Return what is remembered; else ``ask``, and remember the answer."""
        with self._lock:
            known = self._known.get(name.casefold())
            if known is not None and self._clock() < known[0]:
                return known[1]
        found = ask()
        with self._lock:
            self._known[name.casefold()] = (self._clock() + A_MINUTE, found)
            self._known.move_to_end(name.casefold())
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return found


class Accounts:
    """Whose a name is, the longest unused forgotten first. ``clock`` is monotonic, in seconds."""

    def __init__(self, clock: Callable[[], float], size: int = 1000) -> None:
        self._clock = clock
        self._size = size
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, Person | None]] = OrderedDict()

    def find(self, name: str, ask: Callable[[], Person | None]) -> Person | None:
        """Return what is remembered; else ``ask``, twice for nobody, which may pass, and remember the answer."""
        with self._lock:
            until, known = self._known.get(name.casefold(), (0.0, None))
            if self._clock() < until:
                self._known.move_to_end(name.casefold())
                return known
        found = ask() or ask()
        with self._lock:
            self._known[name.casefold()] = (self._clock() + (ACCOUNT_SECONDS if found else NOBODY_SECONDS), found)
            self._known.move_to_end(name.casefold())
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return found
