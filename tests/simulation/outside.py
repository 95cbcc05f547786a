"""
Killed while messages go out: a process, or one of two hosts, after each of its requests.

No message arrives twice, and none is lost in silence: it arrived, or the thread says that it failed or is unknown.
"""

import copy
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from tests.simulation.acts import Act, Edit, Harm, Open, Say
from tests.simulation.kills import Stage
from tests.simulation.place import MAIN, OTHER
from tests.simulation.process import KEY, Endless, Process
from tests.simulation.queue import InMemory
from tests.simulation.run import LENGTH, SHARED, Told, disturbed, forge_of, quiet
from tests.simulation.scenario import scenario
from tests.simulation.weather import FORGETS, Weather
from tests.wire import wired
from tracker_bridge.domain.incident.calls import Paging
from tracker_bridge.domain.incident.on_call import OnCall
from tracker_bridge.domain.incident.outward import Kind, Message, Outcome, Sent
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.incident.subscribers import Subscriber
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.domain.issue.dispatches import GONE
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.domain.issue.receipts import Receipts
from tracker_bridge.queue import Queue
from tracker_bridge.reconcile.outward import Courier
from tracker_bridge.trackers import IssueChanged

SCRIPT: Final[tuple[tuple[Act, ...], ...]] = (
    (Open("bob", "Checkout returns 502", "/incident declare"), Open("bob", "Payments hang", "a report")),
    (Say(0, MAIN, "alice", "/incident severity sev1"),),
    (
        Say(1, MAIN, "alice", "/incident claim lead\n/incident channel chat war-room"),
        Say(2, MAIN, "alice", "/incident audience external via customers\n/incident status identified the pool"),
    ),
    (Say(3, MAIN, "alice", "/incident update external: Half of al payments fail."),),
    (Edit(3, MAIN, "alice", "/incident update external: Half of all payments fail."),),
    (Say(4, MAIN, "alice", "/incident resolve"),),
)
ALL: Final = frozenset({Kind.DECLARED, Kind.SEVERITY, Kind.PHASE, Kind.RESOLVED})
EVERYBODY: Final = Rules(
    subscribers=(
        Subscriber("ops", ALL | {Kind.REMINDER}),
        Subscriber("customers", audiences=frozenset({"external"})),
    )
)
RULES: Final = Rules(
    subscribers=(
        *(Subscriber("ops", ALL), Subscriber("customers"), Subscriber("war-room")),
        Subscriber("pager", frozenset({Kind.PAGE})),
    ),
    on_call=(OnCall(("carol",)),),
    paging=Paging(("sev1",)),
)

Name = tuple[str, str, str]
"""Where a message goes, which it is, and of which issue."""


@dataclass
class Outside:
    """What arrived at the destinations. ``slow`` couriers send what they took only when they are asked next."""

    slow: bool = False
    arrived: Counter[Name] = field(default_factory=Counter)
    rules: Rules = RULES

    def courier(self) -> Courier:
        return _Carrying(self)


class _Carrying:
    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._taken: list[Name] = []
        self._known: dict[Name, Sent] = {}

    def submit(self, message: Message, handle: str | None) -> None:
        self._taken.append((message.destination, message.key, message.thread))
        if not self._outside.slow:
            self._send()

    def outcomes(self, ref: IssueRef) -> dict[tuple[str, str], Sent]:
        self._send()
        return {(where, key): sent for (where, key, thread), sent in self._known.items() if thread == str(ref)}

    def _send(self) -> None:
        while self._taken:
            name = self._taken.pop(0)
            self._outside.arrived[name] += 1
            self._known[name] = Sent(Outcome.DELIVERED)


class _Both:
    """A queue that two hosts share, and what they know of what was just sent."""

    def __init__(self) -> None:
        self._queue = InMemory()

    def queue(self) -> Queue:
        return self._queue

    def index(self) -> None:
        return None


class Hosts:
    """Two hosts take turns; it looks like a single :class:`Process`."""

    def __init__(self, stage: "_Stage") -> None:
        common = _Both()
        self.town = stage.town
        self.all = [Process(stage.town, None, stage.died, common, stage.outside) for _ in range(2)]

    def look_at(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.all[0].queue.add(IssueChanged(self.town.ref(number)), self.town.clock.at)
        for _ in range(60):
            looks = [one.look() for one in self.all]
            if not any(looks):
                return
        raise Endless("60 rounds, and no end")

    def stop(self) -> None:
        for one in self.all:
            one.stop()


class _Stage(Stage):
    def __init__(self, forge: str, *, slow: bool, two: bool) -> None:
        super().__init__(forge)
        self.outside = Outside(slow)
        self.two = two
        self.died: Callable[[], None] = self._died

    def begin(self) -> Any:
        return Hosts(self) if self.two else Process(self.town, None, self._died, outside=self.outside)

    def settle(self) -> None:
        """Let so much time pass that nobody is waited for any more."""
        process = self.begin()
        self.town.clock.forward(GONE.total_seconds() + 60)
        process.look_at({MAIN, OTHER})
        self.town.clock.forward(timedelta(minutes=2).total_seconds())
        process.look_at({MAIN, OTHER})
        process.stop()

    def keep(self) -> Any:
        return copy.deepcopy(self.outside.arrived), super().keep()

    def put_back(self, kept: Any) -> None:
        arrived, town = kept
        super().put_back(town)
        self.outside.arrived = copy.deepcopy(arrived)

    def told(self) -> dict[Name, Outcome | None]:
        """Return what the thread says of each message."""
        ticket = self.town.project.tickets[MAIN]
        identity = self.begin().all[0] if self.two else self.begin()
        issue = identity.tracker.read(self.town.ref(MAIN))
        status = [one.body for one in ticket.comments if key_of(one.body) == "status"]
        out = Receipts.unpack(status[:1], issue.identity, [KEY]).out
        thread = str(issue.ref)
        return {(one.destination, one.name, thread): one.sent.outcome if one.sent else None for one in out}


def killed_everywhere(
    forge: str, *, slow: bool = False, two: bool = False, every: int = 1, script: Sequence[Sequence[Act]] = SCRIPT
) -> tuple[int, list[str]]:
    """Return at how many requests it was killed, and what went wrong."""
    points, problems = 0, []
    with quiet():
        stage = _Stage(forge, slow=slow, two=two)
        with wired(stage.wire):
            for number, acts in enumerate(script):
                before = stage.keep()
                stage.step(acts)
                stage.settle()
                wanted, after, requests = set(stage.outside.arrived), stage.keep(), stage.written
                for at in range(1 + number % every, requests + 1, every):
                    stage.put_back(before)
                    stage.step(acts, at)
                    stage.settle()
                    points += 1
                    problems += [f"{forge}, step {number}, request {at}: {one}" for one in _wrong(stage, wanted)]
                stage.put_back(after)
    return points, problems


def _wrong(stage: _Stage, wanted: set[Name]) -> Iterator[str]:
    told = stage.told()
    for name, times in stage.outside.arrived.items():
        if times > 1:
            yield f"{name} arrived {times} times"
    for name in wanted - set(stage.outside.arrived):
        if name[0] != "war-room" and told.get(name) not in (Outcome.FAILED, Outcome.UNKNOWN):
            yield f"{name} is lost, and the thread says {told.get(name)}"
    yield from (f"{name} is still under way" for name, outcome in told.items() if outcome is None)


def twice(seed: int) -> list[str]:
    """
    Play a seed of the simulation in its weather; return what arrived twice.

    Who forgets what was sent a moment ago, when people have just taken the receipts away, may send it again.
    """
    forge = forge_of(seed)
    plan, weather = scenario(seed // SHARED, forge, LENGTH), Weather(seed, forge)
    outside = Outside(slow=bool(seed % 2), rules=EVERYBODY)
    with quiet(), suppress(AssertionError):  # whatever else a look at the wrong time finds is no matter here
        disturbed(plan, weather, Told(seed, forge, LENGTH), outside)
    harmed = any(isinstance(planned.act, Harm) for planned in plan)
    if harmed and weather.climate & set(FORGETS):
        return []
    return [f"seed {seed}: {name} arrived {times} times" for name, times in outside.arrived.items() if times > 1]
