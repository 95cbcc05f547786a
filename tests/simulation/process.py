"""
The bridge in a town: trackers, queue, worker and sweep as the server has them, but nothing runs by itself.

It may be killed at any request, and started anew with nothing but the file of its queue.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol

from tests.remembering import Remembering
from tests.simulation.place import BYSTANDER, PROJECT, SECRETS, Town
from tests.simulation.queue import InMemory
from tests.wire import URL, Killed
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.fields import Field
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.ours import Ours
from tracker_bridge.queue import Queue, QueueError
from tracker_bridge.queue.shared_index import SharedIndex
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Awaited, Bridge, ReconcileResult
from tracker_bridge.reconcile.outbox import Sent
from tracker_bridge.reconcile.outward import Courier
from tracker_bridge.sweep import Sweep
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import IssueChanged, Tracker
from tracker_bridge.trackers._pace import UNLIMITED, Pace
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker
from tracker_bridge.trackers.quotas import Act, OwnQuotas, T
from tracker_bridge.web.leading_edge import LeadingEdge
from tracker_bridge.web.receiver import SETTLE
from tracker_bridge.worker import Worker

KEY: Final = b"a key of the simulation that signs receipts"
NEXT_KEY: Final = b"the key that signs them from then on"
RENDERER: Final = Remembering(templates_folder(), COMMANDS)
RULES: Final = Rules(fields=(Field("tier", "Customer tier", issue_field="Tier"),))
"""How the team works: it has a field that the organisation has as well."""
TOKEN: Final = "sandbox-incident-bot"


class Common(Protocol):
    """What several processes have in common."""

    def queue(self) -> Queue: ...

    def index(self) -> SharedIndex | None: ...


class Outside(Protocol):
    """Where messages go: the rules that name the destinations, and a courier for each process."""

    rules: Rules

    def courier(self) -> Courier: ...


class Endless(AssertionError):
    """The worker looks and looks."""


class Limits(OwnQuotas):
    """What the forge told a process of its limits."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self._told: set[str] = set()

    def change(self, credential: str, pace: Pace, act: Act[T]) -> T:
        self._told.add(credential)
        return super().change(credential, pace, act)

    def lift(self) -> None:
        """One that came again and again is kept for up to an hour: let it have passed."""
        for credential in self._told:
            super().change(credential, UNLIMITED, lambda account, _: account.parking.limits.clear())


class Process:
    """
    One process of the bridge after another; ``queue_file`` is the file that outlives them, if there is one.

    ``ahead``: by how much the machine's clock is wrong. ``keys`` are those of the receipts. ``shared`` is what it
    has in common with others, in place of a queue of its own. ``outside`` are the destinations of its messages.
    """

    def __init__(
        self,
        town: Town,
        queue_file: Path | None,
        died: Callable[[], None] = lambda: None,
        shared: Common | None = None,
        outside: Outside | None = None,
    ) -> None:
        self.outside = outside
        self.town = town
        self.queue_file = queue_file
        self.shared = shared
        self.ahead = timedelta()
        self.keys = [KEY]
        self.total = 0
        self.deaths = 0
        self._died = died
        self.start()

    def clock(self) -> datetime:
        return self.town.clock.at + self.ahead

    def start(self) -> None:
        """Begin with nothing remembered, but what the queue holds."""
        seconds = self.town.clock.seconds
        self.limits = Limits(seconds)
        tracker = tracker_of(self.town, self.limits)
        trackers: dict[str, Tracker] = {tracker.name: tracker}
        self.tracker = tracker
        self.queue = self._queue()
        self.bridge = Bridge(
            trackers,
            {tracker.name: self.outside.rules if self.outside else RULES},
            RENDERER,
            keys=self.keys,
            monotonic=seconds,
            ours=Ours(self.shared.index() if self.shared else None),
            sent=self.queue if isinstance(self.queue, Sent) else None,
            courier=self.outside.courier() if self.outside else None,
        )
        self.edge = LeadingEdge(SETTLE)
        self.worker = Worker(self.queue, trackers, self._look, clock=self.clock, monotonic=seconds)
        self.sweeper = Sweep(trackers, self.queue, self._watched, clock=self.clock, monotonic=seconds)

    def _queue(self) -> Queue:
        if self.shared:
            return self.shared.queue()
        return SqliteQueue(self.queue_file) if self.queue_file else InMemory()

    def stop(self) -> None:
        self.queue.close()
        self.tracker.close()

    def restart(self) -> None:
        self.stop()
        self.start()

    def sign_with(self, *keys: bytes) -> None:
        """Begin anew with other keys: the first signs, all verify."""
        self.keys = list(keys)
        self.restart()

    def deliver(self, headers: dict[str, str], body: bytes) -> None:
        """Take a delivery as the receiver does."""
        change = self.tracker.parse_webhook({name.lower(): value for name, value in headers.items()}, body)
        if change is not None:
            self.queue.add(change, self.edge.due(change.ref, self.clock()))

    def catch_up(self) -> None:
        """See everything, also what no listing tells of."""
        self.look_at(number for number in self.town.project.tickets if number != BYSTANDER)

    def look_at(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.queue.add(IssueChanged(self.town.ref(number)), self.clock())
        self.work()

    def rest(self) -> list[str]:
        """Look once more at every issue; return what was changed."""
        refs = [self.town.ref(number) for number in self.town.project.tickets]
        looks = [(ref, self.bridge.reconcile(ref, self.clock(), {})) for ref in refs]
        return [f"{ref}: {change}"[:300] for ref, look in looks for change in look.changes]

    def next_at(self) -> datetime | None:
        """Return when something is due, by the right clock."""
        at = self.queue.stats().next_at
        return at and at - self.ahead

    def work(self, most: int = 60) -> None:
        """Look at what is due; whoever is killed on the way begins anew."""
        for _ in range(most):
            if not self.look():
                return
        raise Endless(f"{most} looks, and no end")

    def look(self) -> bool:
        """Look at one issue that is due; ``False`` when none is."""
        return self._alive(self.worker.reconcile_once)

    def sweep(self) -> None:
        self._alive(self.sweeper.once)

    def _alive(self, act: Callable[[], object]) -> bool:
        try:
            return bool(act())
        except Killed:
            self.deaths += 1
            self._died()
            self.restart()
            return True
        except QueueError:
            return False

    def _look(self, ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        self.total += 1
        return self.bridge.reconcile(ref, now, expected_comments)

    def _watched(self, tracker: str, project: str) -> tuple[str, ...]:
        return self.bridge.watched(tracker, project, self.clock())


def tracker_of(town: Town, limits: Limits) -> GitHubTracker | GitLabTracker:
    seconds, secret = town.clock.seconds, SECRETS[town.forge]
    if town.forge == "github":
        return GitHubTracker(
            f"{URL}/api/v3",
            Token(TOKEN),
            [PROJECT],
            [secret],
            pace=UNLIMITED,
            clock=seconds,
            quotas=limits,
        )
    return GitLabTracker(
        f"{URL}/gitlab",
        TOKEN,
        [PROJECT],
        signing_tokens=[secret],
        pace=UNLIMITED,
        monotonic=seconds,
        quotas=limits,
    )
