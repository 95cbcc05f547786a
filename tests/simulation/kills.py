"""
A process that is killed at every request of a scripted incident, reads included, and begins anew with nothing.

The script uses every kind of change. After each of its steps the town is kept as it is; then the step is played
again and again from there, with a process that is killed after its first request, after its second, and so on.
The next process must bring the town to the same bytes. Whatever is killed before a request has left behind the
same as if it was killed after the one before: of a process nothing remains.
"""

import copy
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from tests.remembering import SharedFaces
from tests.simulation.acts import Act, Delete, Edit, Open, Say, perform
from tests.simulation.crew import Crew
from tests.simulation.outcome import Outcome, difference, outcome
from tests.simulation.place import BYSTANDER, MAIN, OTHER, Town
from tests.simulation.process import Process
from tests.simulation.run import quiet
from tests.simulation.shared import Shared
from tests.wire import URL, Wire, wired
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.reconcile import SETTLING
from tracker_bridge.sandbox.faults import Faults, Lose
from tracker_bridge.sandbox.world import Event

STEP: Final = timedelta(minutes=10)

SCRIPT: Final[tuple[tuple[Act, ...], ...]] = (
    (
        Open("bob", "Checkout returns 502", "/incident declare --started ~08:50 --detected 08:55 --by alarm"),
        Open("bob", "Payments hang", "/incident declare"),
    ),
    (
        Say(1, MAIN, "alice", "/incident severity sev1\n/incident claim lead\n/incident role tester @bob"),
        Say(2, MAIN, "alice", "/incident role scribe @dana\n/incident role comms @carol external"),
        Say(3, MAIN, "dana", "/incident nte it began at noon"),
        Say(4, MAIN, "rita", "/incident resolve"),
    ),
    (
        Edit(3, MAIN, "dana", "/incident note it began at noon"),
        Say(5, MAIN, "alice", f"/incident related #{BYSTANDER}\n/incident handoff tech-lead @carol"),
        Say(6, MAIN, "carol", "/incident severity sev2 half of them can pay\n/incident field tier gold"),
        Say(7, MAIN, "carol", "/incident update external via status page: Half of all payments fail."),
    ),
    (
        Say(
            8,
            MAIN,
            "carol",
            "/incident action alert on the pool @bob due 2026-12-15\n/incident postmortem 2026-12-01",
        ),
        Say(9, MAIN, "carol", "/incident fixed 2m ago\n/incident question why did no alarm go off?"),
        Say(10, MAIN, "bob", "/incident test pass paid twice"),
        Say(11, MAIN, "alice", "/incident resolve"),
    ),
    (Say(12, MAIN, "carol", "/incident cause the pool ran dry"), Delete(1, MAIN, "alice")),
    (Say(13, MAIN, "bob", "/incident reopen it is back"),),
    (
        Say(14, MAIN, "alice", "/incident resolve"),
        Say(15, OTHER, "bob", f"/incident merge #{MAIN}"),
    ),
)

_KEPT: Final = ("accounts", "projects", "teams", "_made")


@dataclass
class Killed:
    """What came of it: the points at which a process was killed, and those after which something was different."""

    points: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Stage:
    """
    A town, and processes in it that may be killed after their request number ``at``; 0 is never.

    ``written`` requests were made until all was written that a step asks for. ``doubled`` tells what people saw
    twice meanwhile. With ``shared``, three processes take turns.
    """

    def __init__(self, forge: str, shared: Shared | None = None) -> None:
        self.town = Town(forge)
        self.shared = shared
        self.doubled: list[str] = []
        self.town.world.listeners.append(self._heard)
        self.faults = Faults()
        self.at = 0
        self.seen = 0
        self.written = 0
        self.changes: Counter[str] = Counter()
        self.wire = Wire(
            SharedFaces(self.town.world, URL, faults=self.faults), self.town.clock.forward, self._kill
        )

    def _kill(self, method: str, path: str) -> tuple[bool, bool]:  # whatever it is
        self.seen += 1
        return False, self.seen == self.at

    def keep(self) -> Any:
        """Return the town as it is, to be put back."""
        world = self.town.world
        kept = {name: getattr(world, name) for name in _KEPT}
        return copy.deepcopy((kept, self.town.project.id, self.town.bot.id, self.town.clock.at, self.town.notes))

    def put_back(self, kept: Any) -> None:
        parts, project, bot, at, notes = copy.deepcopy(kept)
        town, world = self.town, self.town.world
        for name, value in parts.items():
            setattr(world, name, value)
        town.project, town.bot = world.projects[project], world.accounts[bot]
        town.clock.at, town.notes, town.gone = at, notes, set()

    def step(self, acts: Sequence[Act], at: int = 0) -> Outcome:
        """Play one step; if the process is killed, the next one goes on. All comes to rest at the same moment."""
        town, self.at, self.seen = self.town, at, 0
        end = town.clock.at + STEP
        for act in acts:
            perform(town, act)
            town.clock.forward(1)
        self.doubled = []
        process = self.begin()
        for one in [process] if isinstance(process, Process) else process.all:
            self._count(one)
        numbers = {getattr(act, "ticket", 0) for act in acts} - {0} or {MAIN, OTHER}
        process.look_at(numbers)
        self.written = self.seen if not at else self.written
        town.clock.forward(SETTLING + 1)
        process.look_at(numbers)
        town.clock.until(end)
        process.look_at(numbers)
        process.stop()
        return outcome(town)

    def begin(self) -> Crew | Process:
        return Crew(self.town, self.shared, self._died) if self.shared else Process(self.town, None, self._died)

    def _count(self, process: Process) -> None:
        watched = process.bridge.reconcile

        def reconcile(*args: Any) -> Any:
            look = watched(*args)
            self.changes.update(type(change).__name__ for change in look.changes)
            return look

        process.bridge.reconcile = reconcile  # type: ignore[assignment, method-assign]  # to be counted

    def _heard(self, event: Event) -> None:
        if event.kind == "comment" and event.action == "created" and event.note and event.actor is self.town.bot:
            key = key_of(event.note.body)
            notes = [one for one in event.ticket.comments if one.author is self.town.bot]
            if sum(key_of(one.body) == key for one in notes) > 1:
                self.doubled.append(f"two comments of {key} in #{event.ticket.number}")

    def _died(self) -> None:
        self.at = 0


def kill_everywhere(
    forge: str, script: Sequence[Sequence[Act]] = SCRIPT, every: int = 1, shared: Shared | None = None
) -> Killed:
    """Kill at every request; with ``every`` 3, at every third one; with ``shared``, one of three processes."""
    found = Killed()
    with quiet():
        stage = Stage(forge, shared)
        with wired(stage.wire):
            for number, acts in enumerate(script):
                before = stage.keep()
                if forge == "github" and number == 0:  # the status comment is not pinned then, and later it is
                    stage.faults.add(Lose(done=True), method="POST", path="/comments$")
                wanted = stage.step(acts)
                stage.faults.clear()
                after, requests = stage.keep(), stage.written
                for at in range(1 + number % every, requests + 1, every):
                    stage.put_back(before)
                    different = difference(wanted, stage.step(acts, at))
                    found.points += 1
                    problems = [*stage.doubled, *([different] if different else [])]
                    found.problems += [f"{forge}, step {number}, request {at}:\n{one}" for one in problems]
                stage.put_back(after)
                found.requests[forge] += requests
        found.changes = stage.changes
    return found
