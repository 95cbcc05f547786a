"""Where something that happened comes from: a command, or something done by hand."""

from dataclasses import dataclass
from datetime import datetime

from tracker_bridge.domain.issue.issue import TrackerUrl


@dataclass(frozen=True, slots=True)
class Origin:
    """
    What made something happen: a command, or a manual event (``by_hand``, with an empty ``id``).

    ``comment`` is the comment of the command, 0 for the opening post and for manual events. ``by`` is a login,
    ``by_id`` the account's id.
    """

    id: str
    comment: int
    at: datetime
    by: str
    url: TrackerUrl
    by_hand: bool = False
    by_id: int = 0
