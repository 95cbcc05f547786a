"""
Whether the events of an issue lead to what the issue shows: the two are read one after the other, and may be told
by replicas of which one lags.

An issue that was imported, or a server without events, never gets there: so they are read again a few times only.
"""

from collections.abc import Iterable, Set
from typing import Final

from tracker_bridge.domain.issue.issue import EventType, IssueEvent, Person

TRIES: Final = 5
"""Times in a row that they are read although the issue shows nothing new."""


def own_labels(events: Iterable[IssueEvent], viewer: Person) -> frozenset[str]:
    """Return the labels that ``viewer`` was the last to put, by everybody's events, oldest first."""
    last = {one.label: one.actor.id for one in events if one.type is EventType.LABELED}
    return frozenset(label for label, actor in last.items() if actor == viewer.id)


def own_rank(events: Iterable[IssueEvent], viewer: Person) -> bool:
    """Tell whether ``viewer`` was the last to set the native severity."""
    rated = [one.actor.id for one in events if one.type is EventType.RATED]
    return rated[-1:] == [viewer.id]


def accounts_for(events: Iterable[IssueEvent], labels: Set[str], *, is_open: bool) -> bool:
    """Tell whether these, everybody's, oldest first, lead to these labels and that state."""
    state, worn = True, set[str]()
    for one in events:
        match one.type:
            case EventType.CLOSED | EventType.REOPENED:
                state = one.type is EventType.REOPENED
            case EventType.LABELED:
                worn.add(one.label)
            case EventType.UNLABELED:
                worn.discard(one.label)
    return state == is_open and worn == labels
