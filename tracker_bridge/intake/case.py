"""
One alert, or one group of them, and its incident.

What is known is in the tracker: the issue is found by its marker, and which alerts fire stands signed in its text.
Editing that mails nobody, and the reconcile that follows tells it in the thread.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tracker_bridge.alerts.notice import Member, Notice
from tracker_bridge.domain.incident.roles import is_same
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.alert_record import AlertRecord, Step, digest_of
from tracker_bridge.domain.issue.changes import Describe, Document, Open, key_of
from tracker_bridge.domain.issue.elsewhere import suffix
from tracker_bridge.domain.issue.gate import UnsafeText, check
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.intake.sources import Source, marker_of
from tracker_bridge.intake.texts import Paper, title_for, upper_part
from tracker_bridge.queue import Queue
from tracker_bridge.queue.journal import Journal
from tracker_bridge.reconcile import Bridge
from tracker_bridge.trackers import Busy, Gone, IssueChanged, Tracker, check_private

_log = logging.getLogger(__name__)

STORM: Final = timedelta(minutes=10)
"""In this time a source opens as many incidents as its settings allow; then one stands for all others."""

REPEATED: Final = timedelta(minutes=15)
"""How often at most it is written down that nothing changed."""

_WITHHELD: Final = "The text of the alert cannot be shown here."
_WORD_FROM_TRACKER: Final = 10.0


@dataclass(frozen=True, slots=True)
class Tools:
    """
    What the work takes. The first of the ``keys`` signs what is remembered, and all of them are believed;
    ``secrets`` appear nowhere.
    """

    bridge: Bridge
    journal: Journal
    queue: Queue
    clock: Callable[[], datetime]
    templates: Path
    keys: tuple[bytes, ...]
    secrets: frozenset[str] = frozenset()

    def covered(self, text: str) -> str:
        """Return a text without our own secrets."""
        for secret in self.secrets:
            text = text.replace(secret, "[secret]")
        return text


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where an incident belongs: a project, as a ref with the number 0, and what holds there.

    ``public`` is the project that it is about, where it is run in private.
    """

    tracker: Tracker
    project: IssueRef
    rules: Rules
    public: str = ""


def place_of(bridge: Bridge, source: Source, notice: Notice, at: datetime) -> Place:
    """Return where the incident of a notice belongs. Raises as the tracker does."""
    project = source.project(notice)
    rules, tracker = bridge.in_force(project.tracker, project.project, at).rules, bridge.trackers[project.tracker]
    private = rules.private_project
    if not (source.settings.confidential and private) or is_same(private, project.project):
        return Place(tracker, project, rules)
    inside = replace(project, project=private)
    check_private(tracker, private)
    return Place(tracker, inside, bridge.in_force(inside.tracker, private, at).rules, project.project)


@dataclass(frozen=True, slots=True)
class Case:
    """What is known by one key of one source. Every verb raises as the tracker does, and may be done twice."""

    tools: Tools
    source: Source
    key: str
    place: Place

    @property
    def marker(self) -> str:
        """The key of the marker in the text of its issue."""
        return f"{marker_of(self.key)}{suffix(self.place.public)}"

    def tell(self, notice: Notice, at: datetime) -> None:
        """Bring the incident up to date; open one for what fires and has none."""
        issue = self._found(at)
        record = self._record(issue)
        if issue is None or record is None:
            if notice.firing:
                self._open(notice, at)
            elif not self._stands_for_many:
                self._leave_to_storm(notice, at)
            return
        if self._stands_for_many and not notice.firing and not self._lists(record, notice):
            return
        told = _told(record, notice, at)
        anew = bool(told.firing.keys() - record.firing.keys())
        if anew and not issue.open and not self._goes_on(record, at):
            self._open(notice, at, before=issue.ref.number)
            return
        self._write(issue, record, told, at)
        if told.last is not None and told.last.step is Step.CLEARED and told.steps != record.steps:
            self._check_later(notice, at)

    def end(self, at: datetime) -> None:
        """End an incident that nobody touched, if no alert has fired for as long as the settings say."""
        issue = self._found(at)
        record, after = self._record(issue), self.source.settings.close_after
        if issue is None or record is None or after is None or not issue.open or record.last is None:
            return
        clear = record.last.step is Step.CLEARED and at - record.last.at >= after
        if clear and _is_untouched(issue) and self.tools.bridge.decide(issue, at).incident.active:
            self._write(issue, record, record.closed(at), at)

    def remembered(self) -> AlertRecord | None:
        """Return what the issue tells that is remembered for the key, without a search for it."""
        known = self.tools.journal.known(self.key)
        return self._record(self._read(known)) if known is not None else None

    def _goes_on(self, record: AlertRecord, at: datetime) -> bool:
        """Whether a closed incident is this one still: the bridge ended it, a short while ago."""
        last = record.last
        ended = last is not None and last.step is Step.CLOSED
        return ended and last is not None and at - last.at <= self.source.settings.reopen_within

    def _record(self, issue: Issue | None) -> AlertRecord | None:
        if issue is None or issue.author.id != issue.viewer.id:
            return None
        return AlertRecord.unpack(issue.body, self.tools.keys)

    def _found(self, at: datetime) -> Issue | None:
        """Find the issue of the key: where it was, or by its marker, open, or ended not long ago."""
        if (known := self.tools.journal.known(self.key)) is not None and (issue := self._read(known)) is not None:
            return issue
        wish = self._wish(Document(self.marker, ""), "-", at)
        for search in (
            replace(wish, reuse=True),
            replace(wish, ended=True, since=at - self.source.settings.reopen_within),
        ):
            found = self.place.tracker.apply(self.place.project, replace(search, make=False)).opened
            if found is not None:
                self.tools.journal.remember(self.key, found, at, opened=False)
                return self._read(found)
        return None

    def _read(self, ref: IssueRef) -> Issue | None:
        try:
            issue = self.tools.bridge.trackers[ref.tracker].read(ref)
        except (Gone, KeyError):
            return None
        return issue if key_of(issue.body) == self.marker else None

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

    def _open(self, notice: Notice, at: datetime, *, before: int = 0) -> None:
        journal, tracker = self.tools.journal, self.place.tracker
        many = journal.opened_since(self.source.name, at - STORM) >= self.source.settings.max_new
        if not self._stands_for_many and (many or self._in_storm(notice, at)):
            self._leave_to_storm(notice, at)
            return
        record = _told(AlertRecord(self.source.name, before=before), notice, at)
        wish = self._wish(self._text(notice, record, at), title_for(notice, tracker.max_title), at)
        more = self.source.labels(notice, self.place.rules)
        opened = tracker.apply(self.place.project, replace(wish, reuse=not before, more_labels=more)).opened
        if opened is None:
            raise Busy(f"{self.place.project}: the tracker did not open an incident", _WORD_FROM_TRACKER)
        journal.remember(self.key, opened, at, opened=True)
        self.tools.queue.add(IssueChanged(opened), self.tools.clock())
        _log.info("%s: opened for an alert of %s", opened, self.source.name)

    @property
    def _stands_for_many(self) -> bool:
        return self.key == self.source.storm_key

    def _leave_to_storm(self, notice: Notice, at: datetime) -> None:
        """
        Tell it to the incident that stands for many, after all that it has not been told yet.

        That an alert ended is told as well, whether or not it is listed there: only that incident knows.
        """
        self.tools.journal.keep(self.source.name, [(self.source.storm_key, self._of_storm(notice, at))], at)

    def _in_storm(self, notice: Notice, at: datetime) -> bool:
        """Whether it is listed where many are: then it has no incident of its own, also when the storm is over."""
        record = replace(self, key=self.source.storm_key).remembered()
        return record is not None and self._lists(record, self._of_storm(notice, at))

    @staticmethod
    def _lists(record: AlertRecord, notice: Notice) -> bool:
        return any(digest_of(one.id) in record.firing for one in notice.members)

    def _of_storm(self, notice: Notice, at: datetime) -> Notice:
        """Return what an alert is to the one incident that stands for all that come in a storm."""
        return Notice(
            key="storm",
            title=f"Many alerts of {self.source.name} at once",
            members=(Member(self.key, notice.firing, title_for(notice, 100), at),),
            text="More alerts came in ten minutes than may become incidents of their own. They are listed below.",
            complete=False,
        )

    def _text(self, notice: Notice, record: AlertRecord, at: datetime) -> Document:
        """Return the first text. What must not be sent is left out, and the incident is opened all the same."""
        paper = Paper(self.tools.templates, self.marker, self.tools.keys[0], self.place.tracker.max_body)
        severity = self.source.severity(notice, self.place.rules)
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

    def _write(self, issue: Issue, record: AlertRecord, told: AlertRecord, at: datetime) -> None:
        """Write down what is new; that nothing is, now and then."""
        if told.steps == record.steps and record.seen is not None and at - record.seen < REPEATED:
            return
        marked = self.marker
        paper = Paper(self.tools.templates, marked, self.tools.keys[0], self.place.tracker.max_body)
        self.place.tracker.apply(issue.ref, Describe(paper.whole(upper_part(issue.body), told)))
        self.tools.queue.add(IssueChanged(issue.ref), self.tools.clock())

    def _check_later(self, notice: Notice, at: datetime) -> None:
        after = self.source.settings.close_after
        if after is not None:
            self.tools.journal.later(self.source.name, self.key, replace(notice, text="", members=()), at + after)


def _is_untouched(issue: Issue) -> bool:
    """Whether no person did or said anything about it."""
    said = any(not comment.ours and not comment.author.bot for comment in issue.comments)
    return not said and not issue.assignees and not any(not event.actor.bot for event in issue.events)


def _told(record: AlertRecord, notice: Notice, at: datetime) -> AlertRecord:
    """Return what is known after a notice. What is not listed fires on only where the list is not whole."""
    listed = {digest_of(one.id): one.name for one in notice.members if one.firing}
    ended = {digest_of(one.id): one.name for one in notice.members if not one.firing}
    firing = listed if notice.complete else {**record.firing, **listed}
    left = {one: name for one, name in firing.items() if one not in ended or one in listed}
    gone = [ended.get(one) or name for one, name in record.firing.items() if one not in left]
    return record.heard(left, gone, at, notice.caution)
