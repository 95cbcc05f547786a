"""
Which issues are ours, as far as is known: most of what a forge tells of is about others, and is worth no request.

What a delivery or a list tells is only ever a reason not to look. An issue is left alone if it wears none of our
labels, is not of the type of incidents, is not known as an incident or as a part of one, and no text of it can
hold a command. All that is known here may be lost at any time: it is complete again when the open incidents of a
project were listed, and until then nothing is left alone.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.trackers import Glimpse, IssueChanged

MOST_OTHERS = 50_000
"""Issues that are remembered to be none of ours, the longest unused forgotten first."""


@dataclass(frozen=True, slots=True)
class Words:
    """What makes an issue ours: labels, case-folded, and how commands are spelled."""

    labels: frozenset[str]
    grammar: Grammar

    def may_be_in(self, text: str) -> bool:
        """Whether a text may hold a command, or is one of our own."""
        return self.grammar.may_be_in(text) or key_of(text) is not None


class Known(NamedTuple):
    """
    What is remembered of an issue: it is ``ours``, or it is ``other`` and no text of it can hold a command.

    ``words`` are its project's; ``None`` while the open incidents there are not known.
    """

    words: Words | None = None
    ours: bool = False
    other: bool = False


class Index(Protocol):
    """Remembers, safe to use from several threads; for all hosts, where they share a queue."""

    def words(self, tracker: str, project: str) -> Words | None: ...

    def about(self, ref: IssueRef) -> Known: ...

    def listed(self, tracker: str, project: str, words: Words, refs: Iterable[IssueRef]) -> None:
        """Note that these are ours; then, that no other open one is. With other words, nothing is ``other``."""
        ...

    def note(self, ref: IssueRef, ours: Iterable[IssueRef], *, other: bool) -> None:
        """Note what ``ref`` is, and that all of ``ours`` are ours."""
        ...

    def forget(self, ref: IssueRef) -> None:
        """Note that it may hold a command by now."""
        ...


class OwnIndex:
    """Remembers for this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._words: dict[tuple[str, str], Words] = {}
        self._ours: set[IssueRef] = set()
        self._others: OrderedDict[IssueRef, None] = OrderedDict()

    def words(self, tracker: str, project: str) -> Words | None:
        with self._lock:
            return self._words.get((tracker, project))

    def about(self, ref: IssueRef) -> Known:
        with self._lock:
            return Known(self._words.get((ref.tracker, ref.project)), ref in self._ours, ref in self._others)

    def listed(self, tracker: str, project: str, words: Words, refs: Iterable[IssueRef]) -> None:
        with self._lock:
            if words != self._words.get((tracker, project)):
                for ref in [one for one in self._others if (one.tracker, one.project) == (tracker, project)]:
                    del self._others[ref]
            self._words[tracker, project] = words
            self._ours.update(refs)

    def note(self, ref: IssueRef, ours: Iterable[IssueRef], *, other: bool) -> None:
        with self._lock:
            self._ours.discard(ref)
            self._ours.update(ours)
            self._others.pop(ref, None)
            if other:
                self._others[ref] = None
            while len(self._others) > MOST_OTHERS:
                self._others.popitem(last=False)

    def forget(self, ref: IssueRef) -> None:
        with self._lock:
            self._others.pop(ref, None)


class Ours:
    """Knows which issues are ours. Safe to use from several threads."""

    def __init__(self, index: Index | None = None) -> None:
        self._index = index or OwnIndex()
        self.asks = not isinstance(self._index, OwnIndex)
        """Whether somebody else is asked, so that an answer may take a while."""

    def listed(self, tracker: str, project: str, words: Words, refs: Iterable[IssueRef] | None = None) -> None:
        """
        Take in how a project works now, and ``refs``: all of its open incidents and action items, if they were
        listed.
        """
        if refs is not None or self.is_listed(tracker, project):
            self._index.listed(tracker, project, words, refs or ())

    def is_listed(self, tracker: str, project: str) -> bool:
        """Whether the open incidents of the project are known."""
        return self._index.words(tracker, project) is not None

    def seen(self, issue: Issue, parts: Iterable[IssueRef], *, ours: bool) -> None:
        """Take in what a reconcile found: whether the issue is ours, and those that belong to it."""
        ref = issue.ref
        if ours:
            self._index.note(ref, {ref, *parts}, other=False)
            return
        words = self._index.words(ref.tracker, ref.project)
        texts = (issue.title, issue.body, *(one.body for one in issue.comments))
        self._index.note(ref, (), other=words is not None and not any(map(words.may_be_in, texts)))

    def spares(self, change: IssueChanged) -> bool:
        """Whether a change is none of ours for certain, and so is worth no reconcile."""
        ref = change.ref
        known = self._index.about(ref)
        if (
            known.words is not None
            and not known.ours
            and _is_nothing(change.told(), known.words, other=known.other)
        ):
            return True
        if known.other:
            self._index.forget(ref)
        return False


def _is_nothing(told: Glimpse | None, words: Words, *, other: bool) -> bool:
    """Whether nothing that is told is for us; ``other``: nothing was for us before."""
    return (
        told is not None
        and not told.typed
        and (told.whole or other)
        and words.labels.isdisjoint(label.casefold() for label in told.labels)
        and not any(words.may_be_in(text) for text in told.texts)
    )
