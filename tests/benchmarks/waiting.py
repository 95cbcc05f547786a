"""
Waiting: how long people wait for what they did

Each request takes 100 ms; what is asked for at once takes as long as one.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from types import SimpleNamespace
from typing import cast

from tests.benchmarks import fairness
from tests.benchmarks.goal import Found, Goal, at_most
from tests.benchmarks.house import house
from tests.benchmarks.storm import storm
from tests.benchmarks.trips import CALL, scene
from tests.worker.conftest import Clock
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Awaited, ReconcileResult
from tracker_bridge.sandbox.world import Event
from tracker_bridge.trackers import Busy, IssueChanged, Tracker
from tracker_bridge.worker import Worker

FORGES = ("github", "gitlab")


def document(kind: str) -> Callable[[Event], bool]:
    """Tell whether a comment of ours of that kind was written."""

    def written(event: Event) -> bool:
        return event.kind == "comment" and event.note is not None and key_of(event.note.body) == kind

    return written


def labelled(event: Event) -> bool:
    return event.action == "labeled" and event.label is not None and "sev1" in event.label.name


def _by_forge(measure: Callable[[str], float]) -> dict[str, float]:
    return {name: measure(name) for name in FORGES}


def after_a_restart(name: str, issues: int = 400) -> float:
    """A command, while the first sweep has found many changed issues of others."""
    with house(name) as one:
        [ticket] = one.incidents(1)
        one.look_at([ticket])
        one.questions(issues)
        one.restart()
        one.sweep.once()
        forge, waited = one.forge, list[float]()
        note = forge.world.comment(ticket, forge.alice, "/incident severity sev1")
        forge.world.listeners.append(
            lambda event: waited.append((one.depth.trips + 1) * CALL) if labelled(event) else None
        )
        one.depth.clear()
        one.queue.add(IssueChanged(forge.ref(ticket), note.id, note.updated_at), forge.clock.now)
        while not waited and one.worker.reconcile_once():
            pass
        return waited[0]


def opened(name: str) -> float:
    with scene(name) as one:
        world, forge = one.place.forge.world, one.place.forge
        one.place.ticket = world.open_ticket(forge.project, forge.bob, "Login is down", "", labels=["incident"])
        return one.waited(document("status"))[0]


def noted(name: str, number: int) -> tuple[float, float]:
    """Return when the status comment shows so many notes, and when everything is done."""
    with scene(name) as one:
        for step in range(number):
            one.place.say(one.place.forge.tess, f"/incident note step {step}")
        [shown] = one.waited(document("status"))
        return shown, one.depth.trips * CALL


def then_severity(name: str) -> float:
    """A severity, three seconds after twenty notes."""
    busy = max(0.0, noted(name, 20)[1] - 3.0)
    with scene(name) as one:
        one.place.say(one.place.forge.alice, "/incident severity sev1")
        return busy + one.waited(document("status"))[0]


def resolved(name: str) -> float:
    with scene(name) as one:
        one.place.say(one.place.forge.alice, "/incident resolve")
        return one.waited(document("summary"))[0]


def beside_a_failing_project() -> float:
    """The longest wait of one project's commands while people comment in another, which answers 502."""
    clock, queue, ends = Clock(), SqliteQueue(":memory:"), dict[int, float]()
    begin = clock().timestamp()

    def look(ref: IssueRef, now: datetime, expected_comments: Awaited) -> ReconcileResult:
        clock.forward(CALL if ref.project == "acme/sick" else 3 * CALL)
        if ref.project == "acme/sick":
            raise Busy("could not read: GitHub answered 502", 10)
        ends[ref.number] = clock().timestamp() - begin
        return ReconcileResult()

    served = SimpleNamespace(serves=lambda _project: True)
    trackers = {"github": cast("Tracker", served)}  # the worker asks for nothing else
    with closing(queue):
        worker = Worker(queue, trackers, look, clock=clock, monotonic=lambda: clock().timestamp())
        for second in range(1, 61):
            while clock().timestamp() - begin < second:
                if not worker.reconcile_once():
                    clock.forward(0.05)
            for project in ("acme/sick", "acme/well"):
                queue.add(IssueChanged(IssueRef("github", project, second)), clock())
        while worker.reconcile_once():
            pass
    return max(end - number for number, end in ends.items())


def beside_a_hanging_project() -> Found:
    found = fairness.waits(*fairness.ORDERS["the same, a worker left for people"])["command"]
    return Found(f"p99 {found.p99:.2f} s, simulated", found.p99 <= 2)


def stormed(name: str) -> Found:
    told = storm(name, 100, 10)
    refused, last = sum(told.refused.values()), max(told.waited, default=0)
    says = f"{len(told.waited)} of 100, the last after {last:.0f} s, {refused} refused"
    return Found(says, len(told.waited) == 100 and last <= 150 and not refused)


def reported(incidents: int = 500, at_once: int = 8) -> Found:
    """One incident's round trips, for many, some at a time."""
    with scene("github") as one:
        one.depth.clear()
        issue = one.tracker.read(one.place.forge.ref(one.place.ticket), whole=True)
        one.bridge.decide(issue, one.place.forge.clock.now)
        trips = one.depth.trips
    found = incidents / at_once * trips * CALL
    return Found(f"{found:.0f} s: {trips} round trips each, {at_once} at a time", found <= 30)


GOALS: Sequence[Goal] = (
    Goal(
        "restart, 400 other issues changed, then a severity: its label",
        "201 s",
        "3 s",
        lambda: at_most(3, _by_forge(after_a_restart)),
        quick=False,
    ),
    Goal("opened with the label: status comment", "3.3 s", "1 s", lambda: at_most(1, _by_forge(opened))),
    Goal(
        "20 notes in 20 comments: status comment",
        "20.3 s",
        "1.5 s",
        lambda: at_most(1.5, _by_forge(lambda name: noted(name, 20)[0])),
    ),
    Goal(
        "a severity 3 s after that: status comment", "20.3 s", "2 s", lambda: at_most(2, _by_forge(then_severity))
    ),
    Goal("resolve: summary", "5.3 s", "1.5 s", lambda: at_most(1.5, _by_forge(resolved))),
    Goal(
        "a note: status comment and reaction",
        "0.72 s",
        "0.6 s",
        lambda: at_most(0.6, _by_forge(lambda name: noted(name, 1)[1])),
    ),
    Goal(
        "a command, while another project answers 502",
        "9.5 s",
        "2 s",
        lambda: at_most(2, {"longest": beside_a_failing_project()}),
    ),
    Goal("a command, while another project or forge hangs", "46-60 s", "2 s", beside_a_hanging_project),
    Goal(
        "storm on GitHub, 100 incidents: status comments",
        "20 of 100 after 332 s, 16 refused",
        "all within 150 s, 0 refused",
        lambda: stormed("github"),
        quick=False,
    ),
    Goal(
        "storm on GitLab, 100 incidents: status comments",
        "-",
        "all within 150 s, 0 refused",
        lambda: stormed("gitlab"),
        quick=False,
    ),
    Goal("report on 500 incidents", "160 after 159 s", "30 s", reported),
)
