"""
What was remembered is lost: the key was changed, the status comment deleted, or an older text of it put back.

Our other comments, our reactions and a closed issue still tell what was. What they prove counts, and what is over
stays over; of what they do not prove, nothing that was said to anybody is taken back, nor said again.
"""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.timeline import Kind
from tracker_bridge.domain.issue.changes import key_of, kind_of_key
from tracker_bridge.domain.issue.cleaning import clean
from tracker_bridge.domain.issue.documents import COMMUNICATIONS, STATUS, SUMMARY
from tracker_bridge.domain.issue.issue import NOBODY, Closed, EventType, Issue, IssueEvent
from tracker_bridge.domain.issue.receipts import Receipts

BEGUN: Final = "begun.0"
"""Remembers that it was an incident: it stays one, also when the word that confirmed a report is deleted."""

OPENED: Final = "opened.0"
"""Remembers that it was an incident from its opening on, though nothing that is left tells so."""

_PAST: Final = "past."
"""Remembers up to which comment all is past: what was said to people before is neither taken back nor repeated."""

_UNHEARD: Final = "unheard."
"""Remembers a comment that is answered although all is past up to it: see :func:`unheard_of`."""

_ENDS: Final = {"over.": None, "off.": Closed.NOT_PLANNED}
"""Remember when it ended, or was called off, where nothing else tells it any more; the seconds since 1970."""

_TOLD: Final = frozenset({STATUS, SUMMARY, COMMUNICATIONS, "duty"})
"""Documents that only an incident has, and a report has not."""

_REFUSAL: Final = re.compile("refusal:(?P<comment>[0-9]{1,19})")

_NOT_RUN: Final = re.compile(
    r"^(?P<ticks>`+)(?P<line>.*?[^`])(?P=ticks) (?:was not run|could not be read):", re.MULTILINE
)
_MORE: Final = re.compile(r"^And [0-9]+ more lines\.$", re.MULTILINE)
_LINE: Final = 120
"""Characters of a line that our answer shows."""

_NEVER: Final = datetime.min.replace(tzinfo=UTC)

_APART: Final = timedelta(minutes=2)
"""A reconcile that wrote so much later than a comment was said has seen it, however late it was listed."""


@dataclass(frozen=True, slots=True)
class Traces:
    """
    What of our memory is gone, as far as the thread shows it.

    ``total``: we were at work here, and remember nothing. ``bare``: it is or was an incident, and nothing of ours
    is there; perhaps it is new, or another account was at work here before (``moved``). Comments up to
    ``seen_until`` were judged, whether that is remembered or not; those up to ``sure_until`` in any case. Those
    ``refused`` have an answer of ours that names the lines that were not run; ``None``: not all of them.
    """

    total: bool = False
    bare: bool = False
    moved: bool = False
    seen_until: datetime = _NEVER
    sure_until: datetime = _NEVER
    refused: Mapping[int, frozenset[str] | None] = field(default_factory=dict)

    @property
    def worked(self) -> bool:
        """Whether it was an incident: we, or another account of ours, were at work here."""
        return self.total or self.moved

    def seen(self, at: datetime) -> bool:
        """Whether what was said, or changed, then was judged before, as it seems."""
        return self.total or self.bare or at <= self.seen_until

    def named(self, comment: int, line: str) -> bool:
        """Whether our answer to a comment says that the line was not run, or may say so."""
        if comment not in self.refused or self.bare:
            return False
        named = self.refused[comment]
        return named is None or clean(line, _LINE) in named


def traces_of(issue: Issue, before: Receipts, rules: Rules) -> Traces:
    ours = [(one, key_of(one.body) or "") for one in issue.comments if one.ours]
    worked = any(kind_of_key(key) in _TOLD for _, key in ours)
    refused = {int(found["comment"]): _named(one.body) for one, key in ours if (found := _REFUSAL.fullmatch(key))}
    wrote = max((one.created_at - _APART for one, _ in ours), default=_NEVER)
    if BEGUN not in before.once_keys:
        labelled = any(rules.is_incident_label(label) for label in issue.labels)
        theirs = {key_of(one.body) for one in issue.comments if not one.ours}
        bare, moved = not worked and (labelled or not issue.open), bool(theirs & {STATUS, SUMMARY})
        return Traces(total=worked, bare=bare, moved=bare and moved, sure_until=wrote, refused=refused)
    touched = max((one.updated_at - _APART for one, _ in ours), default=_NEVER)
    return Traces(seen_until=max(wrote, touched), sure_until=wrote, refused=refused)


def _named(body: str) -> frozenset[str] | None:
    if _MORE.search(body):
        return None
    return frozenset(found["line"].strip() for found in _NOT_RUN.finditer(body))


def past_of(once_keys: Set[str]) -> int:
    """Return the comment up to which all is past; 0 for none."""
    return max(
        (int(once_key.removeprefix(_PAST)) for once_key in once_keys if once_key.startswith(_PAST)), default=0
    )


def past_act(comment: int) -> str:
    return f"{_PAST}{comment}"


def unheard_of(once_keys: Set[str]) -> frozenset[int]:
    """Return the comments of the past that may never have been heard before the memory was lost."""
    found = (one.removeprefix(_UNHEARD) for one in once_keys if one.startswith(_UNHEARD))
    return frozenset(map(int, found))


def unheard_act(comment: int) -> str:
    return f"{_UNHEARD}{comment}"


def last_comment(issue: Issue) -> int:
    return max((one.id for one in issue.comments), default=0) or 1


def known_opening(issue: Issue, once_keys: Set[str], rules: Rules) -> tuple[IssueEvent, ...]:
    """Return the beginning that only our memory tells of."""
    return (opening_of(issue, rules),) if OPENED in once_keys else ()


def opening_of(issue: Issue, rules: Rules) -> IssueEvent:
    """Return the beginning of an incident that was one from its opening on."""
    return IssueEvent(issue.created_at, issue.opener, EventType.LABELED, rules.incident_label)


def known_ends(once_keys: Set[str]) -> tuple[IssueEvent, ...]:
    """Return the end that only our memory tells of."""
    found = [
        _ended(datetime.fromtimestamp(int(once_key.removeprefix(begin)), UTC), closed_as)
        for begin, closed_as in _ENDS.items()
        for once_key in once_keys
        if once_key.startswith(begin)
    ]
    return tuple(sorted(found, key=lambda end: end.at))


def end_act(end: IssueEvent) -> str:
    begin = next(begin for begin, closed_as in _ENDS.items() if closed_as == end.closed_as)
    return f"{begin}{int(end.at.timestamp())}"


def lost_end(issue: Issue, incident: Incident) -> IssueEvent | None:
    """
    Return the end of an incident that seems to go on and is over.

    We closed its issue, or posted the summary where issues are not closed, and nobody has opened it again since.
    Without a summary it was called off.
    """
    if not incident.active or incident.ending.withdrawn:
        return None
    begun = [one.recorded_at for one in incident.timeline if one.kind in (Kind.DECLARED, Kind.REOPENED)]
    summary = next((one for one in issue.comments if one.ours and key_of(one.body) == SUMMARY), None)
    at = issue.closed_at
    if issue.open and any((key_of(one.body) or "").startswith("withdrawn:") for one in issue.comments if one.ours):
        return None
    if issue.open:
        again = incident.rules.close_when_resolved or any(one.kind is Kind.REOPENED for one in incident.timeline)
        at = summary.created_at if summary and not again else None
    elif at is not None and summary:  # it was over before, whatever seems to have begun it since
        at = max(at, *(one + timedelta(seconds=1) for one in begun))
    if at is None or at < max(begun, default=at):
        return None
    return _ended(at.astimezone(UTC).replace(microsecond=0), None if summary else Closed.NOT_PLANNED)


def is_left_open(issue: Issue, incident: Incident) -> bool:
    """Whether it seems to be over, and its issue, which we would have closed, is open."""
    return incident.phase.ended and issue.open and incident.rules.close_when_resolved


def is_summarised(issue: Issue, incident: Incident) -> bool:
    """Whether it was resolved, as its summary says: perhaps we may not close the issue."""
    summary = any(one.ours and key_of(one.body) == SUMMARY for one in issue.comments)
    again = any(one.kind is Kind.REOPENED for one in incident.timeline)
    return summary and incident.phase is Phase.RESOLVED and not again


def last_end(incident: Incident) -> tuple[int, int] | None:
    """Return the comment and the ordinal of the command that ended it."""
    said = next((one.id for one in reversed(incident.timeline) if one.kind.traits.ends), "")
    comment, _, ordinal = said.partition(".")
    return (int(comment), int(ordinal or 0)) if comment else None


def _ended(at: datetime, closed_as: Closed | None) -> IssueEvent:
    return IssueEvent(at, NOBODY, EventType.CLOSED, closed_as=closed_as)
