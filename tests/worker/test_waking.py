"""The worker wakes when time alone changes something: a real queue and a real bridge, on the local world."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.contract.local import LocalTracker
from tests.stories.story import RENDERER
from tests.worker.conftest import Clock
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import Post, key_of
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Awaited, Bridge, ReconcileResult
from tracker_bridge.sandbox.world import Ticket, World
from tracker_bridge.sweep import Sweep
from tracker_bridge.trackers import IssueChanged
from tracker_bridge.worker import Worker


class Crash(BaseException):
    """What ends a process from outside is no exception that the worker would survive."""


@dataclass
class Place:
    """Bob's incident of noon, and the bridge; nobody leads it, so bob is to be reminded at 12:15, 12:30, 13:00."""

    clock: Clock
    queue_file: Path
    world: World = field(init=False)
    tracker: LocalTracker = field(init=False)
    ticket: Ticket = field(init=False)
    queue: SqliteQueue = field(init=False)
    worker: Worker = field(init=False)
    looks: list[ReconcileResult] = field(default_factory=list)
    crashing: bool = False

    def __post_init__(self) -> None:
        self.world = World(self.clock)
        bot = self.world.add_account("incident-bot", bot=True)
        self.bob = self.world.add_account("bob")
        project = self.world.add_project("acme/api", "local")
        for account in (bot, self.bob):
            self.world.add_member(project, account, Access.MAINTAIN)
        self.tracker = LocalTracker(self.world, ["acme/api"], bot)
        self.ticket = self.world.open_ticket(project, self.bob, "Mail is down", "/incident declare")
        self.start()

    @property
    def ref(self) -> IssueRef:
        return IssueRef("local", "acme/api", self.ticket.number)

    def start(self) -> None:
        """Begin as a new process would: with the queue's file, and nothing remembered."""
        self.queue = SqliteQueue(self.queue_file, lease=timedelta(minutes=2))
        bridge = Bridge(
            {"local": self.tracker}, {"local": Rules()}, RENDERER, keys=[b"k"], monotonic=self.clock.seconds
        )

        def look(ref: IssueRef, now: object, expected_comments: Awaited) -> ReconcileResult:
            found = bridge.reconcile(ref, self.clock(), expected_comments)
            self.looks.append(found)
            if self.crashing:
                raise Crash
            return found

        self.worker = Worker(
            self.queue, {"local": self.tracker}, look, clock=self.clock, monotonic=self.clock.seconds
        )

    def restart(self) -> None:
        self.queue.close()
        self.start()

    def lose_queue(self) -> None:
        """Begin anew without the queue's file."""
        self.queue.close()
        for file in self.queue_file.parent.glob(f"{self.queue_file.name}*"):
            file.unlink()
        self.start()

    def sweep(self) -> int:
        """Do the first round of a start; return how many issues it found."""
        trackers = {"local": self.tracker}
        return Sweep(trackers, self.queue, lambda _tracker, _project: ["incident"], clock=self.clock).once().issues

    def settle(self) -> int:
        """Look at all that is due now; return how many looks that took."""
        before = len(self.looks)
        while self.worker.reconcile_once():
            pass
        return len(self.looks) - before

    def at(self, minute: float) -> int:
        """Let time pass until ``minute`` after noon, and look at what is due by then."""
        self.clock.forward(minute * 60 - (self.clock() - self.ticket.created_at).total_seconds())
        return self.settle()

    @property
    def slots(self) -> list[int]:
        """The numbers of the reminders in the thread."""
        keys = [key_of(note.body) or "" for note in self.ticket.comments]
        return [int(key.split(".")[2]) for key in keys if key.startswith("nudge:lead.")]


@pytest.fixture
def place(clock: Clock, tmp_path: Path) -> Iterator[Place]:
    made = Place(clock, tmp_path / "queue.sqlite3")
    made.queue.add(IssueChanged(made.ref), clock())
    made.settle()
    yield made
    made.queue.close()


def test_it_looks_at_the_very_second_and_not_before(place: Place) -> None:
    next_at = place.queue.stats().next_at
    assert next_at == place.ticket.created_at + timedelta(minutes=15)

    assert place.at(15 - 1 / 60) == 0
    assert place.slots == []
    assert place.at(15) == 1
    assert place.slots == [1]
    assert place.at(30 - 1 / 60) == 0
    assert place.at(30) == 1
    assert place.slots == [2]
    assert place.at(60) == 1
    assert place.slots == [3]


def test_a_reconcile_in_between_does_not_put_it_off(place: Place) -> None:
    place.clock.forward(300)
    place.world.comment(place.ticket, place.bob, "it is really down")
    place.queue.add(IssueChanged(place.ref), place.clock())
    assert place.settle() == 1
    assert place.at(15) == 1
    assert place.slots == [1]


def test_a_restart_forgets_nothing(place: Place) -> None:
    place.restart()
    assert place.at(14) == 0
    place.restart()
    assert place.at(15) == 1
    assert place.slots == [1]


def test_down_for_hours_there_is_one_reminder_at_once(place: Place) -> None:
    """F23."""
    place.restart()
    assert place.at(5 * 60 + 10) == 1
    assert place.slots == [11]
    [look] = place.looks[-1:]
    assert len([change for change in look.changes if isinstance(change, Post)]) == 1


def test_a_crash_between_posting_and_remembering_it_posts_nothing_again(place: Place) -> None:
    place.crashing = True
    with pytest.raises(Crash):
        place.at(15)
    assert place.slots == [1]

    place.crashing = False
    place.restart()
    assert place.settle() == 1
    assert place.slots == [1]
    assert place.looks[-1].changes == ()
    assert place.at(30) == 1
    assert place.slots == [2]


def test_a_queue_that_is_lost_is_filled_by_the_first_round_of_the_sweep(place: Place) -> None:
    place.lose_queue()
    assert place.at(3 * 24 * 60) == 0  # nothing is known any more

    sweep = Sweep({"local": place.tracker}, place.queue, lambda *_: ("incident",), clock=place.clock)
    assert sweep.once().issues == 1
    assert place.settle() == 1
    assert len(place.slots) == 1
    assert place.queue.stats().next_at == place.clock() + timedelta(minutes=30)


def test_the_testers_of_an_incident_that_is_over_are_found_again_too(place: Place) -> None:
    """S106."""
    place.world.add_account("tess")
    place.world.comment(place.ticket, place.bob, "/incident claim lead\n/incident role tester @tess")
    place.world.comment(place.ticket, place.bob, "/incident fixed\n/incident resolve")
    place.queue.add(IssueChanged(place.ref), place.clock())
    place.settle()
    assert not place.ticket.open
    assert place.queue.stats().next_at == place.ticket.created_at + timedelta(minutes=15)

    place.lose_queue()
    place.at(3 * 24 * 60)
    assert place.sweep() == 1
    place.settle()
    assert [note.body.partition(",")[0] for note in place.ticket.comments if "nudge:test" in note.body] == [
        "@tess"
    ]


def test_when_it_is_over_nothing_is_waited_for(place: Place) -> None:
    place.at(15)
    place.world.close(place.ticket, place.bob)
    place.queue.add(IssueChanged(place.ref), place.clock())
    place.settle()
    assert place.slots == []
    assert place.queue.stats().next_at is None
