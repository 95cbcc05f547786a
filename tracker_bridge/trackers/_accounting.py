"""
Whether the events of an issue lead to what the issue shows: the two are read one after the other, and may be told
by replicas of which one lags.

An issue that was imported, or a server without events, never gets there: so they are read again a few times only.
"""

from collections.abc import Iterable, Set
from typing import Final

from tracker_bridge.domain.issue.issue import Deed, Happening

TRIES: Final = 5
"""Times in a row that they are read although the issue shows nothing new."""


def accounts_for(happenings: Iterable[Happening], labels: Set[str], *, is_open: bool) -> bool:
    """Tell whether these, everybody's, oldest first, lead to these labels and that state."""
    state, worn = True, set[str]()
    for one in happenings:
        match one.deed:
            case Deed.CLOSED | Deed.REOPENED:
                state = one.deed is Deed.REOPENED
            case Deed.LABELED:
                worn.add(one.label)
            case Deed.UNLABELED:
                worn.discard(one.label)
    return state == is_open and worn == labels
