"""The bridge behind its receiver and its sweep, on a forge of the sandbox whose requests are counted."""

import importlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field

from tests.benchmarks.storm import tracker_of
from tests.benchmarks.trips import Depth
from tests.contract.forges import Builder, Delivery, Forge, town
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.ours import Ours
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Bridge
from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox.server import Request
from tracker_bridge.sandbox.world import Hook, Ticket
from tracker_bridge.sweep import Sweep
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import IssueChanged
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.worker import Worker

_EVENTS = ("note_events", "issues_events", "confidential_note_events", "confidential_issues_events")
_SECRET = {"github": "secret", "gitlab": "signing_token"}


@dataclass
class House:
    """What runs in one process. ``depth`` counts requests, and those that wait for each other."""

    forge: Forge
    stack: ExitStack
    depth: Depth = field(default_factory=Depth)

    def __post_init__(self) -> None:
        self.depth.requests = self.forge.sandbox.requests
        hook = Hook(
            1,
            "http://127.0.0.1:9/",
            settings=dict.fromkeys(_EVENTS, True),
            **{_SECRET[self.forge.name]: self.forge.secret},
        )
        self.forge.project.hooks[hook.id] = hook
        self.forge.sandbox.hooks.hold()
        self.restart()

    def restart(self) -> None:
        """Lose all that is remembered."""
        forge, clock = self.forge, self.forge.clock
        self.ours = Ours()
        self.queue = self.stack.enter_context(closing(SqliteQueue(":memory:")))
        self.tracker = self.stack.enter_context(closing(tracker_of(forge, UNLIMITED, self.depth, forge.secret)))
        trackers = {forge.name: self.tracker}
        self.bridge = Bridge(
            trackers,
            {forge.name: Rules()},
            Renderer(templates_folder(), COMMANDS),
            keys=[b"signs"],
            monotonic=clock.seconds,
            ours=self.ours,
            together=self.depth,
        )
        self.worker = Worker(self.queue, trackers, self.bridge.reconcile, clock=clock, monotonic=clock.seconds)
        self.sweep = Sweep(
            trackers,
            self.queue,
            lambda tracker, project: self.bridge.watched(tracker, project, clock.now),
            clock=clock,
            monotonic=clock.seconds,
            ours=self.ours,
            grammars=lambda tracker, project, bot: self.bridge.grammar(tracker, project, bot, clock.now),
        )

    def questions(self, number: int) -> list[Ticket]:
        """Let people open issues that have nothing to do with incidents, and answer in them."""
        forge, tickets = self.forge, list[Ticket]()
        for one in range(number):
            tickets.append(
                forge.world.open_ticket(forge.project, forge.rita, f"Question {one}", "How does it work?")
            )
            forge.world.comment(tickets[-1], forge.bob, "Like that.")
        forge.clock.forward(200)
        return tickets

    def incidents(self, number: int) -> list[Ticket]:
        """Let people declare incidents of which nobody has heard."""
        forge, opened = self.forge, list[Ticket]()
        for one in range(number):
            body = "/incident declare"
            opened.append(forge.world.open_ticket(forge.project, forge.bob, f"Service {one} is down", body))
        return opened

    def receive(self) -> None:
        """Take in what the forge has sent since, and reconcile what is due."""
        log = self.forge.sandbox.hooks.log
        deliveries: list[Delivery] = [
            ({name.lower(): value for name, value in one.headers.items()}, one.body) for one in log
        ]
        log.clear()
        for delivery in deliveries:
            change = self.tracker.parse_webhook(*delivery)
            if change is not None and not self.ours.spares(change):
                self.queue.add(change, self.forge.clock.now)
        self.work()

    def look_at(self, tickets: list[Ticket]) -> None:
        for ticket in tickets:
            self.queue.add(IssueChanged(self.forge.ref(ticket)), self.forge.clock.now)
        self.work()

    def work(self) -> None:
        while self.worker.reconcile_once():
            pass
        self.forge.sandbox.hooks.log.clear()

    @property
    def asked(self) -> list[Request]:
        """The requests since ``depth`` was cleared."""
        return list(self.forge.sandbox.requests)


@contextmanager
def house(name: str) -> Iterator[House]:
    forge = town(name)
    forge.sockets = False
    build: Builder = importlib.import_module(f"tests.contract.forge_{name}").build
    with build(forge), ExitStack() as stack:
        yield House(forge, stack)
