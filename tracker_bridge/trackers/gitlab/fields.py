"""
GitLab's own fields for incidents: type, severity, status, timeline.

All but the type are told to GraphQL alone. A server that does not offer one, a plan that does not include it and
an account that may not set it all look alike: it is left out.
https://docs.gitlab.com/operations/incident_management/incidents/
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from tracker_bridge.domain.issue import IssueRef, Person
from tracker_bridge.domain.native import Ability, Advance, Milestone, Mirror, NativeChange, Progress, Rate, Retype
from tracker_bridge.domain.timeline import Kind
from tracker_bridge.trackers import DONE, Applied, Busy, TrackerError, lacking
from tracker_bridge.trackers.gitlab.client import Client, issue_path
from tracker_bridge.trackers.gitlab.shapes import (
    INCIDENT,
    SEVERITIES,
    Done,
    Identified,
    Outcome,
    ShownIssue,
    TimelineEvent,
    ToldTimeline,
)

TAGS: Final = {
    Kind.STARTED: "Start time",
    Kind.DETECTED: "Impact detected",
    Kind.DECLARED: "Response initiated",
    Kind.PHASE: "Cause identified",
    Kind.FIXED: "Impact mitigated",
    Kind.RESOLVED: "End time",
}
"""GitLab's own tags, which it makes in a project when they are first used. Of phases, only this one is major."""

AT_ONCE: Final = 20
"""Events that one mutation makes or removes: well under GitLab's limit of complexity."""

EVENTS: Final = """
query($path: ID!, $incident: IssueID!, $after: String) {
  project(fullPath: $path) {
    incidentManagementTimelineEvents(incidentId: $incident, after: $after) {
      nodes { id note occurredAt author { id username } updatedByUser { id username } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
"""https://docs.gitlab.com/api/graphql/reference/#projectincidentmanagementtimelineevents"""

_ABILITIES: Final = {
    Retype: Ability.TYPE,
    Rate: Ability.SEVERITY,
    Advance: Ability.STATUS,
    Mirror: Ability.TIMELINE,
}
_STATUSES: Final = {
    Progress.ACKNOWLEDGED: "ACKNOWLEDGED",
    Progress.RESOLVED: "RESOLVED",
    Progress.IGNORED: "IGNORED",
}


class _Absent(Exception):
    """GitLab answered, and did not do it."""


class Fields:
    """Sets the fields. What is set already is set again, harmlessly."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def apply(self, ref: IssueRef, change: NativeChange, viewer: Person) -> Applied:
        """``viewer`` is the bot's own account, by which its timeline events are found."""
        try:
            match change:
                case Retype():
                    self._retype(ref)
                case Rate(rank=rank):
                    severity = SEVERITIES[rank - 1].upper()
                    self._set(ref, "issueSetSeverity", "IssueSetSeverityInput", severity=severity)
                case Advance(progress=progress):
                    status = _STATUSES[progress]
                    self._set(ref, "issueSetEscalationStatus", "IssueSetEscalationStatusInput", status=status)
                case Mirror(milestones=milestones):
                    self._mirror(ref, milestones, viewer)
        except Busy:
            raise
        except (TrackerError, _Absent):
            return lacking(_ABILITIES[type(change)])
        return DONE

    def _retype(self, ref: IssueRef) -> None:
        """https://docs.gitlab.com/api/issues/#update-an-issue. Whoever may not is not told so."""
        act, path = f"make {ref} an incident", issue_path(ref.project, ref.number)
        if not self._client.put(path, act, {"issue_type": INCIDENT}, ShownIssue).is_incident:
            raise _Absent

    def _set(self, ref: IssueRef, mutation: str, shape: str, **value: str) -> None:
        """https://docs.gitlab.com/api/graphql/reference/#mutationissuesetseverity and the like."""
        sent = {"projectPath": ref.project, "iid": str(ref.number), **value}
        document = f"mutation($input: {shape}!) {{ done: {mutation}(input: $input) {{ errors }} }}"
        outcomes = _check(self._client.mutate(document, f"{mutation} of {ref}", input=sent), ["done"])
        if outcomes["done"].errors:
            raise _Absent

    def _mirror(self, ref: IssueRef, milestones: Sequence[Milestone], viewer: Person) -> None:
        """
        Make what is missing and remove what is not wanted any more, of our own events only.

        One that a person has changed since is theirs.
        """
        act = f"keep the timeline of {ref}"
        issue = self._client.get(issue_path(ref.project, ref.number), act, Identified)
        incident = f"gid://gitlab/Issue/{issue.id}"
        ours = {_mark(e.occurredAt, e.note): e.id for e in self._events(ref, incident, act) if _is_ours(e, viewer)}
        wanted = {_mark(one.at, one.text): one for one in milestones}
        self._change(act, "Destroy", [{"id": id_} for mark, id_ in ours.items() if mark not in wanted])
        made = [_made(incident, one) for mark, one in wanted.items() if mark not in ours]
        refused = self._change(act, "Create", made)
        untagged = [{**one, "timelineEventTagNames": []} for one in refused]  # tags can be renamed and deleted
        if self._change(act, "Create", untagged):
            raise _Absent

    def _events(self, ref: IssueRef, incident: str, act: str) -> Iterator[TimelineEvent]:
        after: str | None = None
        while True:
            told = self._client.ask(EVENTS, act, ToldTimeline, path=ref.project, incident=incident, after=after)
            events = (
                told.data.project.incidentManagementTimelineEvents if told.data and told.data.project else None
            )
            if events is None:
                raise _Absent
            yield from events.nodes
            after = events.pageInfo.endCursor
            if not events.pageInfo.hasNextPage or after is None:
                return

    def _change(self, act: str, verb: str, inputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send one kind of mutation for each input, once; return the inputs that were refused."""
        refused: list[dict[str, Any]] = []
        rest = iter(inputs)
        while batch := {f"t{at}": one for at, one in enumerate(islice(rest, AT_ONCE))}:
            types = ", ".join(f"${name}: TimelineEvent{verb}Input!" for name in batch)
            parts = " ".join(f"{n}: timelineEvent{verb}(input: ${n}) {{ errors }}" for n in batch)
            done = self._client.mutate(f"mutation({types}) {{ {parts} }}", act, **batch)
            refused += [batch[name] for name, outcome in _check(done, batch).items() if outcome.errors]
        return refused


def _check(done: Done, parts: Iterable[str]) -> dict[str, Outcome]:
    """Return what became of each part; raise when GitLab did not even try one of them."""
    if done.data is None:
        raise _Absent
    outcomes = {name: done.data.get(name) for name in parts}
    found = {name: outcome for name, outcome in outcomes.items() if outcome is not None}
    if len(found) < len(outcomes):
        raise _Absent
    return found


def _made(incident: str, milestone: Milestone) -> dict[str, Any]:
    tag = TAGS.get(milestone.kind)
    return {
        "incidentId": incident,
        "note": milestone.text,
        "occurredAt": _minute(milestone.at).isoformat().replace("+00:00", "Z"),
        "timelineEventTagNames": [tag] if tag else [],
    }


def _is_ours(event: TimelineEvent, viewer: Person) -> bool:
    mine = f"/{viewer.id}"
    changed = event.updatedByUser is not None and not event.updatedByUser.id.endswith(mine)
    return event.author is not None and event.author.id.endswith(mine) and not changed


def _mark(at: datetime, note: str) -> tuple[datetime, str]:
    """By this an event is found again: GitLab shows minutes."""
    return _minute(at), note.strip()


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)
