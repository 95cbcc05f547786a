"""
What people do by hand counts as input: labels put and taken, the issue closed and opened again.

The tracker tells who did it and when. The bot's own deeds are left out by the tracker before they come here.
"""

from dataclasses import replace

from tracker_bridge.domain.incident import Incident
from tracker_bridge.domain.issue import Deed, Happening, Issue, Reference
from tracker_bridge.domain.lifecycle import cancel, declare, reopen, resolve
from tracker_bridge.domain.timeline import Cause, Kind, entry_of


def apply_deed(incident: Incident, deed: Happening) -> Incident:
    """Apply one deed; what says nothing about an incident changes nothing."""
    cause = Cause("", 0, deed.at, deed.actor.login, incident.url, by_hand=True)
    match deed.deed:
        case Deed.LABELED:
            return _labeled(incident, deed, cause)
        case Deed.UNLABELED:
            return _unlabeled(incident, deed, cause)
        case Deed.CLOSED if incident.active:
            return resolve(incident, cause)
        case Deed.REOPENED if incident.exists and not incident.active:
            return reopen(incident, cause)
    return incident


def apply_merge(incident: Incident, change: Reference) -> Incident:
    """Put a change that was merged into the timeline, or taken back by another."""
    if change.merged_at is None:
        return incident
    back = change.title.startswith("Revert")
    cause = Cause("", 0, change.merged_at, change.author.login, change.url)
    return incident.having(
        entry_of(cause, Kind.CHANGE_REVERTED if back else Kind.CHANGE_MERGED, text=change.title)
    )


def _labeled(incident: Incident, deed: Happening, cause: Cause) -> Incident:
    if incident.rules.is_incident_label(deed.label):
        if not incident.exists:
            return declare(incident, cause, deed.actor)
        if incident.unlabeled and not incident.active:
            return replace(reopen(incident, cause), unlabeled=False)
        return replace(incident, unlabeled=False)
    severity = incident.rules.severity(deed.label)
    if severity is None or severity == incident.severity:
        return incident
    if not incident.exists:
        return replace(incident, severity=severity)
    return incident.having(entry_of(cause, Kind.SEVERITY, what=severity.name), severity=severity)


def _unlabeled(incident: Incident, deed: Happening, cause: Cause) -> Incident:
    if incident.rules.is_incident_label(deed.label):
        off = replace(incident, unlabeled=True)
        return cancel(off, cause, "") if incident.active else off
    severity = incident.rules.severity(deed.label)
    if severity is None or severity != incident.severity:
        return incident
    return replace(incident, severity=None)


def unexplained_deeds(issue: Issue, incident: Incident) -> list[Happening]:
    """
    Return deeds for labels that are there although nothing in the thread explains them.

    A label that is there counts. A tracker may not tell who put it while opening the issue, and the command
    that asked for it may have been deleted since: then the author put it, at the opening.
    """
    rules = incident.rules
    missing = [label for label in issue.labels if not incident.exists and rules.is_incident_label(label)]
    if incident.severity is None:
        missing += [label for label in sorted(issue.labels) if rules.severity(label)][:1]
    return [Happening(issue.created_at, issue.opener, Deed.LABELED, label) for label in missing]
