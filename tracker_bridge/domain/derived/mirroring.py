"""
What an incident asks of the forge's own fields.

What was set is remembered as acts, so that people who set a field otherwise by hand are not argued with: it is set
again only when the incident asks for something else.
"""

import zlib
from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.issue.changes import Change
from tracker_bridge.domain.issue.issue import EventType, Issue
from tracker_bridge.domain.issue.native import (
    Advance,
    Capability,
    Fill,
    Milestone,
    Mirror,
    Progress,
    Rate,
    Retype,
)


@dataclass(frozen=True, slots=True)
class Mirroring:
    """``once_keys`` are to be remembered."""

    changes: tuple[Change, ...] = ()
    once_keys: frozenset[str] = frozenset()


_CAPABILITIES: Final = {
    "type": Capability.TYPE,
    "rate": Capability.SEVERITY,
    "status": Capability.STATUS,
    "timeline": Capability.TIMELINE,
    "fill": Capability.FIELDS,
}
"""How acts begin, and what they are about."""


def mirroring(
    incident: Incident,
    issue: Issue,
    milestones: tuple[Milestone, ...],
    before: Set[str],
    can: Set[Capability],
    *,
    later: Set[Capability] = frozenset(),
) -> Mirroring:
    """
    Return what is to be set; ``before`` are the acts of the reconcile before, ``can`` is what there is to be set.

    ``later`` could not be set just now: what was set before goes on being remembered.

    Severity, status and timeline belong to issues of the forge's own type for incidents, and are left alone on
    others.
    """
    if not incident.exists:
        return Mirroring()
    wanted: list[tuple[str, Change, bool]] = []
    can = can - later
    typing = Capability.TYPE in can and incident.phase is not Phase.CANCELLED and "type.1" not in before
    if Capability.TYPE in can and (typing or "type.1" in before):
        wanted.append(("type.1", Retype(), bool(issue.typed)))
    if issue.typed or typing:
        wanted += _fields(incident, issue, milestones, before, can)
    if Capability.FIELDS in can:
        wanted += _own_fields(incident, issue)
    changes = tuple(change for once_key, change, there in wanted if not there and once_key not in before)
    kept = {once_key for once_key in before if _CAPABILITIES.get(once_key.partition(".")[0]) in later}
    return Mirroring(changes, frozenset(once_key for once_key, _, _ in wanted) | kept)


def _fields(
    incident: Incident, issue: Issue, milestones: tuple[Milestone, ...], before: Set[str], can: Set[Capability]
) -> list[tuple[str, Change, bool]]:
    """Return an act, what it takes, and whether the issue shows it already, for each field."""
    fields: list[tuple[str, Change, bool]] = []
    rank, progress = incident.rules.rank(incident.severity), _progress(incident, before)
    if Capability.SEVERITY in can and (rank or any(once_key.startswith("rate.") for once_key in before)):
        fields.append((f"rate.{rank}", Rate(rank), issue.rank == rank))
    if Capability.STATUS in can and progress:
        fields.append((f"status.{progress.value}{_reopened(issue)}", Advance(progress), False))
    if Capability.TIMELINE in can and milestones:
        digest = zlib.crc32(repr([(one.at, str(one.kind), one.text) for one in milestones]).encode())
        fields.append((f"timeline.{digest}", Mirror(milestones), False))
    return fields


def _own_fields(incident: Incident, issue: Issue) -> list[tuple[str, Change, bool]]:
    """The same for a team's own fields that the organisation has as well, for what people said of them."""
    shown = {name.casefold(): value for name, value in issue.fields}
    said = {one.name: one for one in incident.fields if one.by}
    found: list[tuple[str, Change, bool]] = []
    for field in incident.rules.fields:
        if field.issue_field and field.name in said:
            value = said[field.name].value
            digest = zlib.crc32(f"{field.issue_field}={value}".encode())
            there = shown.get(field.issue_field.casefold(), "").casefold() == value.casefold()
            found.append((f"fill.{digest}", Fill(field.issue_field, value), there))
    return found


def _progress(incident: Incident, before: Set[str]) -> Progress | None:
    """
    Somebody who holds a role has seen it; an alert's incident that nobody took up has been triggered only.

    That is so from the beginning; it has to be said only after something else was.
    """
    if incident.phase is Phase.CANCELLED:
        return Progress.IGNORED
    if incident.phase.ended:
        return Progress.RESOLVED
    if incident.people.roles:
        return Progress.ACKNOWLEDGED
    return Progress.TRIGGERED if any(once_key.startswith("status.") for once_key in before) else None


def _reopened(issue: Issue) -> str:
    """
    Tell how often people opened the issue again: GitLab set the status to resolved before, and leaves it there.

    Between two reconciles it may have been closed and opened, without a trace in the incident.
    """
    times = sum(one.type is EventType.REOPENED for one in issue.events)
    return f".{times}" if times else ""


def remembered_lacks(once_keys: Set[str]) -> frozenset[Capability]:
    """Return what a forge turned out to lack, as receipts remember it."""
    known = {f"lacks.{one.value}": one for one in Capability}
    return frozenset(one for once_key, one in known.items() if once_key in once_keys)


def lack_acts(unsupported: Set[Capability]) -> frozenset[str]:
    """Return the acts by which it is remembered."""
    return frozenset(f"lacks.{one.value}" for one in unsupported)
