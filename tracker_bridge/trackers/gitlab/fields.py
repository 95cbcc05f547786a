"""
GitLab's own fields for incidents: type, severity, status, timeline.

All but the type are told to GraphQL alone. A server that does not offer one, a plan that does not include it and
an account that may not set it say so in words of GitLab's own: then it is lacking, and left out. Everything else
passes: :class:`Busy`. A status alone (a proxy's 403, a 404 while a server starts) says nothing unless it comes
twice, apart.
https://docs.gitlab.com/operations/incident_management/incidents/
"""

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.issue import IssueRef, Person
from tracker_bridge.domain.issue.native import (
    Advance,
    Fill,
    Milestone,
    Mirror,
    NativeChange,
    Rate,
    Retype,
    capability_of,
)
from tracker_bridge.trackers import DONE, Applied, Busy, TrackerError, lacking
from tracker_bridge.trackers._cache import ThreadCache
from tracker_bridge.trackers.doubts import Doubts
from tracker_bridge.trackers.gitlab.client import Client, issue_path
from tracker_bridge.trackers.gitlab.errors import UNCLEAR
from tracker_bridge.trackers.gitlab.shapes import (
    INCIDENT,
    SEVERITIES,
    Done,
    NumberedIssue,
    Outcome,
    ShownIssue,
    TimelineEvent,
    ToldTimeline,
)

TAGS: Final[dict[str, str]] = {
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
      nodes { id note action occurredAt author { id username } updatedByUser { id username } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""
"""https://docs.gitlab.com/api/graphql/reference/#projectincidentmanagementtimelineevents"""

_REFUSED: Final = re.compile(
    "do(?:es)?n't exist on type|doesn't accept argument|isn't a defined input type|No such type"
    "|do(?:n't| not) have (?:the )?permission|insufficient permissions|lacks the required permissions"
    "|insufficient[ _](?:granular[ _])?scope|Feature unavailable|not available for this issue",
    re.IGNORECASE,
)
"""What GitLab says when a version, a plan, a role or a token does not include something."""

_log = logging.getLogger(__name__)


class _Absent(Exception):
    """GitLab lacks it, or does not let us."""


class _Refused(Exception):
    """GitLab did not do it, and does not say that it never will."""


class Fields:
    """Sets the fields. What is set already is set again, harmlessly."""

    def __init__(self, client: Client, threads: ThreadCache, doubts: Doubts) -> None:
        self._client = client
        self._threads = threads
        self._doubts = doubts

    def apply(self, ref: IssueRef, change: NativeChange, viewer: Person) -> Applied:
        """``viewer`` is the bot's own account, by which its timeline events are found."""
        capability = capability_of(change)
        key = (ref, capability)
        try:
            self._apply(ref, change, viewer)
        except Busy:
            raise
        except _Absent:
            return lacking(capability)
        except (TrackerError, _Refused) as refusal:
            if self._doubts.again(key, str(refusal)):
                return lacking(capability)
            raise Busy(
                f"could not set the native {capability.name.lower()} of {ref}: {refusal}", UNCLEAR
            ) from None
        self._doubts.passed(key)
        return DONE

    def _apply(self, ref: IssueRef, change: NativeChange, viewer: Person) -> None:
        match change:
            case Retype():
                self._retype(ref)
            case Rate(rank=rank):
                severity = SEVERITIES[rank - 1].upper() if rank else "UNKNOWN"
                self._set(ref, "issueSetSeverity", "IssueSetSeverityInput", severity=severity)
            case Advance(progress=progress):
                shape = "IssueSetEscalationStatusInput"
                self._set(ref, "issueSetEscalationStatus", shape, status=progress.name)
            case Mirror(milestones=milestones):
                self._mirror(ref, milestones, viewer)
            case Fill():
                raise _Absent  # and says so: nobody plans it

    def _retype(self, ref: IssueRef) -> None:
        """https://docs.gitlab.com/api/issues/#update-an-issue. Whoever may not is not told so."""
        action, path = f"make {ref} an incident", issue_path(ref.project, ref.number)
        if not self._client.put(path, action, {"issue_type": INCIDENT}, ShownIssue).is_incident:
            raise _Absent

    def _set(self, ref: IssueRef, mutation: str, shape: str, **value: str) -> None:
        """https://docs.gitlab.com/api/graphql/reference/#mutationissuesetseverity and the like."""
        action = f"{mutation} of {ref}"
        sent = {"projectPath": self._client.names.now(ref.project), "iid": str(ref.number), **value}
        document = f"mutation($input: {shape}!) {{ done: {mutation}(input: $input) {{ errors }} }}"
        outcomes = _check(self._client.mutate(document, action, input=sent), ["done"], action)
        if outcomes["done"].errors:
            raise _Refused("GitLab refused it")

    def _mirror(self, ref: IssueRef, milestones: Sequence[Milestone], viewer: Person) -> None:
        """
        Make what is missing, change what differs, and remove what is left, of our own events only.

        One that a person has changed since is theirs, and so are the records that GitLab makes itself in the name
        of whoever acted. GitLab remarks on every change in the thread, so there are as few as possible. An event
        that is refused is left out.
        """
        action, reading = f"update the timeline of {ref}", f"read the timeline of {ref}"
        incident = self._id_of(ref)
        ours = {
            _mark(e.occurredAt, e.note): e.id for e in self._events(ref, incident, reading) if _is_ours(e, viewer)
        }
        wanted = {_mark(one.at, one.text): one for one in milestones}
        new = [_said(one) for mark, one in wanted.items() if mark not in ours]
        old = [id_ for mark, id_ in sorted(ours.items()) if mark not in wanted]
        updates = [{"id": id_, **said} for id_, said in zip(old, new, strict=False)]
        refused = self._tagged(action, "Update", updates)
        refused += self._tagged(action, "Create", [{"incidentId": incident, **said} for said in new[len(old) :]])
        unwanted = [*old[len(new) :], *(one["id"] for one in refused if "id" in one)]
        refused += self._change(action, "Destroy", [{"id": id_} for id_ in unwanted])
        if refused:
            _log.warning("%s: GitLab refused %d entries of the native timeline; skipped", ref, len(refused))

    def _id_of(self, ref: IssueRef) -> str:
        """Return what GraphQL calls it: it is known from having been read, or is asked for."""
        known = self._threads.get(ref)
        if known is not None and 0 in known.nodes:
            return known.nodes[0]
        path = issue_path(ref.project, ref.number)
        return self._client.get(path, f"ask for the number of {ref}", NumberedIssue).node

    def _tagged(self, action: str, verb: str, inputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Tags can be renamed and deleted: what is refused is tried once without."""
        refused = self._change(action, verb, inputs)
        return self._change(action, verb, [{**one, "timelineEventTagNames": []} for one in refused])

    def _events(self, ref: IssueRef, incident: str, action: str) -> Iterator[TimelineEvent]:
        after: str | None = None
        path = self._client.names.now(ref.project)
        while True:
            told = self._client.ask(EVENTS, action, ToldTimeline, path=path, incident=incident, after=after)
            events = (
                told.data.project.incidentManagementTimelineEvents if told.data and told.data.project else None
            )
            if events is None:
                raise _refusal(told.errors, action)
            yield from events.nodes
            after = events.pageInfo.endCursor
            if not events.pageInfo.hasNextPage or after is None:
                return

    def _change(self, action: str, verb: str, inputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Send one kind of mutation for each input, once; return the inputs that were refused."""
        refused: list[dict[str, Any]] = []
        rest = iter(inputs)
        while batch := {f"t{at}": one for at, one in enumerate(islice(rest, AT_ONCE))}:
            types = ", ".join(f"${name}: TimelineEvent{verb}Input!" for name in batch)
            parts = " ".join(f"{n}: timelineEvent{verb}(input: ${n}) {{ errors }}" for n in batch)
            done = self._client.mutate(f"mutation({types}) {{ {parts} }}", action, **batch)
            refused += [batch[name] for name, outcome in _check(done, batch, action).items() if outcome.errors]
        return refused


def _check(done: Done, parts: Iterable[str], action: str) -> dict[str, Outcome]:
    """Return what became of each part; raise when GitLab did not even try one of them, or never will."""
    outcomes = {name: (done.data or {}).get(name) for name in parts}
    found = {name: outcome for name, outcome in outcomes.items() if outcome is not None}
    if len(found) < len(outcomes):
        raise _refusal(done.errors, action)
    if _REFUSED.search(" ".join(error for outcome in found.values() for error in outcome.errors)):
        raise _Absent
    return found


def _refusal(errors: Iterable[object], action: str) -> Exception:
    """Return what it means that there is no answer to a question."""
    said = " ".join(map(str, errors))
    return _Absent() if _REFUSED.search(said) else Busy(f"could not {action}: GitLab did not say", UNCLEAR)


def _said(milestone: Milestone) -> dict[str, Any]:
    tag = TAGS.get(milestone.kind)
    return {
        "note": milestone.text,
        "occurredAt": _minute(milestone.at).isoformat().replace("+00:00", "Z"),
        "timelineEventTagNames": [tag] if tag else [],
    }


def _is_ours(event: TimelineEvent, viewer: Person) -> bool:
    mine = f"/{viewer.id}"
    if event.action != "comment":
        return False
    changed = event.updatedByUser is not None and not event.updatedByUser.id.endswith(mine)
    return event.author is not None and event.author.id.endswith(mine) and not changed


def _mark(at: datetime, note: str) -> tuple[datetime, str]:
    """By this an event is found again: GitLab shows minutes."""
    return _minute(at), note.strip()


def _minute(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(second=0, microsecond=0)
