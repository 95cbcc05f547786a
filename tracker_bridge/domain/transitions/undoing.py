"""
An end that is taken back: the comment that ended the incident is gone, or says something else by now.

What is deleted never happened, so the incident goes on. The issue was closed for that comment and is opened again,
once; the summary that was posted for it stays, and says that it is withdrawn.
"""

from dataclasses import replace
from typing import Final

from tracker_bridge.domain.incident.incident import Incident
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.documents import SUMMARY
from tracker_bridge.domain.issue.issue import Issue
from tracker_bridge.domain.issue.receipts import Receipts

_CLOSED: Final = "close."
_WITHDRAWN: Final = "withdrawn."


def with_end_taken_back(issue: Issue, incident: Incident, receipts: Receipts) -> Incident:
    """Let an incident go on whose issue was closed for a command that is not said any more."""
    ends = {entry.id for entry in incident.timeline if entry.kind.traits.ends}
    told = [
        once_key.partition(".")[2]
        for once_key in sorted(receipts.once_keys)
        if once_key.startswith((_CLOSED, _WITHDRAWN))
    ]
    if not receipts.once_keys:  # they are lost, and the comment that says so tells it all the same
        told = [key.partition(":")[2] for key in map(key_of, _ours(issue)) if key and key.startswith("withdrawn:")]
    gone = next((one for one in told if one not in ends), "")
    if not gone or not incident.active:
        return incident
    summarised = any(one.ours and key_of(one.body) == SUMMARY for one in issue.comments)
    return replace(
        incident,
        ending=replace(
            incident.ending,
            withdrawn=gone,
            resolutions=max(incident.ending.resolutions, int(summarised)),
            wants_open=True,
            open_by=incident.ending.open_by or gone,
        ),
    )


def _ours(issue: Issue) -> list[str]:
    return [one.body for one in issue.comments if one.ours]


def withdrawn_acts(incident: Incident) -> frozenset[str]:
    """Return what is to be remembered of it, for as long as the incident goes on."""
    return frozenset({f"{_WITHDRAWN}{incident.ending.withdrawn}"} if incident.ending.withdrawn else ())
