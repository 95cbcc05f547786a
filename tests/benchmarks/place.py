"""An incident on a forge, and what looking at it asks of that forge."""

import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.contract.forges import PROJECT, Builder, Forge, town
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Change, Edit, Post, Remove
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.project_settings import ProjectSettings
from tracker_bridge.reconcile import Awaited, Bridge, ReconcileResult
from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox.server import Request
from tracker_bridge.sandbox.world import Account, Note, Ticket
from tracker_bridge.settings import Settings, team_rules
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import Tracker
from tracker_bridge.trackers.together import Together

_NUMBER = re.compile(r"(?<=/)[0-9]+(?=/|$)")
_LOGIN = re.compile(r"(?<=/collaborators/)[^/]+")


@dataclass(frozen=True)
class Cost:
    """
    What some reconciles asked of the forge.

    ``reads`` and ``writes`` are requests by what they are, each page of a listing counted; ``changes`` are what
    the writes were for: ``edit status``.
    """

    reconciles: int
    reads: Counter[str]
    writes: Counter[str]
    changes: Counter[str]

    @property
    def comments_written(self) -> int:
        """Comments posted, edited or removed: the writes that forges ration most."""
        return sum(count for change, count in self.changes.items() if " " in change)


@dataclass
class Place:
    """One incident on one forge, and the bridge that looks at it."""

    forge: Forge
    ticket: Ticket
    bridge: Bridge = field(init=False)
    looks: list[ReconcileResult] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begin with nothing remembered, as a new process does."""
        self.bridge = self.bridge_of(self.forge.another())

    def bridge_of(self, tracker: Tracker, together: Together | None = None) -> Bridge:
        forge = self.forge
        renderer = Renderer(templates_folder(), COMMANDS)
        trackers, rules = {forge.name: tracker}, {forge.name: Rules()}
        teams = ProjectSettings(
            trackers, rules, lambda name, text: team_rules(text, Settings(), name), every=timedelta(minutes=5)
        )
        return Bridge(
            trackers,
            rules,
            renderer,
            keys=[b"signs the receipts"],
            teams=teams,
            monotonic=forge.clock.seconds,
            together=together,
        )

    def look_with(self, bridge: Bridge) -> ReconcileResult:
        return bridge.reconcile(self.forge.ref(self.ticket), self.forge.clock.now, {})

    def fill(self, comments: int) -> None:
        """Write comments a minute apart, every tenth of them a note for the timeline, and silence reminders."""
        world, clock = self.forge.world, self.forge.clock
        texts = [
            f"/incident note step {number}" if number % 10 == 5 else f"Trying step {number}. " * 20
            for number in range(comments - 1)
        ]
        with world.lock:
            for text in [*texts, "/incident snooze 12h only answers are counted here"]:
                now = clock.forward(60)
                self.ticket.notes.append(Note(world.next_id(), self.forge.bob, text, now, now))
            self.ticket.updated_at = clock.now

    def say(self, who: Account, text: str) -> Note:
        """Comment, a minute later; the sweep has been round, and has read the team's settings again."""
        self.forge.clock.forward(60)
        self.bridge.labels(self.forge.name, PROJECT, self.forge.clock.now)
        return self.forge.world.comment(self.ticket, who, text)

    def cost(self, act: Callable[[], object]) -> Cost:
        """Return what ``act`` asked of the forge."""
        requests, before = self.forge.sandbox.requests, len(self.looks)
        requests.clear()
        act()
        made: list[Request] = list(requests)
        assert all(one.status < 400 for one in made), [(one.method, one.path, one.status) for one in made]
        looks = self.looks[before:]
        return Cost(
            len(looks),
            Counter(_pattern(one) for one in made if not _writes(one)),
            Counter(_pattern(one) for one in made if _writes(one)),
            Counter(_words(change) for look in looks for change in look.changes),
        )

    def reconcile(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        """Look, and count it."""
        look = self.bridge.reconcile(ref, now, expected_comments)
        self.looks.append(look)
        return look

    def look(self) -> Cost:
        """Look once, and return what that asked of the forge."""
        ref, now = self.forge.ref(self.ticket), self.forge.clock.now
        return self.cost(lambda: self.reconcile(ref, now, {}))


@contextmanager
def incident(name: str, comments: int) -> Iterator[Place]:
    """
    Open an incident with a thread, on a forge of the sandbox; nobody has looked at it yet.

    The team has settings of its own, as the product would read them.
    """
    forge = town(name)
    forge.sockets = False
    build: Builder = importlib.import_module(f"tests.contract.forge_{name}").build
    with build(forge):
        forge.project.files[f".{name}/tracker-bridge.toml"] = 'timezone = "Europe/Berlin"\n'
        ticket = forge.world.open_ticket(forge.project, forge.bob, "Checkout is down", "/incident declare")
        place = Place(forge, ticket)
        place.fill(comments)
        yield place


def _words(change: Change) -> str:
    verb = type(change).__name__.lower()
    match change:
        case Edit(document=document) | Post(document=document):
            return f"{verb} {document.key.partition(':')[0]}"
        case Remove():
            return f"{verb} comment"
        case _:
            return verb


def _writes(request: Request) -> bool:
    asks = request.path.endswith("/graphql") and b'"query": "mutation' not in request.body
    return request.method in {"POST", "PUT", "PATCH", "DELETE"} and not asks


def _pattern(request: Request) -> str:
    path = re.sub(r"^(?:/gitlab)?/api(?:/v[34](?=/))?", "", request.path)
    path = path.replace(f"/{PROJECT}", "/PROJECT")
    return f"{request.method} {_LOGIN.sub('LOGIN', _NUMBER.sub('N', path))}"
