"""How much people wait for a change: what is spent first of the writes that a forge allows."""

from enum import IntEnum
from typing import Final

from tracker_bridge.domain.issue.changes import (
    Change,
    Describe,
    Edit,
    Link,
    Open,
    Post,
    React,
    Remove,
    kind_of_key,
)
from tracker_bridge.domain.issue.documents import COMMUNICATIONS, RECEIPTS, STATUS, SUMMARY


class Urgency(IntEnum):
    """The smaller goes first."""

    NEWS = 0
    """A status comment where there is none yet, a summary, what others are told."""
    STATUS = 1
    """What is there already, brought up to date. Several changes of it are gathered in one."""
    STATE = 2
    """Labels, the issue's state, assignees, the forge's own fields."""
    CARD = 3
    """Answers to people: duties, refusals, help; other issues."""
    REMINDER = 4
    REACTION = 5
    """What the status comment shows as well."""


_MAIN: Final = frozenset({STATUS, SUMMARY, COMMUNICATIONS, RECEIPTS})


def urgency_of(change: Change) -> Urgency:
    """Return how much people wait for it."""
    match change:
        case React():
            return Urgency.REACTION
        case Post(document=document) | Edit(document=document):
            kind = kind_of_key(document.key)
            if kind in _MAIN:
                return Urgency.NEWS if isinstance(change, Post) else Urgency.STATUS
            return Urgency.REMINDER if kind == "nudge" else Urgency.CARD
        case Open() | Link() | Describe() | Remove():
            return Urgency.CARD
        case _:
            return Urgency.STATE
