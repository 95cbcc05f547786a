"""What a round of the sweep asks, adds, and survives."""

import logging
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from tests.worker.conftest import Clock, QuietForge
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue import Priority, QueueError
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.sweep import OVER, Sweep, Swept
from tracker_bridge.trackers import Busy, IssueChanged, Labelled


def labels(tracker: str, project: str) -> tuple[str, ...]:
    return ("incident",)


API = [IssueRef("github", "acme/api", number) for number in range(4)]
DAY = timedelta(days=1)


@dataclass
class Listing:
    """What the forges give: ``incidents`` for the open ones, ``changes`` for the rest, or an error."""

    incidents: list[IssueRef] = field(default_factory=list)
    changes: list[IssueRef] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    asked: list[tuple[str, datetime | None]] = field(default_factory=list)

    def __call__(self, project: str, since: datetime | None) -> Iterable[IssueRef]:
        self.asked.append((project, since))
        yield from self.incidents if since is None else self.changes
        if project in self.errors:
            raise self.errors[project]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue() -> Iterator[SqliteQueue]:
    queue = SqliteQueue(":memory:")
    yield queue
    queue.close()


@pytest.fixture
def listing() -> Listing:
    return Listing()


@pytest.fixture
def sweep(listing: Listing, queue: SqliteQueue, clock: Clock) -> Sweep:
    forge = QuietForge("github", frozenset({"acme/api", "acme/web"}), changing=listing)
    return Sweep({"github": forge}, queue, labels, clock=clock, monotonic=clock.seconds)


class Overlooking(QuietForge):
    """A forge that tells of all its projects at once; ``busy`` are those in which something happened."""

    busy: frozenset[str] = frozenset()
    error: Exception | None = None

    def quiet(self, since: Mapping[str, datetime]) -> frozenset[str]:
        self.since = since
        if self.error:
            raise self.error
        return frozenset(since) - self.busy


def test_of_many_projects_those_are_listed_in_which_something_happened(
    listing: Listing, queue: SqliteQueue, clock: Clock
) -> None:
    names = [f"acme/{number:02}" for number in range(12)]
    forge = Overlooking("github", frozenset(names), changing=listing)
    sweep = Sweep({"github": forge}, queue, labels, clock=clock, monotonic=clock.seconds)
    began = clock()
    sweep.once()
    assert len(listing.asked) == 36

    listing.asked.clear()
    clock.forward(300)
    forge.busy = frozenset({"acme/03"})
    assert sweep.once().projects == 12
    assert listing.asked == [("acme/03", began)]

    listing.asked.clear()
    clock.forward(300)
    sweep.once()
    assert forge.since == {
        name: clock() - timedelta(seconds=300) if name == "acme/03" else began for name in names
    }

    clock.forward(3000)
    listing.asked.clear()
    sweep.once()
    assert ("acme/00", began) in listing.asked
    assert len(listing.asked) == 24

    for error in (Busy("could not ask", 5), QueueError("The database is away."), KeyError("a bug")):
        clock.forward(300)
        listing.asked.clear()
        forge.error = error
        assert not sweep.once().failures
        assert len(listing.asked) == 12


class Listed(QuietForge):
    """A forge that tells the open ones at once, and nothing else."""

    asked: int = 0

    def by_label(self, project: str, wanted: Sequence[Labelled]) -> Mapping[Labelled, Sequence[IssueRef]]:
        self.asked += 1
        return {one: API for one in wanted if one.since is None}


def test_a_full_round_asks_one_by_one_for_what_is_not_told_at_once(
    listing: Listing, queue: SqliteQueue, clock: Clock
) -> None:
    forge = Listed("github", frozenset({"acme/api"}), changing=listing)
    sweep = Sweep({"github": forge}, queue, labels, clock=clock, monotonic=clock.seconds)

    assert sweep.once().issues == len(API)
    assert listing.asked == [("acme/api", clock() - DAY), ("acme/api", clock() - OVER)]

    for minutes, asked in ((5, 1), (60, 2)):
        clock.forward(minutes * 60)
        sweep.once()
        assert forge.asked == asked
    assert ("acme/api", None) not in listing.asked


def test_the_first_round_asks_for_open_incidents_the_last_day_and_what_is_over(
    sweep: Sweep, listing: Listing, clock: Clock
) -> None:
    sweep.once()

    assert listing.asked == [
        ("acme/api", None),
        ("acme/api", clock() - DAY),
        ("acme/api", clock() - OVER),
        ("acme/web", None),
        ("acme/web", clock() - DAY),
        ("acme/web", clock() - OVER),
    ]


def test_later_rounds_ask_from_the_beginning_of_the_one_before(
    sweep: Sweep, listing: Listing, clock: Clock
) -> None:
    began = clock()
    sweep.once()
    clock.forward(300)
    listing.asked.clear()
    sweep.once()

    assert listing.asked == [("acme/api", began), ("acme/web", began)]


def test_once_an_hour_open_incidents_are_asked_for_again(sweep: Sweep, listing: Listing, clock: Clock) -> None:
    sweep.once()
    clock.forward(3600)
    listing.asked.clear()
    sweep.once()

    assert [since for _, since in listing.asked].count(None) == 2


def test_what_is_found_is_added_once_and_counted(
    sweep: Sweep, listing: Listing, queue: SqliteQueue, clock: Clock
) -> None:
    listing.incidents, listing.changes = API[:2], [*API[1:], API[3]]

    assert sweep.once() == Swept(projects=2, issues=8, failures={})
    clock.forward(1)
    taken = []
    while held := queue.take(clock()):
        taken.append(held.ref)
    assert taken == API


def test_old_issues_come_last_and_one_after_the_other(
    sweep: Sweep, listing: Listing, queue: SqliteQueue, clock: Clock
) -> None:
    old = [IssueRef("github", "acme/api", number) for number in range(100, 500)]
    listing.incidents, listing.changes = API[:2], [*API, *old]
    sweep.once()
    taken = [queue.take(clock()) for _ in range(4)]
    assert [lease and lease.priority for lease in taken] == [Priority.SWEEP] * 2 + [Priority.FIRST_SIGHT, None]

    while waiting := queue.stats().waiting:
        clock.forward(1)
        while queue.take(clock()):
            pass
        assert waiting - queue.stats().waiting <= 10


def test_a_command_after_a_restart_is_the_next_that_is_reconciled(
    sweep: Sweep, listing: Listing, queue: SqliteQueue, clock: Clock
) -> None:
    old = [IssueRef("github", "acme/api", number) for number in range(100, 500)]
    listing.incidents, listing.changes = API[:2], old
    sweep.once()
    clock.forward(600)
    command = IssueRef("github", "acme/web", 7)
    queue.add(IssueChanged(command), clock(), Priority.PERSON)

    lease = queue.take(clock())
    assert lease is not None
    assert lease.ref == command


def test_what_changed_later_is_not_old(sweep: Sweep, listing: Listing, queue: SqliteQueue, clock: Clock) -> None:
    sweep.once()
    listing.changes = API[:3]
    clock.forward(300)
    sweep.once()

    taken = [queue.take(clock()) for _ in API[:3]]
    assert [lease and lease.priority for lease in taken] == [Priority.SWEEP] * 3


def test_progress_is_told_as_it_is_made(sweep: Sweep, listing: Listing) -> None:
    listing.incidents = API[:2]
    told: list[tuple[str, int]] = []
    sweep.once(progress=lambda project, issues: told.append((project, issues)))

    assert told == [(f"github:acme/{name}", count) for name in ("api", "web") for count in range(3)]


@pytest.mark.parametrize("error", [Busy("a rate limit", 60), ZeroDivisionError("a bug")])
def test_a_project_that_fails_does_not_stop_the_others(
    sweep: Sweep, listing: Listing, queue: SqliteQueue, clock: Clock, error: Exception
) -> None:
    began = clock()
    sweep.once()
    clock.forward(300)
    listing.errors["acme/api"] = error
    listing.changes = API[:1]
    swept = sweep.once()

    assert swept.failures == {"github:acme/api": str(error) if isinstance(error, Busy) else repr(error)}
    assert queue.stats().waiting == 1

    listing.errors.clear()
    listing.asked.clear()
    clock.forward(300)
    sweep.once()
    assert listing.asked == [("acme/api", began), ("acme/web", began + timedelta(seconds=300))]


def test_a_queue_that_fails_is_no_reason_to_skip_the_time_in_between(
    sweep: Sweep, listing: Listing, queue: SqliteQueue, clock: Clock
) -> None:
    listing.changes = API[:1]
    queue.close()

    assert set(sweep.once().failures) == {"github:acme/api", "github:acme/web"}
    listing.asked.clear()
    clock.forward(60)
    sweep.once()
    assert ("acme/api", clock() - DAY) in listing.asked


def test_the_thread_sweeps_at_start_and_when_asked(
    queue: SqliteQueue, listing: Listing, caplog: pytest.LogCaptureFixture
) -> None:
    rounds = threading.Semaphore(0)

    def changing(project: str, since: datetime | None) -> Iterable[IssueRef]:
        if since is not None and since > datetime.now(UTC) - 2 * DAY:
            rounds.release()
        return ()

    caplog.set_level(logging.INFO)
    forge = QuietForge("github", frozenset({"acme/api"}), changing=changing)
    sweep = Sweep(
        {"github": forge},
        queue,
        labels,
        clock=lambda: datetime.now(UTC),
        every=timedelta(hours=1),
        soonest=timedelta(milliseconds=1),
    )
    sweep.start()
    assert rounds.acquire(timeout=20)
    sweep.soon()
    assert rounds.acquire(timeout=20)
    sweep.stop(20)

    assert caplog.messages.count("swept 1 projects: 0 issues") == 2


def test_a_forge_that_hangs_does_not_hold_up_the_rounds_of_the_other(queue: SqliteQueue, clock: Clock) -> None:
    hung, asked, over = threading.Event(), threading.Event(), threading.Event()

    def hangs(_project: str, _since: datetime | None) -> Iterable[IssueRef]:
        hung.set()
        over.wait(60)
        return ()

    def answers(_project: str, _since: datetime | None) -> Iterable[IssueRef]:
        asked.set()
        return ()

    gitlab = QuietForge("gitlab", frozenset({"acme/web"}), changing=hangs)
    github = QuietForge("github", frozenset({"acme/api"}), changing=answers)
    sweep = Sweep({"gitlab": gitlab, "github": github}, queue, labels, clock=clock)
    sweep.start()

    assert hung.wait(30)
    assert asked.wait(30)
    over.set()
    sweep.stop(30)
