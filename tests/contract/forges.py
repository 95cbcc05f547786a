"""What a forge under contract is: a world, a project in it, people, and the tracker that looks at it."""

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.sandbox.world import Account, Project, Ticket, World
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.quotas import Quotas

FORGES = ("local", "github", "gitlab")
PROJECT = "acme/api"

CAPABILITIES = {
    "reactions": {"github": "reactions", "gitlab": "award_emoji"},
    "graphql": {"github": "graphql", "gitlab": "graphql"},
    "pins": {"github": "pins"},
    "since": {"github": "comment_since"},
    "events": {"gitlab": "events"},
    "links": {"github": "sub_issues", "gitlab": "links"},
    "duplicates": {"github": "duplicates"},
    "contents": {"github": "contents", "gitlab": "repository"},
    "types": {"github": "types"},
    "teams": {"github": "teams"},
    "timeline": {"gitlab": "timeline_events"},
    "versions": {"github": "edit_history"},
    "minimized": {"github": "minimized"},
    "issue_fields": {"github": "issue_fields"},
}
"""What a server may lack, and what the sandbox's faces call it."""


class Clock:
    """The world's time: stands still until told otherwise; whole seconds only, as the forges' times are."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def seconds(self) -> float:
        """The same time, for what waits."""
        return self.now.timestamp()

    def forward(self, seconds: int = 60) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


class Another(Protocol):
    """
    Opens one more tracker; ``clock`` tells seconds, where the tracker asks for them. ``quotas`` are those that it
    shares with others, if it limits itself.
    """

    def __call__(self, clock: Callable[[], float] | None = None, quotas: Quotas | None = None) -> Tracker: ...


@dataclass
class Forge:
    """
    One forge, ready to be tried. ``forge_<name>.build`` fills in what comes after the people.

    ``another`` opens one more tracker on the same world, with nothing remembered yet. ``sandbox`` is the
    running server, ``None`` for a forge without HTTP, to be started with ``lacking``; without ``sockets`` it is
    asked in the same thread. ``served`` are the projects of the trackers that are opened from then on. What is
    ``opened`` ends with the forge. ``secret`` signs the webhooks. ``unsupported`` names abilities that this
    forge does not have: a test that needs one is skipped by its name.
    """

    name: str
    world: World
    clock: Clock
    project: Project
    bot: Account
    alice: Account
    bob: Account
    tess: Account
    rita: Account

    tracker: Tracker = field(init=False)
    another: Another = field(init=False)
    served: list[str] = field(default_factory=lambda: [PROJECT])
    opened: ExitStack = field(default_factory=ExitStack)
    sandbox: Any = None
    lacking: Mapping[str, Collection[str]] = field(default_factory=dict)
    sockets: bool = True
    secret: str = ""
    unsupported: frozenset[str] = frozenset()

    def ref(self, ticket: Ticket) -> IssueRef:
        return IssueRef(self.tracker.name, ticket.project.path, ticket.number)


Delivery = tuple[Mapping[str, str], bytes]
Deliveries = Callable[[], list[Delivery]]
"""Returns what the forge sent out since the last time, as it arrives."""

Needs = Callable[[str], None]
Builder = Callable[[Forge], AbstractContextManager[None]]


def town(name: str) -> Forge:
    """One private project, one person of each access, and the bot; no tracker yet."""
    clock = Clock()
    world = World(clock)
    project = world.add_project(PROJECT, name, private=True)

    def member(login: str, access: Access, *, bot: bool = False) -> Account:
        account = world.add_account(login, bot=bot)
        world.add_member(project, account, access)
        return account

    return Forge(
        name=name,
        world=world,
        clock=clock,
        project=project,
        bot=member("incident-bot", Access.MAINTAIN, bot=True),
        alice=member("alice", Access.MAINTAIN),
        bob=member("bob", Access.WRITE),
        tess=member("tess", Access.TRIAGE),
        rita=member("rita", Access.READ),
    )
