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

from tracker_bridge.domain.fold.command import Commands
from tracker_bridge.domain.fold.judging import Judge, needed
from tracker_bridge.domain.fold.losing import BEGUN
from tracker_bridge.domain.incident.incident import Incident, Report
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import NOBODY, Access, Deed, Happening, Issue, Person
from tracker_bridge.domain.issue.native import Ability
from tracker_bridge.domain.transitions.deeds import apply_deed

LABELLED: Final = "labelled.0"
REPORTED: Final = "reported.0"
"""Acts that remember whether the issue's opening alone made it an incident: rights that change later do not."""

_WITH_IT: Final = timedelta(minutes=1)
"""How late a tracker may date what came with the opening; nobody without the right can label after it."""


@dataclass(slots=True)
class Openings:
    """
    What is done to an issue by hand, and what of it came with the opening.

    ``unexplained``: nothing that is still there explains why it is an incident. ``acts`` are to be remembered.
    ``unknown``: whose access must be looked up before that can be told.
    """

    issue: Issue
    commands: Commands
    judge: Judge
    unexplained: bool
    acts: set[str] = field(default_factory=set)
    unknown: Person | None = None

    def apply(self, incident: Incident, deed: Happening) -> Incident:
        """Apply the deed; what would begin an incident, and is in doubt, makes a report."""
        if incident.exists or not self._came_with_it(deed, incident.rules):
            return apply_deed(incident, deed)
        act = self._judged(incident.rules)
        self.acts.add(act)
        if act == LABELLED:
            return apply_deed(incident, deed)
        if self.unexplained and BEGUN in self.judge.receipts.acts:
            return apply_deed(incident, replace(deed, actor=NOBODY))
        return reported(incident, Report(deed.actor.login, self.issue.url, deed.at))

    def _came_with_it(self, deed: Happening, rules: Rules) -> bool:
        labels = deed.deed is Deed.LABELED and rules.is_incident_label(deed.label)
        types = deed.deed is Deed.TYPED and Ability.TYPE in rules.native
        opener = self.issue.opener
        by_opener = deed.actor.id == opener.id and not opener.bot
        return (labels or types) and by_opener and deed.at - self.issue.created_at <= _WITH_IT

    def _judged(self, rules: Rules) -> str:
        for act in (LABELLED, REPORTED):
            if act in self.judge.receipts.acts:
                return act
        if not rules.confirm_reports:
            return LABELLED
        author = self.issue.author
        if author.id not in self.judge.access:
            self.unknown = author
        access = self.judge.access.get(author.id, Access.NONE)
        right = access >= needed(self.commands["declare"], rules)
        began = self.unexplained and self.judge.traces.worked  # our comments say that it was one, and nothing else
        return LABELLED if right or began else REPORTED


def reported(incident: Incident, report: Report) -> Incident:
    """Take the first report; there is one comment about all of them."""
    if incident.exists or incident.report or not incident.rules.confirm_reports:
        return incident
    return replace(incident, report=report)
