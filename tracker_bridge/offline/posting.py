"""
Posting what was planned, once: looked for before each write, and looked for again where an answer is unclear.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Final, TypeVar

from tracker_bridge.domain.issue.changes import Document, Open, Post
from tracker_bridge.domain.issue.issue import Issue, IssueRef, Person, TrackerUrl
from tracker_bridge.offline.gathering import Gathered, marks_in
from tracker_bridge.offline.notebook import Notebook
from tracker_bridge.trackers import Busy, Later, Tracker

T = TypeVar("T")

TRIES: Final = 5
"""Requests for one thing that get no answer, or a limit, one after the other."""

LONGEST: Final = 3_600.0
"""Seconds that a forge may tell to wait."""

_SETTLING: Final = 3.0
"""Seconds after an unclear answer: what was just written may not be listed yet."""


class GaveUp(Exception):
    """The forge did not answer; what was posted stays, and the next run goes on from there."""


@dataclass(frozen=True, slots=True)
class Poster:
    """Posts with the runner's own credential. ``say`` is told what is waited for."""

    tracker: Tracker
    runner: Person
    sleep: Callable[[float], None]
    say: Callable[[str], None]

    def open(self, ref: IssueRef, wish: Open) -> IssueRef:
        """Open the issue, or find the one that an earlier run opened. ``ref`` has the number 0."""
        opened = self._patiently("opening the issue", lambda: self.tracker.apply(ref, wish)).opened
        if opened is None:
            raise GaveUp("the tracker did not open the issue")
        return opened

    def post(self, ref: IssueRef, comments: tuple[Gathered, ...]) -> int:
        """Post the comments in order, but for what is there; return how many were posted."""
        posted = 0
        for number, comment in enumerate(comments, 1):
            posted += self._post(ref, comment, f"comment {number} of {len(comments)}")
        return posted

    def _post(self, ref: IssueRef, comment: Gathered, what: str) -> bool:
        def attempt() -> bool:
            if comment.marks & self.there(ref):
                return False
            self.tracker.apply(ref, Post(comment.document))
            return True

        return self._patiently(what, attempt)

    def there(self, ref: IssueRef) -> frozenset[str]:
        """Return which entries the runner has posted there."""
        issue = self.read(ref)
        return marks_in(one.body for one in issue.comments if one.author.id == self.runner.id)

    def read(self, ref: IssueRef) -> Issue:
        return self.tracker.read(ref, whole=True)

    def _patiently(self, what: str, attempt: Callable[[], T]) -> T:
        for tried in range(TRIES):
            try:
                return attempt()
            except Busy as busy:
                wait = max(busy.retry_after, 0 if isinstance(busy, Later) else _SETTLING)
                if tried == TRIES - 1 or wait > LONGEST:
                    raise GaveUp(f"{what}: {busy}") from busy
                self.say(f"{what}: {busy}; trying again in {ceil(wait)} s")
                self.sleep(wait)
        raise AssertionError


def opening(notebook: Notebook, title: str, declares: str, since: datetime) -> Open:
    """Return the wish for a new issue; an earlier run's is found again by its key, also when it is closed."""
    body = (
        "This incident was kept in a notebook while the tracker was down. Its entries follow as comments.\n\n"
        f"{declares}"
    )
    return Open(
        title=title,
        document=Document(f"replay:{notebook.mark}", body),
        labels=frozenset(),
        confidential=notebook.confidential,
        since=since,
        linked=False,
        ended=True,
        more_labels=frozenset(notebook.labels),
    )


def as_opened(wish: Open, runner: Person, ref: IssueRef, now: datetime, url: TrackerUrl) -> Issue:
    """Return the issue as it will be."""
    return Issue(
        ref=ref,
        viewer=runner,
        author=runner,
        title=wish.title,
        body=wish.document.text,
        url=url,
        created_at=now,
        updated_at=now,
        open=True,
        labels=wish.more_labels,
    )
