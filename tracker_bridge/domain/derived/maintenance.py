"""
What everyone may know of planned work: when, on what, and the words that were said for them.

It is public because the label of its issue says so. A confidential issue is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker_bridge.domain.derived.public import (
    CANCELLED,
    COMPLETED,
    IN_PROGRESS,
    SCHEDULED,
    PageRules,
    PublicMaintenance,
    PublicStatus,
    PublicUpdate,
    first_sentence,
    opaque,
    public_incident,
    shown_components,
    status_of,
)
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.maintenance import Maintenance, Step

_STATES: Final = {
    Step.SCHEDULED: SCHEDULED,
    Step.BEGUN: IN_PROGRESS,
    Step.DONE: COMPLETED,
    Step.CANCELLED: CANCELLED,
}


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """What is public of it, whatever time it is. ``closed_at`` is when its issue was closed."""

    id: str
    components: tuple[str, ...]
    plan: Maintenance
    closed_at: datetime | None

    def at(self, now: datetime) -> PublicMaintenance:
        """Return how it stands at that time."""
        begin, end, state = self._stands(now)
        plan = self.plan
        updates = tuple(self._update(number) for number in range(len(plan.words) - 1, -1, -1))
        name = first_sentence(plan.words[0].lines)
        return PublicMaintenance(self.id, name, self.components, state, begin, end, plan.announced, updates)

    def _stands(self, now: datetime) -> tuple[datetime, datetime, str]:
        plan, closed = self.plan, self.closed_at
        if plan.step is Step.CANCELLED:
            return plan.begin, plan.end, CANCELLED
        if closed is not None and closed <= plan.begin:
            return plan.begin, plan.end, CANCELLED
        end = min(plan.end, closed or plan.end)
        if plan.step is Step.DONE or now >= end:
            return plan.begin, end, COMPLETED
        return plan.begin, end, IN_PROGRESS if now >= plan.begin else SCHEDULED

    def _update(self, number: int) -> PublicUpdate:
        """Words without a step of their own are those of the step that held then."""
        said = self.plan.words[number]
        steps = [one.step for one in self.plan.words[: number + 1] if one.step]
        state = _STATES[steps[-1]] if steps else SCHEDULED
        if said.step is None and state == SCHEDULED and said.at >= self.plan.begin:
            state = IN_PROGRESS
        return PublicUpdate(opaque(self.id, said.id), said.at, said.lines, state)


def public_page(cases: Iterable[Case], at: datetime, rules: PageRules) -> PublicStatus:
    """Return what everyone may know of incidents and planned work at that time."""
    every = tuple(cases)
    incidents = [one for case in every if (one := public_incident(case, rules)) is not None]
    planned = [work.at(at) for case in every if (work := planned_work(case, rules)) is not None]
    return status_of(incidents, planned, at, rules)


def planned_work(case: Case, rules: PageRules) -> PlannedWork | None:
    """Return what is public of an issue's planned work; ``None`` for nothing."""
    incident, plan = case.incident, case.incident.maintenance
    label = incident.rules.maintenance_label.casefold()
    labelled = any(one.casefold() == label for one in incident.labels)
    if plan is None or not plan.words or case.confidential or not labelled:
        return None
    ref = incident.ref
    name = opaque("maintenance", ref.tracker, ref.project, str(ref.number), str(incident.created_at))
    return PlannedWork(name, shown_components(case.services, rules), plan, case.closed_at)
