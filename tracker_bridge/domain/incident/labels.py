"""
The labels that a project needs (S25), and what is missing for that.

Only the labels of the team's own scale are wanted: others are never touched, nothing is deleted or renamed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tracker_bridge.domain.incident.rules import Rules

INCIDENT_COLOR: Final = "5b21b6"
ACTION_COLOR: Final = "0f766e"
RECORD_COLOR: Final = "57534e"
MAINTENANCE_COLOR: Final = "1e40af"
SEVERITY_COLORS: Final = ("b60205", "c2410c", "854d0e", "1d4ed8", "475569")
"""
Worst first, the last for all that follow.

All are so dark that both forges print white on them, with a contrast of 4.5 or better. GitHub does below a
lightness of 0.453, GitLab up to a sum of 500.
"""

_MAX_DESCRIPTION: Final = 100
"""What GitHub takes. https://docs.github.com/en/rest/issues/labels#create-a-label"""


@dataclass(frozen=True, slots=True)
class ProjectLabel:
    """
    A label of a project. ``color`` is six hex digits in lower case, without ``#``.

    ``inherited``: it belongs to a group above the project (GitLab), and is not the project's to change.
    """

    name: str
    color: str
    description: str = ""
    inherited: bool = False


@dataclass(frozen=True, slots=True)
class PutLabel:
    """Make a label, or give the one of that name the colour and description of ``label``."""

    label: ProjectLabel
    new: bool


def wanted_labels(rules: Rules) -> tuple[ProjectLabel, ...]:
    """Return the labels by which incidents are known and classified, with what they mean."""
    last = len(SEVERITY_COLORS) - 1
    wanted = [
        ProjectLabel(rules.incident_label, INCIDENT_COLOR, "Something is down and being worked on"),
        ProjectLabel(rules.action_label, ACTION_COLOR, "Follow-up work so that an incident does not happen again"),
        ProjectLabel(rules.record_label, RECORD_COLOR, "A record of incidents: a long timeline, a month's report"),
        ProjectLabel(
            rules.maintenance_label, MAINTENANCE_COLOR, "Planned work that the public status page announces"
        ),
    ]
    wanted += [
        ProjectLabel(one.label, SEVERITY_COLORS[min(step, last)], _short(one.meaning))
        for step, one in enumerate(rules.severities)
    ]
    return tuple(wanted)


def label_changes(wanted: Iterable[ProjectLabel], there: Iterable[ProjectLabel]) -> tuple[PutLabel, ...]:
    """
    Return what is to be done; nothing when it is done.

    A label that differs by case only is the same one, and keeps its name. An inherited one stays as it is.
    """
    known: dict[str, ProjectLabel] = {}
    for label in there:
        before = known.get(label.name.casefold())
        if before is None or before.inherited:
            known[label.name.casefold()] = label
    changes = []
    for label in wanted:
        found = known.get(label.name.casefold())
        if found is None:
            changes.append(PutLabel(label, new=True))
        elif not found.inherited and found != replace(label, name=found.name):
            changes.append(PutLabel(replace(label, name=found.name), new=False))
    return tuple(changes)


def _short(meaning: str) -> str:
    return meaning if len(meaning) <= _MAX_DESCRIPTION else meaning[: _MAX_DESCRIPTION - 1].rstrip() + "…"
