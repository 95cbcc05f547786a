"""Communication about an incident: who is to be told, where and by whom, and what they were told."""

from dataclasses import dataclass
from datetime import datetime

from tracker_bridge.domain.incident.audiences import Audience
from tracker_bridge.domain.incident.channels import Announcement, Channel, Stakeholder
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.issue.dispatches import Dispatch
from tracker_bridge.domain.issue.issue import Person


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody said something in the thread that is no command; what it was is theirs."""

    at: datetime
    login: str


@dataclass(frozen=True, slots=True)
class PublicIssue:
    """
    An issue of another ``project`` that says what external updates say, and nothing else.

    ``id`` is that of the command that asked for it, ``by`` and ``by_id`` who said that; empty where the incident
    was opened for that project.
    """

    project: str
    id: str = ""
    by: str = ""
    by_id: int = 0

    @property
    def asker(self) -> Person:
        """Who asked for it."""
        return Person(self.by_id, self.by)

    @property
    def placed_key(self) -> str:
        """What is remembered of its being allowed."""
        return f"placed.{self.id}"


@dataclass(frozen=True, slots=True)
class Comms:
    """
    ``words``: what people said in the thread besides commands. ``snoozed_until``: no reminders before then.

    ``dispatches`` are the messages that went out, oldest first, as far as the receipts remember. ``public`` is
    where everyone reads what external updates say, of an incident that is run in private.
    """

    channels: tuple[Channel, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    audiences: tuple[Audience, ...] = ()
    communications: tuple[Communication, ...] = ()
    words: tuple[Word, ...] = ()
    snoozed_until: datetime | None = None
    dispatches: tuple[Dispatch, ...] = ()
    public: PublicIssue | None = None
