"""Past incidents that look like one: of the same service, or with the same words in their titles."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tracker_bridge.domain.incident.conditions import services

MOST: Final = 5
"""Past incidents that are shown; more of them nobody compares."""

NEWEST: Final = 100
"""Past incidents that are looked at, the newest first."""

_WORD: Final = re.compile(r"[^\W_]{3,}")
_COMMON: Final = frozenset(
    (
        *("the", "and", "for", "with", "from", "not", "are", "was", "has", "have", "can", "cannot", "does", "all"),
        *("some", "our", "out", "off", "its", "than", "then", "when", "after", "again", "down", "broken", "slow"),
        *("fails", "failing", "failed", "failure", "error", "errors", "issue", "incident", "outage", "problem"),
        "nothing",
    )
)
"""Words that most titles have, and that say nothing of the cause."""


@dataclass(frozen=True, slots=True)
class PastIssue:
    """A closed issue that wears the label of incidents."""

    number: int
    title: str
    labels: frozenset[str]


def similar(title: str, labels: Iterable[str], prefix: str, past: Iterable[PastIssue]) -> tuple[int, ...]:
    """
    Return the numbers of those that look most alike, the newest first among equals.

    One word in common is enough within a service, two are without; labels of services begin with ``prefix``.
    """
    words, own = _words(title), _services(labels, prefix)
    found: dict[int, int] = {}
    for one in past:
        common = len(words & _words(one.title))
        same = bool(own & _services(one.labels, prefix))
        if common and common + same >= 2:
            found[one.number] = common + same
    best = sorted(found, key=lambda number: (-found[number], -number))
    return tuple(best[:MOST])


def _words(title: str) -> frozenset[str]:
    """Return what a title is about; a plural is the same word."""
    words = (word.rstrip("s") for word in _WORD.findall(title.casefold()) if word not in _COMMON)
    return frozenset(words)


def _services(labels: Iterable[str], prefix: str) -> frozenset[str]:
    return frozenset(name.casefold() for name in services(labels, prefix))
