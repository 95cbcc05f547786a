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
from dataclasses import dataclass, replace

from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.trackers import IssueChanged

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


class Ours:
    """Remembers which issues are ours. Safe to use from several threads."""

    def __init__(self, *, alone: bool = True) -> None:
        """``alone``: no other process reconciles these issues. Otherwise nothing is known for certain."""
        self._alone = alone
        self._lock = threading.Lock()
        self._words: dict[tuple[str, str], Words] = {}
        self._ours: set[IssueRef] = set()
        self._others: OrderedDict[IssueRef, None] = OrderedDict()

    def listed(self, tracker: str, project: str, words: Words, refs: Iterable[IssueRef] = ()) -> None:
        """Take in how a project works now, and ``refs``: all of its open incidents and action items."""
        if not self._alone:
            return
        with self._lock:
            self._words[tracker, project] = words
            self._ours.update(refs)

    def is_listed(self, tracker: str, project: str) -> bool:
        """Whether the open incidents of the project are known."""
        with self._lock:
            return (tracker, project) in self._words

    def seen(self, issue: Issue, parts: Iterable[int], *, ours: bool) -> None:
        """Take in what a look found: whether the issue is ours, and the numbers of those that belong to it."""
        ref = issue.ref
        with self._lock:
            words = self._words.get((ref.tracker, ref.project))
            self._ours.discard(ref)
            if ours:
                self._ours |= {ref, *(replace(ref, number=number) for number in parts)}
        texts = (issue.title, issue.body, *(one.body for one in issue.comments))
        if ours or words is None or any(map(words.may_be_in, texts)):
            return
        with self._lock:
            self._others[ref] = None
            self._others.move_to_end(ref)
            while len(self._others) > MOST_OTHERS:
                self._others.popitem(last=False)

    def spares(self, change: IssueChanged) -> bool:
        """Whether a change is none of ours for certain, and so is worth no look."""
        ref, told = change.ref, change.told
        with self._lock:
            words = self._words.get((ref.tracker, ref.project))
            ours, other = ref in self._ours, ref in self._others
        spared = (
            words is not None
            and told is not None
            and not ours
            and not told.typed
            and (told.whole or other)
            and words.labels.isdisjoint(label.casefold() for label in told.labels)
            and not any(words.may_be_in(text) for text in told.texts)
        )
        if not spared:
            with self._lock:
                self._others.pop(ref, None)
        return spared
