"""What people say about the time after the incident: when to meet, and what is to be done (S108, S113)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker_bridge.domain.issue.elsewhere import name_of, suffix
from tracker_bridge.domain.issue.issue import Person, TrackerUrl


@dataclass(frozen=True, slots=True)
class Postmortem:
    """A review is wanted, ``on`` a day or some day. The last word counts: it may be deferred (S108)."""

    on: date | None
    by: str
    url: TrackerUrl


class ActionState(StrEnum):
    """What became of an action item, as its issue tells: closed as not planned is not done."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Action:
    """
    An action item. ``number`` counts from 1 in the order of saying; ``owner`` is a login, empty for nobody yet.

    ``issue`` is the number of the issue that was opened for it, 0 before. ``named`` is the owner whom the command
    names, where the issue was assigned to somebody else since; empty where it is the owner. The issue is in
    ``project``, the incident's own if empty; ``by_id`` is the account of who asked for it.
    """

    id: str
    number: int
    text: str
    owner: str
    due: date | None
    by: str
    url: TrackerUrl
    issue: int = 0
    state: ActionState = ActionState.OPEN
    named: str = ""
    project: str = ""
    by_id: int = 0

    @property
    def name(self) -> str:
        """How its issue is named in the incident."""
        return name_of(self.project, self.issue)

    @property
    def asker(self) -> Person:
        """Who asked for it."""
        return Person(self.by_id, self.by)

    @property
    def placed_key(self) -> str:
        """What is remembered of its being allowed in another project."""
        return f"placed.{self.id}"

    @property
    def done(self) -> bool:
        return self.state is ActionState.DONE

    @property
    def open(self) -> bool:
        return self.state is ActionState.OPEN

    @property
    def opening_key(self) -> str:
        """Tells its issue from the others of the incident."""
        return f"action.{self.id}{suffix(self.project)}"

    def overdue(self, today: date) -> bool:
        """Whether its day is over, and it is still to be done."""
        return self.open and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What remains to be done after the incident."""

    postmortem: Postmortem | None = None
    actions: tuple[Action, ...] = ()

    @property
    def wanted(self) -> tuple[Action, ...]:
        """The action items that were not dropped, and whose issues are still there."""
        return tuple(action for action in self.actions if action.open or action.done)

    @property
    def actions_done(self) -> int:
        """How many of the action items are done (S113)."""
        return sum(action.done for action in self.actions)
