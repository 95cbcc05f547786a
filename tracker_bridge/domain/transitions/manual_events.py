"""
What people do by hand counts as input: labels put and taken, the issue closed and opened again, its type and its
native severity set.

The tracker tells who did it and when. The bot's own manual events are left out by the tracker before they come
here.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.incident.people import Conflict
from tracker_bridge.domain.incident.roles import Role
from tracker_bridge.domain.incident.rules import Severity
from tracker_bridge.domain.incident.timeline import Kind, entry_of
from tracker_bridge.domain.issue.changes import REPEATS, key_of, kind_of_key
from tracker_bridge.domain.issue.issue import Closed, EventType, Issue, IssueEvent, Reference
from tracker_bridge.domain.issue.native import Capability
from tracker_bridge.domain.issue.origin import Origin
from tracker_bridge.domain.transitions.fixing import resolve
from tracker_bridge.domain.transitions.lifecycle import cancel, declare, reopen

_EXCHANGED: Final = timedelta(minutes=1)
"""
Within this time one label is exchanged for another, and neither of the two manual events is about no severity.
"""


def apply_manual_event(incident: Incident, event: IssueEvent) -> Incident:
    """Apply one manual event; what says nothing about an incident changes nothing."""
    origin = Origin("", 0, event.at, event.actor.login, incident.url, by_hand=True, by_id=event.actor.id)
    match event.type:
        case EventType.LABELED:
            return _labeled(incident, event, origin)
        case EventType.UNLABELED:
            return _unlabeled(incident, event, origin)
        case EventType.CLOSED if incident.active:
            return _closed(incident, event, origin)
        case EventType.REOPENED if incident.exists and not incident.active:
            return reopen(incident, origin)
        case EventType.TYPED | EventType.RATED:
            return _native(incident, event, origin)
    return incident


def _closed(incident: Incident, event: IssueEvent, origin: Origin) -> Incident:
    """Closed as not planned, or as a duplicate, it was no incident of its own, and counts in no statistic."""
    if event.closed_as in (Closed.NOT_PLANNED, Closed.DUPLICATE):
        ended = cancel(incident, origin, "")
        end = ended.timeline[-1]
        told = replace(end, what=event.closed_as.value)
        return replace(ended, timeline=ended.timeline.exchanging(end, told))
    return resolve(incident, origin)


def apply_merge(incident: Incident, change: Reference) -> Incident:
    """Put a change that was merged into the timeline, or taken back by another."""
    if change.merged_at is None:
        return incident
    incident = _conflicting(incident, change)
    back = change.title.startswith("Revert")
    origin = Origin("", 0, change.merged_at, change.author.login, change.url, by_id=change.author.id)
    return incident.having(
        entry_of(origin, Kind.CHANGE_REVERTED if back else Kind.CHANGE_MERGED, text=change.title)
    )


def _conflicting(incident: Incident, change: Reference) -> Incident:
    """A tester who was not known to work on the fix does so by this change: they are told, once (S20, S107)."""
    who, login = change.author, change.author.login.casefold()
    known = replace(incident, work=replace(incident.work, changes=())).technical | {
        one.who.login.casefold() for one in incident.people.conflicts
    }
    if not incident.active or not incident.people.holds(who, Role.TESTER) or login in known:
        return incident
    return replace(
        incident,
        people=replace(incident.people, conflicts=(*incident.people.conflicts, Conflict(who, change.url))),
    )


def _labeled(incident: Incident, event: IssueEvent, origin: Origin) -> Incident:
    if incident.rules.is_incident_label(event.label):
        if not incident.exists:
            return declare(incident, origin, event.actor)
        if incident.ending.unlabeled and not incident.active:
            incident = reopen(incident, origin)
        return replace(incident, ending=replace(incident.ending, unlabeled=False))
    severity = incident.rules.severity(event.label)
    return incident if severity is None else _classified(incident, severity, origin)


def _native(incident: Incident, event: IssueEvent, origin: Origin) -> Incident:
    """Take what was set in the forge's own fields, as far as this team uses them."""
    if event.type is EventType.RATED:
        return _rated(incident, event, origin) if Capability.SEVERITY in incident.rules.native_fields else incident
    declaring = Capability.TYPE in incident.rules.native_fields and not incident.exists
    return declare(incident, origin, event.actor) if declaring else incident


def _rated(incident: Incident, event: IssueEvent, origin: Origin) -> Incident:
    """A native severity has four steps: one that the severity of now shows as well changes nothing."""
    severity = incident.rules.severity_of_rank(event.rank)
    if incident.rules.rank(incident.severity) == incident.rules.rank(severity):
        return incident
    return _unclassified(incident, origin) if severity is None else _classified(incident, severity, origin)


def _classified(incident: Incident, severity: Severity, origin: Origin) -> Incident:
    if severity == incident.severity:
        return incident
    if not incident.exists:
        return replace(incident, severity=severity)
    entry = entry_of(origin, Kind.SEVERITY, what=severity.name)
    last = incident.timeline[-1] if incident.timeline else None
    taken_off = last and (last.kind, last.what, last.author) == (Kind.SEVERITY, "", entry.author)
    if last and taken_off and origin.at - last.recorded_at <= _EXCHANGED:
        incident = replace(incident, timeline=incident.timeline.without(last))
    return incident.having(entry, severity=severity)


def _unlabeled(incident: Incident, event: IssueEvent, origin: Origin) -> Incident:
    if incident.rules.is_incident_label(event.label):
        off = replace(incident, ending=replace(incident.ending, unlabeled=True))
        return cancel(off, origin, "") if incident.active else off
    severity = incident.rules.severity(event.label)
    if severity is None or severity != incident.severity:
        return incident
    return _unclassified(incident, origin)


def _unclassified(incident: Incident, origin: Origin) -> Incident:
    """Take the severity off: an event without one, so that the timeline does not go on telling the last."""
    if not incident.exists or incident.severity is None:
        return replace(incident, severity=None)
    return incident.having(entry_of(origin, Kind.SEVERITY), severity=None)


def unexplained_deeds(issue: Issue, incident: Incident) -> list[IssueEvent]:
    """
    Return manual events for what the issue shows although nothing in the thread explains it: labels, type,
    severity.

    What is there counts. A tracker may not tell who set it while opening the issue, and the command that began the
    incident may have been deleted since: then the author did it, at the opening. A severity that we put there
    ourselves, for a command that is gone, nobody said. What we opened twice is no incident for that.
    """
    if issue.author.id == issue.viewer.id and kind_of_key(key_of(issue.body) or "") == REPEATS:
        return []
    rules, at, opener = incident.rules, issue.created_at, issue.opener
    found = [label for label in issue.labels if not incident.exists and rules.is_incident_label(label)]
    by_others = issue.author.id != issue.viewer.id  # what we opened got its labels from us, for somebody else
    said = issue.labels - issue.own_labels if by_others else issue.labels
    classifying = [label for label in sorted(said) if rules.severity(label)][:1]
    typed = issue.typed and not incident.exists and Capability.TYPE in rules.native_fields
    begins = typed or bool(found)
    if incident.severity is None and not begins:  # a command that waits for the beginning may explain it
        found += classifying
    missing = [IssueEvent(at, opener, EventType.LABELED, label) for label in found]
    if typed:
        missing.append(IssueEvent(at, opener, EventType.TYPED))
    known = {rules.rank(rules.severity(one.what)) for one in incident.timeline.of(Kind.SEVERITY)}
    rated = issue.rank not in {0, *known} and incident.severity is None and not classifying and not begins
    if rated and not (by_others and issue.own_rank) and Capability.SEVERITY in rules.native_fields:
        missing.append(IssueEvent(at, opener, EventType.RATED, rank=issue.rank))
    return missing
