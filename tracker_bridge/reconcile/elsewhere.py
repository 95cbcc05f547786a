"""
Other projects than the one that an incident is in: whether the bridge may write there for it, and for whom.

Nothing goes where more people can read it, into a project that is not served, or there for somebody who may not do
the same.
"""

from collections.abc import Mapping

from tracker_bridge.domain.issue.changes import LinkedIssueSpec
from tracker_bridge.domain.issue.elsewhere import Visibility, closedness
from tracker_bridge.domain.issue.issue import Access, Issue, IssueRef, Person
from tracker_bridge.domain.issue.thread_context import LinkProblem
from tracker_bridge.trackers import Denied, Gone, Tracker, Visible

_BARRED = LinkProblem(barred=True)


class Elsewhere:
    """Knows the trackers."""

    def __init__(self, trackers: Mapping[str, Tracker]) -> None:
        self._trackers = trackers

    def problem(self, issue: Issue, project: str, asker: Person, least: Access) -> LinkProblem | None:
        """Return why nothing of ``issue`` goes into a project for ``asker``, who needs ``least`` there."""
        tracker = self._trackers[issue.ref.tracker]
        if not tracker.serves(project) or asker.id <= 0 or not isinstance(tracker, Visible):
            return _BARRED
        try:
            access = tracker.access(IssueRef(issue.ref.tracker, project, issue.ref.number), asker)
        except (Gone, Denied):
            return _BARRED
        return _BARRED if access < least else None

    def exposed(self, issue: Issue, project: str) -> LinkProblem | None:
        """
        Return why nothing of ``issue`` goes into a project whatever is opened there, if so.

        What is opened for a confidential issue is confidential; for all others, the project tells who reads it.
        """
        tracker = self._trackers[issue.ref.tracker]
        if not tracker.serves(project) or not isinstance(tracker, Visible):
            return _BARRED
        if issue.confidential:
            return None
        here = self._seen(issue.ref.tracker, issue.ref.project, Visibility.PRIVATE)
        return (
            LinkProblem(exposed=True) if self._seen(issue.ref.tracker, project, Visibility.PUBLIC) < here else None
        )

    def seen_by_all(self, issue: Issue, project: str) -> LinkProblem | None:
        """Return why a project is not private, seen from ``issue``, if so."""
        if not self._trackers[issue.ref.tracker].serves(project):
            return _BARRED
        seen = self._seen(issue.ref.tracker, project, Visibility.PUBLIC)
        here = self._seen(issue.ref.tracker, issue.ref.project, Visibility.PUBLIC)
        return None if seen is Visibility.PRIVATE or seen > here else LinkProblem(exposed=True)

    def stays_open(self, issue: Issue, opening: LinkedIssueSpec) -> bool:
        """Whether what was opened for ``issue`` may still be brought up to date."""
        if opening.public:
            return self._trackers[issue.ref.tracker].serves(opening.project)
        return not (opening.project and self.exposed(issue, opening.project))

    def compared(self, here: Issue, away: Issue) -> int:
        """Return how much more closed ``away`` is, less than 0 where more people can read it."""
        if here.ref.project == away.ref.project:
            return away.confidential - here.confidential
        tracker = here.ref.tracker
        mine = closedness(
            self._seen(tracker, here.ref.project, Visibility.PRIVATE), confidential=here.confidential
        )
        other = self._seen(tracker, away.ref.project, Visibility.PUBLIC)
        return closedness(other, confidential=away.confidential) - mine

    def _seen(self, tracker: str, project: str, unknown: Visibility) -> Visibility:
        """Return who may see a project; what is not told is taken for what gives nothing away."""
        known = self._trackers[tracker]
        try:
            return known.visibility(project) if isinstance(known, Visible) else unknown
        except (Gone, Denied):
            return unknown
