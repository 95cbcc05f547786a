"""
Two forges, three projects, and one of them fails: what people say elsewhere is heard as if nothing were wrong.

Real trackers and a real bridge, against the sandbox. Nothing is measured: it counts what was reconciled first.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field

import pytest

from tests.stories.story import RENDERER
from tests.worker.conftest import Clock
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Awaited, Bridge, ReconcileResult
from tracker_bridge.sandbox.faults import FaultResponse, Hang
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import Account, Project, Ticket, World
from tracker_bridge.serving.shares import shares
from tracker_bridge.trackers import IssueChanged, Tracker
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker
from tracker_bridge.worker import Worker

API, SHOP, WEB = ("github", "acme/api"), ("github", "acme/shop"), ("gitlab", "acme/web")
WORKERS = 4
FAILING = {API: r"/repos/acme/api(/|$)", WEB: r"/projects/acme(%2F|/)web(/|$)"}


@dataclass
class Town:
    """The bridge between both forges. ``begun`` and ``ended`` are the reconciles, in their order."""

    clock: Clock
    sandbox: Sandbox
    trackers: dict[str, Tracker]
    projects: dict[tuple[str, str], Project]
    alice: Account
    end_of_hanging: Callable[[], None]
    queue: SqliteQueue = field(init=False)
    worker: Worker = field(init=False)
    begun: list[IssueRef] = field(default_factory=list)
    ended: list[IssueRef] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def __post_init__(self) -> None:
        rules = {name: Rules() for name in self.trackers}
        self.bridge = Bridge(self.trackers, rules, RENDERER, keys=[b"k"], monotonic=self.clock.seconds)
        self.queue = SqliteQueue(":memory:", caps=shares(WORKERS, 2, self.trackers.values()))
        self.worker = Worker(
            self.queue,
            self.trackers,
            self.reconcile,
            clock=self.clock,
            monotonic=self.clock.seconds,
            threads=WORKERS,
        )

    def reconcile(self, ref: IssueRef, now: object, expected_comments: Awaited) -> ReconcileResult:
        self._note(self.begun, ref)
        try:
            return self.bridge.reconcile(ref, self.clock(), expected_comments)
        finally:
            self._note(self.ended, ref)

    def command(self, where: tuple[str, str]) -> Ticket:
        """Let alice open an issue with a command, and the forge tell of it."""
        ticket = self.sandbox.world.open_ticket(
            self.projects[where], self.alice, "Mail is down", "/incident declare"
        )
        self.queue.add(IssueChanged(self.ref(where, ticket)), self.clock())
        return ticket

    def ref(self, where: tuple[str, str], ticket: Ticket) -> IssueRef:
        return IssueRef(*where, ticket.number)

    def count(self, where: tuple[str, str]) -> int:
        return sum((ref.tracker, ref.project) == where for ref in self.begun)

    def until(self, count: int, noted: list[IssueRef]) -> None:
        """Wait until so many were noted; a test that would wait for ever fails."""
        with self.changed:
            assert self.changed.wait_for(lambda: len(noted) >= count, 60)

    def _note(self, noted: list[IssueRef], ref: IssueRef) -> None:
        with self.changed:
            noted.append(ref)
            self.changed.notify_all()


@pytest.fixture
def town(clock: Clock) -> Iterator[Town]:
    world = World(clock)
    bot, alice = world.add_account("incident-bot", bot=True), world.add_account("alice")
    projects = {where: world.add_project(where[1], where[0]) for where in (API, SHOP, WEB)}
    for project in projects.values():
        for account in (bot, alice):
            world.add_member(project, account, Access.MAINTAIN)
    with ExitStack() as stack:
        serving = stack.enter_context(ExitStack())
        sandbox = serving.enter_context(Sandbox(world))
        github = GitHubTracker(
            sandbox.github_url, Token(bot.token), [API[1], SHOP[1]], ["a secret of the tests"], pace=UNLIMITED
        )
        gitlab = GitLabTracker(
            sandbox.gitlab_url, bot.token, [WEB[1]], webhook_tokens=["a token of the tests"], pace=UNLIMITED
        )
        trackers: dict[str, Tracker] = {
            "github": stack.enter_context(closing(github)),
            "gitlab": stack.enter_context(closing(gitlab)),
        }
        made = Town(clock, sandbox, trackers, projects, alice, serving.close)
        stack.callback(made.queue.close)
        yield made


def heard(ticket: Ticket) -> bool:
    return any(label.name == "incident" for label in ticket.labels) and any(
        note.author.bot for note in ticket.comments
    )


@pytest.mark.parametrize("failing", [API, WEB], ids=str)
def test_while_one_project_answers_502_the_others_are_heard(town: Town, failing: tuple[str, str]) -> None:
    town.sandbox.faults.add(FaultResponse(502), path=FAILING[failing], times=1_000)
    for _ in range(10):
        town.command(failing)
    others = [town.command(where) for where in (API, SHOP, WEB) if where != failing]
    while town.worker.reconcile_once():
        pass

    assert all(map(heard, others))
    assert town.count(failing) == 3


@pytest.mark.parametrize("hanging", [API, WEB], ids=str)
def test_while_one_project_hangs_the_others_are_heard(town: Town, hanging: tuple[str, str]) -> None:
    town.sandbox.faults.add(Hang(done=False), path=FAILING[hanging], times=1_000)
    for _ in range(10):
        town.command(hanging)
    town.worker.start()
    town.until(2, town.begun)
    others = [town.command(where) for where in (API, SHOP, WEB) if where != hanging]
    town.until(len(others), town.ended)
    ended, begun = list(town.ended), town.count(hanging)
    town.end_of_hanging()
    assert town.worker.stop(20)

    assert all(map(heard, others))
    assert begun == 2
    assert hanging not in [(ref.tracker, ref.project) for ref in ended]
