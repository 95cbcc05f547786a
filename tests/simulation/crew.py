"""Three processes that share a queue in PostgreSQL and take turns: what one begins, another may have to finish."""

from collections.abc import Callable, Iterable
from typing import Final

from tests.simulation.place import Town
from tests.simulation.process import Endless, Process
from tests.simulation.shared import LEASE, Shared
from tracker_bridge.trackers import IssueChanged

NUMBER: Final = 3


class Crew:
    """The three of them in one town; it looks like a single :class:`Process`."""

    def __init__(self, town: Town, shared: Shared, died: Callable[[], None]) -> None:
        shared.empty(town.clock)
        self.town = town
        self.all = [Process(town, None, died, shared) for _ in range(NUMBER)]

    def look_at(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.all[0].queue.add(IssueChanged(self.town.ref(number)), self.town.clock.at)
        for _ in range(60):
            looks = [one.look() for one in self.all]
            if any(looks):
                continue
            if not self.all[0].queue.stats().held:
                return
            # whoever was killed holds it until the lease ends
            self.town.clock.forward(LEASE.total_seconds())
        raise Endless("60 rounds, and no end")

    def stop(self) -> None:
        for one in self.all:
            one.stop()
