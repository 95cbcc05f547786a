"""Communication about an incident: who is to be told, where and by whom, and what they were told."""

from dataclasses import dataclass
from datetime import datetime

from tracker_bridge.domain.incident.audiences import Audience
from tracker_bridge.domain.incident.channels import Announcement, Channel, Stakeholder
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.issue.dispatches import Dispatch


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody said something in the thread that is no command; what it was is theirs."""

    at: datetime
    login: str


@dataclass(frozen=True, slots=True)
class Comms:
    """
    ``words``: what people said in the thread besides commands. ``snoozed_until``: no reminders before then.

    ``dispatches`` are the messages that went out, oldest first, as far as the receipts remember.
    """

    channels: tuple[Channel, ...] = ()
    announcements: tuple[Announcement, ...] = ()
    stakeholders: tuple[Stakeholder, ...] = ()
    audiences: tuple[Audience, ...] = ()
    communications: tuple[Communication, ...] = ()
    words: tuple[Word, ...] = ()
    snoozed_until: datetime | None = None
    dispatches: tuple[Dispatch, ...] = ()
