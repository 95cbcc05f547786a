"""
The issue of one alert: found by its marker, opened, and written into together with people.

The bridge's part of the text stands between marks; whatever people write around it stays, also what they write
while the bridge is writing.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.alerts.notice import Notice
from tracker_bridge.domain.issue.alert_record import AlertRecord
from tracker_bridge.domain.issue.changes import Describe, Document, Open, key_of
from tracker_bridge.domain.issue.elsewhere import suffix
from tracker_bridge.domain.issue.gate import UnsafeText, check
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.domain.issue.plan import normal
from tracker_bridge.intake.place import Place, Tools
from tracker_bridge.intake.sources import Source, marker_of
from tracker_bridge.intake.texts import Paper, title_for
from tracker_bridge.trackers import Busy, Gone, IssueChanged

_log = logging.getLogger(__name__)

REPEATED: Final = timedelta(minutes=15)
"""How often at most it is written down that nothing changed."""

_WITHHELD: Final = "The text of the alert cannot be shown here."
_WORD_FROM_TRACKER: Final = 10.0
_TRIES: Final = 3
"""How often a text is written until it shows what people wrote meanwhile."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The issue of one key. Every verb raises as the tracker does, and may be done twice."""

    tools: Tools
    source: Source
    key: str
    place: Place

    @property
    def marker(self) -> str:
        """The key of the marker in its text."""
        return f"{marker_of(self.key)}{suffix(self.place.public)}"

    def found(self, at: datetime) -> Issue | None:
        """Find it: where it was, or by its marker, open, or ended not long ago."""
        known = self.tools.journal.known(self.key)
        if known is not None and (issue := self.read(known)) is not None:
            return issue
        wish = self._wish(Document(self.marker, ""), "-", at)
        for search in (
            replace(wish, reuse=True),
            replace(wish, ended=True, since=at - self.source.settings.reopen_within),
        ):
            found = self.place.tracker.apply(self.place.project, replace(search, make=False)).opened
            if found is not None:
                self.tools.journal.remember(self.key, found, at, opened=False)
                return self.read(found)
        return None

    def read(self, ref: IssueRef) -> Issue | None:
        try:
            issue = self.tools.bridge.trackers[ref.tracker].read(ref)
        except (Gone, KeyError):
            return None
        return issue if key_of(issue.body) == self.marker else None

    def record(self, issue: Issue | None) -> AlertRecord | None:
        """Return what its text remembers."""
        if issue is None or issue.author.id != issue.viewer.id:
            return None
        return AlertRecord.unpack(issue.body, self.tools.keys)

    def open(self, notice: Notice, record: AlertRecord, at: datetime) -> None:
        """Open it, or take the one that was opened before an answer got lost."""
        tracker = self.place.tracker
        wish = self._wish(self._text(notice, record, at), title_for(notice, tracker.max_title), at)
        more = self.source.labels(notice, self.place.rules)
        opened = tracker.apply(self.place.project, replace(wish, reuse=not record.before, more_labels=more)).opened
        if opened is None:
            raise Busy(f"{self.place.project}: the tracker did not open an incident", _WORD_FROM_TRACKER)
        self.tools.journal.remember(self.key, opened, at, opened=True)
        self.tools.queue.add(IssueChanged(opened), self.tools.clock())
        _log.info("%s: opened for an alert of %s", opened, self.source.name)

    def write(self, issue: Issue, record: AlertRecord, told: AlertRecord, at: datetime) -> None:
        """Write down what is new; that nothing is, now and then. What people write meanwhile is put back."""
        if told.steps == record.steps and record.seen is not None and at - record.seen < REPEATED:
            return
        for _ in range(_TRIES):
            document = self._paper.over(issue, record, told)
            if normal(document.text) == normal(issue.body):
                break
            self.place.tracker.apply(issue.ref, Describe(document, read=issue.body))
            again = self.read(issue.ref)
            if again is None:
                break
            issue = again
        self.tools.queue.add(IssueChanged(issue.ref), self.tools.clock())

    def _wish(self, text: Document, title: str, at: datetime) -> Open:
        return Open(
            title=title,
            document=text,
            labels=frozenset({self.place.rules.incident_label}),
            confidential=self.source.settings.confidential and not self.place.public,
            since=at,
            linked=False,
            titled=False,
        )

    @property
    def _paper(self) -> Paper:
        return Paper(self.tools.templates, self.marker, self.tools.keys[0], self.place.tracker.max_body)

    def _text(self, notice: Notice, record: AlertRecord, at: datetime) -> Document:
        """Return the first text. What must not be sent is left out, and the incident is opened all the same."""
        paper, severity = self._paper, self.source.severity(notice, self.place.rules)
        limit = self.place.tracker.max_title
        shown = replace(notice, title=self.tools.covered(notice.title), text=self.tools.covered(notice.text))
        text = paper.whole(paper.first(shown, severity, at, limit), record)
        try:
            check(text, self.place.rules.command_prefixes, "", self.place.tracker.max_body, self.tools.secrets)
        except UnsafeText as unsafe:
            _log.warning("%s; the incident is opened without it", unsafe)
            bare = replace(shown, title="", text=_WITHHELD)
            text = paper.whole(paper.first(bare, severity, at, limit), replace(record, firing={}))
        return text
