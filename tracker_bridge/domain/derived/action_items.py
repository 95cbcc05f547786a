"""What is left to do after many incidents, in the order in which it is due (S113)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.postmortem import Action
from tracker_bridge.domain.issue.issue import IssueRef


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An action item that is not done, and its incident; ``confidential``: that one's issue is."""

    incident: Incident
    action: Action
    overdue: bool
    confidential: bool

    @property
    def issue(self) -> IssueRef | None:
        """The issue that was opened for it; ``None`` before."""
        ref, action = self.incident.ref, self.action
        return IssueRef(ref.tracker, action.project or ref.project, action.issue) if action.issue else None


def open_items(incidents: Iterable[tuple[Incident, bool]], now: datetime) -> tuple[OpenItem, ...]:
    """
    Return them with the earliest day first, and those without a day last.

    ``incidents`` come with whether they are confidential. A day is over where the team is.
    """
    found = [
        OpenItem(incident, action, action.overdue(now.astimezone(incident.rules.timezone).date()), confidential)
        for incident, confidential in incidents
        if incident.exists
        for action in incident.follow_up.actions
        if action.open
    ]
    return tuple(sorted(found, key=lambda one: (one.action.due or date.max, one.incident.ref, one.action.number)))
