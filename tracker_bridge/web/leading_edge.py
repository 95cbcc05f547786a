"""
When a delivery is acted upon: at once, if nothing came of its issue just before; what follows is gathered.

What a person does at once (a label, a comment, an edit) comes as several deliveries within a moment. The first one
is not kept waiting for others that may never come; those that do become one more reconcile, ``settle`` after that.
While a reconcile runs, the queue gathers what comes.
"""

import threading
from datetime import datetime, timedelta

from tracker_bridge.domain.issue.issue import IssueRef

MOST = 10_000
"""Issues remembered at once; of more, those that are idle by now are forgotten."""


class LeadingEdge:
    """Tells when an issue is due. Safe to use from several threads; who forgets it reconciles once more."""

    def __init__(self, settle: timedelta) -> None:
        self._settle = settle
        self._lock = threading.Lock()
        self._due: dict[IssueRef, datetime] = {}

    def due(self, ref: IssueRef, now: datetime) -> datetime:
        """Return when something that came ``now`` is due: two such times of an issue are ``settle`` apart."""
        with self._lock:
            last = self._due.get(ref)
            if last is None or not self._near(last, now):
                due = now
            elif now <= last:
                return last
            else:
                due = last + self._settle
            self._due[ref] = due
            if len(self._due) > MOST:
                self._due = {one: at for one, at in self._due.items() if self._near(at, now)}
            return due

    def _near(self, due: datetime, now: datetime) -> bool:
        """Whether it is due soon, or was just now; not so after the clock was set back."""
        return abs(now - due) < self._settle
