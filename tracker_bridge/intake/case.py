"""
One alert, or one group of them, and its incident: what becomes of news.

What is known is in the tracker: which alerts fire stands signed in the text of the issue. Editing that mails
nobody, and the reconcile that follows tells it in the thread.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker_bridge.alerts.notice import Member, Notice
from tracker_bridge.domain.issue.alert_record import AlertRecord, Step, digest_of
from tracker_bridge.domain.issue.issue import Issue
from tracker_bridge.intake.kept import Kept
from tracker_bridge.intake.place import Place, Tools
from tracker_bridge.intake.sources import Source
from tracker_bridge.intake.texts import title_for

STORM: Final = timedelta(minutes=10)
"""In this time a source opens as many incidents as its settings allow; then one stands for all others."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known by one key of one source. Every verb raises as the tracker does, and may be done twice."""

    tools: Tools
    source: Source
    key: str
    place: Place

    @property
    def kept(self) -> Kept:
        """The issue that keeps it."""
        return Kept(self.tools, self.source, self.key, self.place)

    def tell(self, notice: Notice, at: datetime) -> None:
        """Bring the incident up to date; open one for what fires and has none."""
        kept = self.kept
        issue = kept.found(at)
        record = kept.record(issue)
        if issue is None or record is None:
            if notice.firing:
                self._open(notice, at)
            elif not self._stands_for_many:
                self._leave_to_storm(notice, at)
            return
        if self._stands_for_many and not notice.firing and not _lists(record, notice):
            return
        told = _told(record, notice, at)
        anew = bool(told.firing.keys() - record.firing.keys())
        if anew and not issue.open and not self._goes_on(record, at):
            self._open(notice, at, before=issue.ref.number)
            return
        kept.write(issue, record, told, at)
        if told.last is not None and told.last.step is Step.CLEARED and told.steps != record.steps:
            self._check_later(notice, at)

    def end(self, at: datetime) -> None:
        """End an incident that nobody touched, if no alert has fired for as long as the settings say."""
        kept, after = self.kept, self.source.settings.close_after
        issue = kept.found(at)
        record = kept.record(issue)
        if issue is None or record is None or after is None or not issue.open or record.last is None:
            return
        clear = record.last.step is Step.CLEARED and at - record.last.at >= after
        if clear and _is_untouched(issue) and self.tools.bridge.decide(issue, at).incident.active:
            kept.write(issue, record, record.closed(at), at)

    def _goes_on(self, record: AlertRecord, at: datetime) -> bool:
        """Whether a closed incident is this one still: the bridge ended it, a short while ago."""
        last = record.last
        ended = last is not None and last.step is Step.CLOSED
        return ended and last is not None and at - last.at <= self.source.settings.reopen_within

    def _open(self, notice: Notice, at: datetime, *, before: int = 0) -> None:
        many = self.tools.journal.opened_since(self.source.name, at - STORM) >= self.source.settings.max_new
        if not self._stands_for_many and (many or self._in_storm(notice, at)):
            self._leave_to_storm(notice, at)
            return
        self.kept.open(notice, _told(AlertRecord(self.source.name, before=before), notice, at), at)

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
        """
        Whether it is listed where many are: then it has no incident of its own, also when the storm is over.

        The journal may have been lost since: then the tracker knows which incident that is.
        """
        kept = replace(self, key=self.source.storm_key).kept
        record = kept.record(kept.found(at))
        return record is not None and _lists(record, self._of_storm(notice, at))

    def _of_storm(self, notice: Notice, at: datetime) -> Notice:
        """Return what an alert is to the one incident that stands for all that come in a storm."""
        return Notice(
            key="storm",
            title=f"Many alerts of {self.source.name} at once",
            members=(Member(self.key, notice.firing, title_for(notice, 100), at),),
            text="More alerts came in ten minutes than may become incidents of their own. They are listed below.",
            complete=False,
        )

    def _check_later(self, notice: Notice, at: datetime) -> None:
        after = self.source.settings.close_after
        if after is not None:
            self.tools.journal.later(self.source.name, self.key, replace(notice, text="", members=()), at + after)


def _lists(record: AlertRecord, notice: Notice) -> bool:
    return any(digest_of(one.id) in record.firing for one in notice.members)


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
