"""A report for each month, kept as an issue of its project: opened once, and corrected when its incidents are."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from tracker_bridge.cli import opening
from tracker_bridge.cli.cases import Cases
from tracker_bridge.cli.changes import differences
from tracker_bridge.cli.errors import Failed
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.reading import through_limits
from tracker_bridge.cli.session import Session
from tracker_bridge.domain.derived.months import Month, month_report
from tracker_bridge.domain.derived.report import Report
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.blocks import Block
from tracker_bridge.domain.issue.changes import REPEATS, Change, Describe, Document, Open, shared
from tracker_bridge.domain.issue.gate import UnsafeText, check
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.rendering.reports import month_text, repeated_text
from tracker_bridge.serving.alone import alone
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Applied

_MARKS = 200
"""Characters of the hidden lines around the text."""


@dataclass(frozen=True, slots=True)
class Posting:
    """The months whose reports are kept. The last one is opened; of those before only what was opened is kept."""

    session: Session
    months: tuple[Month, ...]
    now: datetime
    progress: Progress
    dry: bool
    _opened: list[tuple[IssueRef, Open]] = field(default_factory=list)

    def keep(self, cases: Cases) -> Iterator[str]:
        """Bring the issues of every project up to date; yield what was done, or would be."""
        for name in cases.projects:
            tracker, _, project = name.partition(":")
            if any(one.startswith(f"{name}#") for one in cases.unread):
                yield f"{name}: left as it is, since not all of it could be read"
                continue
            mine = [
                c for c in cases.found if (c.incident.ref.tracker, c.incident.ref.project) == (tracker, project)
            ]
            ref, quiet = IssueRef(tracker, project, 0), True
            for month in self.months:
                for line in self._keep(ref, month, month_report(month, mine, name, self.now)):
                    quiet = False
                    yield line
            if quiet:
                words = self.months[-1].words
                yield f"{name}: nothing to post (no incidents in {words} that are not confidential)"
        yield from self._settled()

    def _keep(self, ref: IssueRef, month: Month, report: Report) -> Iterator[str]:
        tracker = self.session.bridge.trackers[ref.tracker]
        rules = self.session.rules(ref.tracker, ref.project)
        room = tracker.max_body - _MARKS
        document = shared(month.key, [Block("report", month_text(templates_folder(), report, room))])
        self._check(document, rules, tracker.max_body)
        wish = Open(
            title=f"Incidents in {month.words}",
            document=document,
            labels=frozenset({rules.record_label}),
            confidential=False,
            since=month.ends,
            linked=False,
            make=False,
            ended=True,
        )
        with alone(self.session.settings, f"{ref}{month.key}"):
            found = self._apply(ref, wish).opened
            if found is not None:
                yield from self._correct(found, document, rules)
            elif month == self.months[-1] and report.total.incidents:
                yield from self._open(ref, wish, rules)

    def _open(self, ref: IssueRef, wish: Open, rules: Rules) -> Iterator[str]:
        if self.dry:
            yield f"{ref.tracker}:{ref.project}: would open {wish.title!r}"
            yield from differences("", wish.document)
            return
        applied = self._apply(ref, replace(wish, make=True))
        opened = applied.opened
        if opened is None:
            raise Failed(f"{ref.tracker}:{ref.project}: the tracker did not open {wish.title!r}.")
        if not applied.new:
            yield from self._correct(opened, wish.document, rules)
            return
        yield f"{opened}: opened, {wish.title}"
        self._opened.append((opened, wish))

    def _settled(self) -> Iterator[str]:
        """Look whether another machine opened the same meanwhile, of all at once: the oldest stays."""
        for seconds in opening.LOOKS if self._opened else ():
            opening.sleep(seconds)
            for mine, wish in tuple(self._opened):
                first = opening.given_way(self.session.bridge.trackers[mine.tracker], wish, mine, _repeating)
                if first is not None:
                    self._opened.remove((mine, wish))
                    yield f"{mine}: closed, since {first} was opened at the same time"

    def _correct(self, found: IssueRef, document: Document, rules: Rules) -> Iterator[str]:
        tracker = self.session.bridge.trackers[found.tracker]
        issue = through_limits(str(found), lambda: tracker.read(found), self.progress)
        wanted = document.over(issue.body, issue.body_revisions, issue.viewer.id)
        self._check(wanted, rules, tracker.max_body)
        if wanted.text == issue.body.rstrip():
            yield f"{found}: up to date"
        elif self.dry:
            yield f"{found}: would be corrected"
            yield from differences(issue.body, wanted)
        else:
            self._apply(found, Describe(wanted, read=issue.body))
            yield f"{found}: corrected"

    def _apply(self, ref: IssueRef, change: Change) -> Applied:
        tracker = self.session.bridge.trackers[ref.tracker]
        return through_limits(f"{ref.tracker}:{ref.project}", lambda: tracker.apply(ref, change), self.progress)

    def _check(self, document: Document, rules: Rules, room: int) -> None:
        try:
            check(document, rules.command_prefixes, "", room, self.session.secrets)
        except UnsafeText as unsafe:
            raise Failed(str(unsafe)) from None


def _repeating(number: int) -> Document:
    return Document(f"{REPEATS}:{number}", repeated_text(templates_folder(), number))
