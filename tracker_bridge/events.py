"""
What the server, the trackers and the breaker tell whoever keeps the bridge running.

They tell of events, and know nobody who listens (watching/). No event holds a text or a name of a person.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from tracker_bridge.domain.issue.issue import IssueRef


class Delivered(NamedTuple):
    """
    A delivery that came ``at`` was answered. ``event`` is what the forge calls it, empty where nothing proved it.
    ``project`` is as the delivery names it, ``None`` if it does not.
    """

    tracker: str
    event: str
    outcome: Literal["taken", "nothing of ours", "other project", "forged", "too large"]
    at: datetime
    project: str | None = None

    @property
    def authentic(self) -> bool:
        return self.outcome in ("taken", "nothing of ours", "other project")


AlertOutcome = Literal[
    "taken", "nothing of ours", "no such source", "forged", "unreadable", "too large", "not kept"
]


@dataclass(frozen=True, slots=True)
class AlertsDelivered:
    """A delivery of alerts was answered. ``source`` is the name in its address, whatever that is."""

    source: str
    outcome: AlertOutcome


@dataclass(frozen=True, slots=True)
class Carried:
    """Something is known of a message. ``destination`` is the operator's name for where it went."""

    destination: str
    outcome: Literal["delivered", "failed", "unknown"]


Outcome = Literal["changed", "unchanged", "too early", "gone", "out of reach", "denied", "busy", "bug"]


@dataclass(frozen=True, slots=True)
class Reconciled:
    """
    A reconcile ended, after ``seconds``. ``wrote`` has the kind of document, or of change, of each write.

    ``open_as`` is the severity of an incident that is open, empty before it has one; ``None``: none is open, as
    far as the reconcile could tell. ``refused`` counts comments with a command that was refused just now.
    """

    ref: IssueRef
    outcome: Outcome
    seconds: float
    wrote: tuple[str, ...] = ()
    unsupported: tuple[str, ...] = ()
    open_as: str | None = None
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of what a forge lets us ask. ``reset``: when it is full again, in seconds since 1970."""

    resource: str
    remaining: int
    reset: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A request of ours was answered; ``status`` is 0 where no answer came."""

    tracker: str
    kind: Literal["read", "write", "graphql"]
    status: int
    budget: Budget | None = None


@dataclass(frozen=True, slots=True)
class CredentialEnds:
    """The forge says when our credential ends: in seconds since 1970."""

    tracker: str
    at: float


Failure = Literal["", "gone", "denied", "busy", "queue", "bug"]


@dataclass(frozen=True, slots=True)
class ProjectSwept:
    """
    A project was asked what changed. ``changed`` counts the issues that changed within the last ``seconds``, since
    the round before; both are 0 in the first one. ``failure`` is empty if it could be asked.
    """

    tracker: str
    project: str
    changed: int = 0
    seconds: float = 0.0
    failure: Failure = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """The forge calls a configured project ``name`` now; it is followed there."""

    tracker: str
    project: str
    name: str


Scope = Literal["again", "repeats", "document", "project"]


@dataclass(frozen=True, slots=True)
class Tripped:
    """The breaker holds back writing ``kind``, of a document or of a change, because ``scope`` is full."""

    tracker: str
    kind: str
    scope: Scope


@dataclass(frozen=True, slots=True)
class Held:
    """
    What the breaker holds back, for ``seconds`` yet. ``where``: an issue, or ``tracker:project`` for all of it.
    ``why`` is without a full stop.
    """

    tracker: str
    project: str
    where: str
    what: str
    seconds: float
    why: str


Event = (
    Delivered | AlertsDelivered | Carried | Reconciled | Asked | CredentialEnds | ProjectSwept | Renamed | Tripped
)
Observer = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Tell nobody."""


def kind_of(method: str, path: str) -> Literal["read", "write", "graphql"]:
    if path.partition("?")[0].endswith("/graphql"):
        return "graphql"
    return "read" if method in ("GET", "HEAD") else "write"


@dataclass(frozen=True, slots=True)
class Waiting:
    """Alerts that were accepted, and that no issue tells yet: how many, and when the first of them came."""

    notices: int = 0
    since: datetime | None = None

    def seconds(self, now: datetime) -> float:
        return max(0.0, (now - self.since).total_seconds()) if self.since is not None else 0.0


@dataclass(frozen=True, slots=True)
class Underway:
    """How many messages wait for a destination, and for how many seconds the first of them has."""

    destination: str
    messages: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Rota:
    """
    A source of people on call: when it was read last, and since when it cannot be, with the reason; ``None`` for
    never and for not. ``known``: what was read tells who is on call just now.
    """

    source: str
    read_at: datetime | None = None
    failing_since: datetime | None = None
    reason: str = ""
    known: bool = False


@dataclass(frozen=True, slots=True)
class ShownPage:
    """
    The status page that this process shows: when it was built last, ``None`` for never, and the projects that
    cannot be read. ``stale``: that is longer ago than it should be.
    """

    built_at: datetime | None
    unread: Sequence[str]
    stale: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What is the case just now, when asked. ``lacking`` gives tracker, project and ability, for each issue.
    ``alerts`` may raise ``QueueError``. ``messages`` are told of each destination, whether any wait or not.
    """

    held: Callable[[], Sequence[Held]] = tuple
    lacking: Callable[[], Sequence[tuple[str, str, str]]] = tuple
    alerts: Callable[[], Waiting] = Waiting
    messages: Callable[[], Sequence[Underway]] = tuple
    on_call: Callable[[], Sequence[Rota]] = tuple
    pages: Callable[[], Sequence[ShownPage]] = tuple


class Listeners:
    """Tells everybody who was added. Add them before anything runs."""

    def __init__(self) -> None:
        self._listeners: list[Observer] = []

    def add(self, listener: Observer) -> None:
        self._listeners.append(listener)

    def __call__(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)
