"""Many incidents, read side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from tracker_bridge.cli.errors import Failed, in_plain_words
from tracker_bridge.cli.progress import Progress
from tracker_bridge.cli.reading import each, through_limits
from tracker_bridge.cli.refs import every_project, find_project
from tracker_bridge.cli.session import Session
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.conditions import services
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.trackers import Gone, TrackerError


@dataclass(frozen=True, slots=True)
class Cases:
    """What was found in ``projects``; ``unread`` could not be read."""

    projects: tuple[str, ...]
    found: tuple[Case, ...]
    unread: tuple[str, ...]

    def complain(self) -> None:
        """Raise :class:`Failed` when something could not be read."""
        if self.unread:
            named = ", ".join(self.unread)
            raise Failed(f"{len(self.unread)} could not be read, and are not counted: {named}")


def read_cases(
    session: Session, named: Iterable[str], since: datetime, progress: Progress, *, shown: bool = False
) -> Cases:
    """
    Read every incident of the projects ``named``, of all without a name, that has changed since.

    ``shown``: all that the status page shows is wanted, so what is open as well, and planned work.
    """
    found = [find_project(text, session.settings) for text in named] or every_project(session.bridge.trackers)
    projects = tuple(dict.fromkeys(found))
    refs: list[IssueRef] = []
    for tracker, project in projects:
        name = f"{tracker}:{project}"
        progress(f"checking {name}")
        refs += through_limits(name, partial(_incidents, session, tracker, project, since, shown=shown), progress)
    cases: list[Case] = []
    unread: list[str] = []
    for number, (ref, decision) in enumerate(each(refs, session.decide, progress), 1):
        progress(f"{number}/{len(refs)} {ref}")
        if isinstance(decision, Gone):
            continue  # deleted, or moved, since the list was made
        if isinstance(decision, TrackerError):
            progress(f"{ref}: {in_plain_words(decision)}")
            unread.append(str(ref))
            continue
        service = services(decision.issue.labels, decision.incident.rules.service_label)
        issue = decision.issue
        cases.append(Case(decision.incident, service, issue.confidential, issue.closed_at))
    return Cases(tuple(f"{tracker}:{project}" for tracker, project in projects), tuple(cases), tuple(unread))


def _incidents(session: Session, tracker: str, project: str, since: datetime, *, shown: bool) -> list[IssueRef]:
    """Return every issue that wears the label, of now or before; what was declared since has changed since."""
    found = session.bridge.trackers[tracker]
    wanted = session.bridge.shown_labels if shown else session.bridge.labels
    labels = wanted(tracker, project, datetime.now(UTC))
    changed = {ref for one in labels for ref in found.changed(project, since=since, label=one, labelled=True)}
    still_open = {ref for one in labels if shown for ref in found.changed(project, since=None, label=one)}
    return sorted(changed | still_open)
