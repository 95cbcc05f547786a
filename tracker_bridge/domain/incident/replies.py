"""What is to be said to somebody, and what is to be opened: the answers to single comments."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tracker_bridge.domain.incident.pages import Pages
from tracker_bridge.domain.incident.roles import AnyRole
from tracker_bridge.domain.issue.changes import LinkedIssueSpec
from tracker_bridge.domain.issue.issue import Person, TrackerUrl

if TYPE_CHECKING:
    from tracker_bridge.domain.incident.incident import Incident


@dataclass(frozen=True, slots=True)
class Refused:
    """
    A person's mistake, as a value: what is wrong, and the nearest right line.

    All of it is ours to word: ``reason`` may quote what was typed, in back-ticks, and is escaped like any text.
    ``instead`` is what they may have meant, without the root: a whole line, or several that belong together.
    ``otherwise`` are other readings. The first that would be accepted is proposed; if none would, ``form`` is
    shown, a line with its gaps in angle brackets. ``asked`` are people who may do what the author may not, and
    ``wish`` is what to write to them. ``final``: as far as is known, it would be refused from anybody.
    """

    reason: str
    instead: str = ""
    form: str = ""
    otherwise: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    wish: str = ""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that was refused; ``asked`` is the question of the issue form that it answers, if it does."""

    line: str
    refused: Refused
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """
    Something to be said right under a comment, once: ``refusal``, ``help``, ``show``, ``brief``, ...

    ``topics`` are the verbs or audiences asked about. ``incident`` is the incident as it stood ``at`` that time;
    ``since`` is when who asked was last there, ``None`` if never before.
    """

    kind: str
    comment: int
    url: TrackerUrl
    topics: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    incident: "Incident | None" = None
    at: datetime | None = None
    since: datetime | None = None


class Replies(Pages[Reply]):
    """The answers to comments; found by their kind and the comment, of which there is one each."""

    __slots__ = ()

    @staticmethod
    def keys_of(one: Reply) -> tuple[tuple[str, int]]:
        return ((one.kind, one.comment),)


@dataclass(frozen=True, slots=True)
class Duty:
    """
    Somebody took roles with one comment and is to be told what they mean (S7).

    ``instead_of``: the roles in which they replace somebody, and whom (S13). ``briefing``: the incident as it
    stood when a role was handed over, ``since``: when they were last there, ``None`` if never before.
    """

    comment: int
    who: Person
    roles: tuple[AnyRole, ...]
    url: TrackerUrl
    implied: bool = False
    instead_of: tuple[tuple[AnyRole, str], ...] = ()
    briefing: "Incident | None" = None
    since: datetime | None = None

    @property
    def login(self) -> str:
        """The login of whom it is for."""
        return self.who.login

    def replaced(self, role: AnyRole) -> str:
        """Whom they replace in ``role``; empty when nobody held it."""
        return dict(self.instead_of).get(role, "")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What the bot is to say to single people, and the issues that it is to open."""

    duties: tuple[Duty, ...] = ()
    replies: Replies = field(default_factory=Replies)
    openings: tuple[LinkedIssueSpec, ...] = ()
