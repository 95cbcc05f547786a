"""
Reports: somebody who may not declare an incident says that there is one.

A report is no incident. It has no roles, no rights and no reminders, until somebody who may declare it does. Only
two things are a report: the word ``declare``, and a label (or the forge's own type) that came with the issue. One
that is put later was put by somebody whom the forge lets label, and an App or a bot that opens issues was let in
by the project's owners.
"""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.fold.authorization import Authorizer, needed
from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.fold.lost_receipts import BEGUN
from tracker_bridge.domain.incident.incident import Incident, Report
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import NOBODY, Access, EventType, Issue, IssueEvent, Person
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.domain.transitions.manual_events import apply_manual_event

LABELLED: Final = "labelled.0"
REPORTED: Final = "reported.0"
"""Acts that remember whether the issue's opening alone made it an incident: rights that change later do not."""

_WITH_IT: Final = timedelta(minutes=1)
"""How late a tracker may date what came with the opening; nobody without the right can label after it."""


@dataclass(slots=True)
class Openings:
    """
    What is done to an issue by hand, and what of it came with the opening.

    ``unexplained``: nothing that is still there explains why it is an incident. ``once_keys`` are to be
    remembered. ``unknown``: whose access must be looked up before that can be told.
    """

    issue: Issue
    commands: Commands
    authorizer: Authorizer
    unexplained: bool
    once_keys: set[str] = field(default_factory=set)
    unknown: Person | None = None

    @property
    def settled(self) -> bool:
        """Whether all of it was judged at an earlier reconcile."""
        return self.unknown is None and self.once_keys <= self.authorizer.receipts.once_keys

    def apply(self, incident: Incident, event: IssueEvent) -> Incident:
        """Apply the manual event; what would begin an incident, and is in doubt, makes a report."""
        if incident.exists or not self._came_with_it(event, incident.rules):
            return apply_manual_event(incident, event)
        once_key = self._judged(incident.rules)
        self.once_keys.add(once_key)
        if once_key == LABELLED:
            return apply_manual_event(incident, event)
        if self.unexplained and BEGUN in self.authorizer.receipts.once_keys:
            return apply_manual_event(incident, replace(event, actor=NOBODY))
        return reported(incident, Report(event.actor.login, self.issue.url, event.at))

    def _came_with_it(self, event: IssueEvent, rules: Rules) -> bool:
        labels = event.type is EventType.LABELED and rules.is_incident_label(event.label)
        types = event.type is EventType.TYPED and Capability.TYPE in rules.native_fields
        opener = self.issue.opener
        by_opener = event.actor.id == opener.id and not opener.bot
        return (labels or types) and by_opener and event.at - self.issue.created_at <= _WITH_IT

    def _judged(self, rules: Rules) -> str:
        for once_key in (LABELLED, REPORTED):
            if once_key in self.authorizer.receipts.once_keys:
                return once_key
        if not rules.confirm_reports:
            return LABELLED
        author = self.issue.author
        if author.id not in self.authorizer.access:
            self.unknown = author
        access = self.authorizer.access.get(author.id, Access.NONE)
        right = access >= needed(self.commands["declare"], rules)
        began = (
            self.unexplained and self.authorizer.traces.worked
        )  # our comments say that it was one, and nothing else
        return LABELLED if right or began else REPORTED


def reported(incident: Incident, report: Report) -> Incident:
    """Take the first report; there is one comment about all of them."""
    if incident.exists or incident.report or not incident.rules.confirm_reports:
        return incident
    return replace(incident, report=report)
