"""
Reactions, which come last: what people look for stands in the thread by then.

Whether a comment has its reaction is known while a process lasts. A process that knows nothing asks, of what was
said within the hour: so one that came after a crash gives what was not given, and no other writes anything.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final

from tracker_bridge.domain.issue.changes import React, Reaction
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.reactions import acknowledgements
from tracker_bridge.reconcile.deciding import Decision
from tracker_bridge.trackers import Reactions, Tracker, TrackerError

ISSUES: Final = 2000
"""How many issues are remembered; of others it is asked again."""

ASKED: Final = 20
"""Comments of an issue that are asked about at one reconcile, the latest."""

ALONG: Final = 20
"""Reactions that go with one edit; more in one request may take a forge too long."""

_log = logging.getLogger(__name__)


class Acknowledged:
    """
    What a process knows of reactions: by issue and comment, the one that is there, ``None`` for none.

    Safe to use from several threads, if one only looks at an issue.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[IssueRef, dict[int, Reaction | None]] = OrderedDict()
        self._doubted: dict[IssueRef, frozenset[int]] = {}
        self._lock = threading.Lock()

    def of(self, ref: IssueRef) -> dict[int, Reaction | None]:
        """Return what is known of an issue, to be added to."""
        with self._lock:
            known = self._known.setdefault(ref, {})
            self._known.move_to_end(ref)
            while len(self._known) > ISSUES:
                gone, _ = self._known.popitem(last=False)
                self._doubted.pop(gone, None)
            return known

    def along(self, decision: Decision) -> tuple[React, ...]:
        """
        Return the reactions that can go with the status comment: the latest, to what was said within the hour,
        where nothing has to be asked or taken back before.
        """
        known = self.of(decision.issue.ref)
        new = {one.comment: one.reaction for one in acknowledgements(decision.changes)}
        due = sorted((dict(decision.unsure) | new).items())
        fits = [one for one, _ in due if one in decision.recent and (one in new or one in known)]
        return tuple(React(one, how) for one, how in due if one in fits[-ALONG:] and known.get(one) is None)

    def doubt(self, ref: IssueRef, reactions: Iterable[React]) -> None:
        """Forget whether these were given, since nobody knows: it is asked before they are given again."""
        known = self.of(ref)
        for one in reactions:
            known.pop(one.comment, None)
            self._doubted[ref] = self._doubted.get(ref, frozenset()) | {one.comment}

    def outstanding(self, tracker: Tracker, decision: Decision) -> Iterator[React]:
        """
        Yield the reactions that are to be given now, oldest comment first.

        They count as not given until it is noted in :meth:`of` that they are.
        """
        ref = decision.issue.ref
        known = self.of(ref)
        for comment in [one for one in known if one not in decision.recent]:
            del known[comment]
        new = {one.comment: one.reaction for one in acknowledgements(decision.changes)}
        self._ask(tracker, decision, known)
        for comment, reaction in sorted((dict(decision.unsure) | new).items()):
            there = known.get(comment)
            if there is not None and there is not reaction:
                yield React(comment, there, on=False)
            if there is not reaction and (comment in new or comment in known):
                yield React(comment, reaction)

    def _ask(self, tracker: Tracker, decision: Decision, known: dict[int, Reaction | None]) -> None:
        """Find out what is not known. Where somebody gave that reaction, it is taken for ours."""
        ref, unsure = decision.issue.ref, [*decision.unsure]
        doubted = self._doubted.pop(ref, frozenset())
        asked_about = {*unsure[-ASKED:], *doubted}
        unknown = [one for one in unsure if one in asked_about and one not in known]
        for comment in unknown:
            shown, wanted = decision.recent[comment].reactions, decision.unsure[comment]
            if shown is not None and wanted.value in shown:
                known[comment] = wanted
        asked = [one for one in unknown if one not in known]
        if asked and isinstance(tracker, Reactions):
            with suppress(TrackerError):
                known |= tracker.reactions(ref, asked)
        if left := doubted - known.keys():
            self._doubted[ref] = left
