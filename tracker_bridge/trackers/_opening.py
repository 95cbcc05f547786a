"""
Opening another issue, once: it is looked for before it is made, and linked to the one that asked for it.

How issues are listed, made and linked is each forge's own.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from tracker_bridge.domain.derived.similar import NEWEST, PastIssue
from tracker_bridge.domain.issue.changes import Open, key_of
from tracker_bridge.domain.issue.cleaning import title_of
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.trackers import DONE, Applied, Denied, Gone
from tracker_bridge.trackers._titles import OpenTitles, plain

OVERLAP = timedelta(minutes=2)
"""How far before ``since`` to begin: clocks differ."""


@dataclass(frozen=True, slots=True)
class Shown:
    """
    An issue that may do, or was made. ``id`` is global, ``author`` that person's id; ``text`` is its opening post.
    ``confidential`` is ``None`` where the forge has no such issues.
    """

    number: int
    id: int
    title: str
    text: str
    labels: frozenset[str]
    author: int | None
    created_at: datetime
    open: bool
    confidential: bool | None = None


class Opener(ABC):
    """Opens issues. The oldest wins where several would do."""

    max_title: int

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` is monotonic, in seconds."""
        self._titles = OpenTitles(clock)

    def apply(self, ref: IssueRef, change: Open, viewer: Person) -> Applied:
        """
        ``viewer`` is the bot's own account, by which its issues are found.

        Another project that is gone is no reason to forget the issue: it is refused.
        """
        if not change.project:
            return self._apply(ref, ref, change, viewer)
        there = IssueRef(ref.tracker, change.project, 0)
        try:
            return self._apply(ref, there, change, viewer)
        except Gone as gone:
            raise Denied(str(gone)) from None

    def _apply(self, ref: IssueRef, there: IssueRef, change: Open, viewer: Person) -> Applied:
        """``there`` has the project in which it is wanted, and a number that it cannot have."""
        change = replace(change, title=title_of(change.title, self.max_title))
        found = self._ours(there, change, viewer)
        if found is None and change.reuse:
            found = self._reusable(there, change, viewer)
        if found is None and not change.make:
            return DONE
        issue = self._make(there, change) if found is None else found
        linked = (
            not change.linked or change.public or self._link(ref, there, issue, perhaps_linked=found is not None)
        )
        unsupported = frozenset[Capability]() if linked or change.project else frozenset({Capability.LINK})
        return Applied(replace(there, number=issue.number), unsupported, new=found is None)

    def alike(self, ref: IssueRef, title: str, label: str) -> int | None:
        """Return the number of another open issue of that title that is not confidential."""

        def listed() -> Iterator[tuple[int, str]]:
            return ((one.number, one.title) for one in self._open(ref, [label], confidential=False))

        def is_still(number: int) -> bool:
            found = self._one(replace(ref, number=number))
            return (
                found is not None
                and _fits(found, [label], confidential=False)
                and plain(found.title) == plain(title)
            )

        return self._titles.oldest((ref.project, label), ref.number, title, listed=listed, is_still=is_still)

    def past(self, ref: IssueRef, labels: Collection[str]) -> tuple[PastIssue, ...]:
        """Return the newest other closed issues with these labels that are not confidential."""
        wearing = {name.casefold() for name in labels}
        found = (
            PastIssue(one.number, one.title, one.labels)
            for one in islice(self._closed(ref, labels), NEWEST)
            if one.number != ref.number and not one.open and not one.confidential
        )
        return tuple(one for one in found if wearing <= {name.casefold() for name in one.labels})

    @abstractmethod
    def _closed(self, ref: IssueRef, labels: Collection[str]) -> Iterable[Shown]:
        """Yield the closed issues with these labels, the newest first; or more."""

    @abstractmethod
    def _opened_by(self, ref: IssueRef, viewer: Person, since: datetime, *, changed: bool) -> Iterable[Shown]:
        """
        Yield the issues that ``viewer`` opened after ``since``, in any state, the oldest first; or more.

        ``changed``: all that changed after that, whenever they were opened.
        """

    @abstractmethod
    def _listed(self, ref: IssueRef, labels: Collection[str]) -> Iterable[Shown]:
        """Yield the open issues with these labels, the oldest first; or more."""

    @abstractmethod
    def _one(self, ref: IssueRef) -> Shown | None:
        """Return the issue as it is now, if it is there."""

    @abstractmethod
    def _make(self, ref: IssueRef, change: Open) -> Shown:
        """Open it."""

    @abstractmethod
    def _link(self, ref: IssueRef, there: IssueRef, issue: Shown, *, perhaps_linked: bool) -> bool:
        """
        Relate the two; return whether the forge can, and lets this account.

        The other is in the project of ``there``.
        """

    def _ours(self, ref: IssueRef, change: Open, viewer: Person) -> Shown | None:
        """Find the issue that was opened before, whatever became of it; for nobody, only while it is open."""
        since = change.since - OVERLAP
        for issue in self._opened_by(ref, viewer, since, changed=change.ended):
            counts = (change.linked or change.ended or issue.open) and issue.number != ref.number
            of_now = change.ended or issue.created_at >= since
            if counts and of_now and _is_ours(issue, change, viewer):
                return issue
        return None

    def _reusable(self, ref: IssueRef, change: Open, viewer: Person) -> Shown | None:
        """Find an open issue that serves as well: one of that title, or of ours for the same thing."""
        wanted = plain(change.title)
        for issue in self._open(ref, change.labels, confidential=change.confidential):
            same = (change.titled and plain(issue.title) == wanted) or _is_ours(issue, change, viewer)
            if same and issue.number not in change.besides:
                return issue
        return None

    def _open(self, ref: IssueRef, labels: Collection[str], *, confidential: bool) -> Iterator[Shown]:
        """Yield the other open issues with these labels, ``confidential`` or not."""
        for issue in self._listed(ref, labels):
            if issue.number != ref.number and _fits(issue, labels, confidential=confidential):
                yield issue


def _fits(issue: Shown, labels: Collection[str], *, confidential: bool) -> bool:
    """Whether it is open, and wears all these labels."""
    wearing, worn = ({name.casefold() for name in names} for names in (labels, issue.labels))
    return issue.open and wearing <= worn and issue.confidential in (None, confidential)


def _is_ours(issue: Shown, change: Open, viewer: Person) -> bool:
    """Whether the bot opened it for the same thing."""
    return issue.author == viewer.id and key_of(issue.text) == change.document.key
