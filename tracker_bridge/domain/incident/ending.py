"""How an incident ends, and whether its issue is to be open."""

from dataclasses import dataclass

from tracker_bridge.domain.incident.relations import Merge
from tracker_bridge.domain.incident.testing import TestResult


@dataclass(frozen=True, slots=True)
class Despite:
    """``by`` said that it is over, against the verdicts that ``failed`` it; ``why`` is empty while not told."""

    failed: tuple[TestResult, ...]
    by: str
    by_hand: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """
    ``resolutions`` counts how often it was resolved. ``merge``: the incident that it duplicates.

    ``unlabeled``: somebody took the incident label off by hand, and it stays off. ``open_by``: the id of the
    last command that asks for the issue to be open or closed, with ``wants_open``; empty while people decide
    by hand. ``withdrawn``: while it goes on because what ended it is not said any more, the id of that command.
    ``despite``: while it is over against a tester's word.
    """

    resolutions: int = 0
    unlabeled: bool = False
    wants_open: bool = True
    open_by: str = ""
    withdrawn: str = ""
    merge: Merge | None = None
    despite: Despite | None = None
