"""
Which issues are ours, as all hosts know it from the queue's database: most deliveries are worth no request.

The open incidents of a project are known when its row is there: it is written after theirs. What is added to the
queue is no longer known to be ``other``, by the same statement (statements.py): whatever happens to the process,
no reconcile is left out because of what was known before.
"""

import json
import time
from collections.abc import Iterable

from tracker_bridge.domain.issue.grammar import Grammar, Takes
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.ours import Known, Words
from tracker_bridge.queue import QueueError, statements
from tracker_bridge.queue.database import Database

PATIENCE = 2.0
"""Seconds for an answer: a delivery waits for it."""

AWAY = 10.0
"""Seconds for which a database that did not answer is not asked again."""


class SharedIndex:
    """Speaks :class:`tracker_bridge.ours.Index`. Whatever it cannot find out counts as not known."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._away_until = float("-inf")
        self._read: dict[str, Words] = {}

    def words(self, tracker: str, project: str) -> Words | None:
        rows = self._database.all(statements.PROJECT, project=f"{tracker}:{project}")
        return self._words(rows[0]["words"]) if rows else None

    def about(self, ref: IssueRef) -> Known:
        if time.monotonic() < self._away_until:
            return Known()
        asked = {"project": f"{ref.tracker}:{ref.project}", "ref": str(ref)}
        try:
            rows = self._database.all(statements.ABOUT, PATIENCE, **asked)
        except QueueError:
            self._away_until = time.monotonic() + AWAY
            return Known()
        if not rows:
            return Known()
        return Known(self._words(rows[0]["words"]), rows[0]["ours"] is True, rows[0]["ours"] is False)

    def listed(self, tracker: str, project: str, words: Words, refs: Iterable[IssueRef]) -> None:
        name, written = f"{tracker}:{project}", _written(words)
        self._database.all(statements.OURS, refs=[str(ref) for ref in refs])
        self._database.all(statements.OTHER_WORDS, project=name, words=written)
        self._database.all(statements.LISTED, project=name, words=written)

    def note(self, ref: IssueRef, ours: Iterable[IssueRef], *, other: bool) -> None:
        refs = [str(one) for one in ours]
        if refs:
            self._database.all(statements.OURS, refs=refs)
        else:
            self._database.all(statements.OTHER if other else statements.UNKNOWN, ref=str(ref))

    def forget(self, ref: IssueRef) -> None:
        """It is done as the ref is added to the queue."""

    def _words(self, written: str) -> Words:
        """Each project has a few in its life, and most have the same: they are read once."""
        known = self._read.get(written)
        if known is None:
            known = self._read[written] = _words(written)
        return known


def _written(words: Words) -> str:
    grammar = words.grammar
    takes = [[verb, str(extent)] for verb, extent in grammar.takes]
    return json.dumps([sorted(words.labels), list(grammar.command_prefixes), grammar.bot, takes])


def _words(written: str) -> Words:
    labels, prefixes, bot, takes = json.loads(written)
    grammar = Grammar(tuple(prefixes), bot, tuple((verb, Takes(extent)) for verb, extent in takes))
    return Words(frozenset(labels), grammar)
