"""
One seed: first the undisturbed run, then the same acts in bad weather, then good weather, and the comparison.

In bad weather the watch must never see anything wrong. When it has cleared up, one sweep and two looks at each
issue must lead to the bytes of the undisturbed run, and a third look must write nothing.
"""

import gc
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.remembering import SharedFaces
from tests.simulation.acts import perform
from tests.simulation.outcome import Outcome, difference, outcome
from tests.simulation.place import BEGIN, Town
from tests.simulation.process import Outside, Process
from tests.simulation.scenario import LULL, Planned, scenario
from tests.simulation.storm import Storm
from tests.simulation.watch import Watch
from tests.simulation.weather import AHEAD, BEHIND, KINDS, Weather
from tests.wire import URL, Wire, wired
from tracker_bridge.reconcile import SETTLING
from tracker_bridge.trackers import TrackerError

LENGTH = 2
"""Acts of a scenario, more or less, beside its beginning."""

SHARED = 5
"""Seeds in a row that have the same acts: the undisturbed run is played once for them."""

LATER = timedelta(minutes=20)
"""After the last act, until the sweep that must be enough."""


@dataclass
class Told:
    """What came of a seed. ``problem`` is empty when all held."""

    seed: int
    forge: str
    length: int = LENGTH
    problem: str = ""
    acts: int = 0
    looks: int = 0
    requests: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    checks: int = 0

    @property
    def again(self) -> str:
        """The line that plays it again."""
        return f"python -m tests.simulation {self.seed} --forge {self.forge}"


def play(
    seed: int, forge: str, *, length: int = LENGTH, kinds: tuple[str, ...] = KINDS, rate: float = 0.0
) -> Told:
    """Play one seed on one forge: seeds in a row have the same acts, each in weather of its own."""
    told = Told(seed, forge, length)
    with quiet():
        plan, wanted = _wanted(seed // SHARED, forge, length)
        told.acts = len(plan)
        try:
            weather = Weather(seed, forge, kinds, rate)
            told.problem = difference(wanted, disturbed(plan, weather, told), set(+weather.counts))
        except AssertionError as error:
            told.problem = str(error)
        except TrackerError as error:  # the worker takes care of them, the last looks have none
            told.problem = f"the last looks: {error}"
    return told


def forge_of(seed: int) -> str:
    """Return the forge that a seed is played on, unless asked for another."""
    return ("github", "gitlab")[seed // SHARED % 2]


@lru_cache(maxsize=8)
def _wanted(seed: int, forge: str, length: int) -> tuple[Sequence[Planned], Outcome]:
    plan = scenario(seed, forge, length)
    return plan, undisturbed(plan, forge)


@contextmanager
def quiet() -> Iterator[None]:
    """What goes wrong is logged by the dozen; and a collector that runs all the time takes a fifth of it."""
    before, collecting = logging.root.manager.disable, gc.isenabled()
    logging.disable(logging.CRITICAL)
    gc.disable()
    try:
        yield
    finally:
        logging.disable(before)
        if collecting:
            gc.enable()


def undisturbed(plan: Sequence[Planned], forge: str) -> Outcome:
    """Play the acts in good weather. Looks where a scenario needs them: looking in between changes nothing."""
    town = Town(forge)
    wire = Wire(SharedFaces(town.world, URL), town.clock.forward)
    with wired(wire):
        process = Process(town, None)
        for planned in plan:
            if planned.calm:
                town.clock.until(BEGIN + timedelta(seconds=planned.at - LULL // 2))
                process.catch_up()
            town.clock.until(BEGIN + timedelta(seconds=planned.at))
            perform(town, planned.act)
        settle(process, plan)
        process.stop()
    return outcome(town)


def disturbed(plan: Sequence[Planned], weather: Weather, told: Told, outside: Outside | None = None) -> Outcome:
    """Play the acts in bad weather; then one sweep must be enough. Raises ``AssertionError``."""
    town = Town(told.forge)
    switchboard = SharedFaces(town.world, URL, faults=weather)
    weather.before_lag()
    watch = Watch(town, forgiving=bool(weather.climate & {AHEAD, BEHIND}))
    switchboard.listen()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        storm = Storm(town, weather, Path(folder) / "queue", outside)
        wire = Wire(switchboard, storm.wait, weather.kill)
        stack.enter_context(wired(wire))
        try:
            storm.play(plan, watch)
            settle(storm.process, plan)
            watch.check()
            if told.seed % SHARED == 0:
                changes = storm.process.rest()
                assert not changes, f"a third look wrote {changes}"
        finally:
            told.looks, told.requests = storm.process.total, wire.count
            told.faults, told.checks = weather.counts, watch.checks
            storm.process.stop()
    return outcome(town)


def settle(process: Process, plan: Sequence[Planned]) -> None:
    """One sweep, and of each issue the look that comes of it and the one that this asks for."""
    process.town.clock.until(BEGIN + timedelta(seconds=plan[-1].at) + LATER)
    process.sweep()
    process.work()
    process.town.clock.forward(SETTLING + 1)
    process.work()
