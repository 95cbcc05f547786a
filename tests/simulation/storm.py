"""A town in bad weather: people act, deliveries get lost, the process dies, and time goes on."""

import heapq
import itertools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tests.simulation.acts import perform
from tests.simulation.place import BEGIN, SECRETS, Town
from tests.simulation.process import KEY, NEXT_KEY, TOKEN, Outside, Process
from tests.simulation.scenario import LULL, Planned
from tests.simulation.watch import Watch
from tests.simulation.weather import AHEAD, BEHIND, Weather
from tests.wire import URL
from tracker_bridge.sandbox.github import webhooks as github_webhooks
from tracker_bridge.sandbox.gitlab import webhooks as gitlab_webhooks
from tracker_bridge.sandbox.world import Event, Hook

CLEARING: Final = 100
"""Seconds after the last act in which the weather is still bad."""

SWEEP_EVERY: Final = 1500
"""Seconds between two sweeps: rarely, so that more depends on the hints."""

_MOST: Final = 400
"""Steps, after which time does not go on any more."""

_EVENTS: Final = ("note_events", "issues_events", "confidential_note_events", "confidential_issues_events")


class Storm:
    """What happens when, until the weather clears up; ``process`` is the bridge that lives through it."""

    def __init__(self, town: Town, weather: Weather, queue_file: Path, outside: Outside | None = None) -> None:
        self.town = town
        self.weather = weather
        file = queue_file if _needs_file(weather) else None
        self.process = Process(town, file, self._harm_queue, outside=outside)
        self._agenda: list[tuple[datetime, int, Callable[[], object]]] = []
        self._world: list[tuple[datetime, int, Callable[[], object]]] = []
        self._order = itertools.count()
        seal = {"github": "secret", "gitlab": "signing_token"}[town.forge]
        self._hook = Hook(1, URL, settings=dict.fromkeys(_EVENTS, True), **{seal: SECRETS[town.forge]})
        site = f"{URL}/gitlab"
        self._write = (
            github_webhooks.writer(town.world, URL) if town.forge == "github" else gitlab_webhooks.writer(site)
        )
        town.world.listeners.append(self._heard)

    def play(self, plan: Sequence[Planned], watch: Watch) -> None:
        """Let the acts happen, with all that comes in between; the weather is fair in the end."""
        for planned in plan:
            at = BEGIN + timedelta(seconds=planned.at)
            if planned.calm:
                self._meanwhile(at - timedelta(seconds=LULL), self._clear_up)
                self._put(at - timedelta(seconds=LULL // 3), self._catch_up)
            self._meanwhile(at, lambda planned=planned: perform(self.town, planned.act))  # type: ignore[misc]
            self._meanwhile(at, self._grow_worse)
            self._put(at + timedelta(seconds=1), self._trouble)
        last = BEGIN + timedelta(seconds=plan[-1].at + CLEARING)
        for seconds in range(SWEEP_EVERY // 2, plan[-1].at, SWEEP_EVERY):
            self._put(BEGIN + timedelta(seconds=seconds), self.process.sweep)
        for _ in range(_MOST):
            if not self._step(last):
                break
            watch.check()
        else:
            raise AssertionError("time does not go on: the worker looks and looks")
        self._clear_up()
        if self.process.keys != [KEY]:
            self.process.sign_with(KEY, NEXT_KEY)

    def _step(self, last: datetime) -> bool:
        """Go on to what is next."""
        due = self.process.next_at()
        agendas = [one for one in (self._world, self._agenda) if one]
        agenda = min(agendas, key=lambda one: one[0], default=None)
        if agenda is not None and (due is None or agenda[0][0] <= due):
            self.town.clock.until(agenda[0][0])
            heapq.heappop(agenda)[2]()
            return True
        if due is None or due > last:
            return False
        self.town.clock.until(due)
        self.process.work()
        return True

    def wait(self, seconds: float) -> None:
        """Let the process wait in the middle of something; everybody else goes on."""
        until = self.town.clock.at + timedelta(seconds=seconds)
        while self._world and self._world[0][0] <= until:
            self.town.clock.until(self._world[0][0])
            heapq.heappop(self._world)[2]()
        self.town.clock.until(until)

    def _put(self, at: datetime, act: Callable[[], object]) -> None:
        """Let the process do something."""
        heapq.heappush(self._agenda, (at, next(self._order), act))

    def _meanwhile(self, at: datetime, act: Callable[[], object]) -> None:
        """Let something happen, whatever the process is doing."""
        heapq.heappush(self._world, (at, next(self._order), act))

    def _soon(self, seconds: float, act: Callable[[], object]) -> None:
        self._meanwhile(self.town.clock.at + timedelta(seconds=seconds), act)

    # Weather

    def _clear_up(self) -> None:
        self.weather.fair = True
        self._heal()

    def _heal(self) -> None:
        self.weather.graphql_down = False
        self.town.bot.token = TOKEN
        self.process.ahead = timedelta()
        self.process.limits.lift()

    def _catch_up(self) -> None:
        self.process.catch_up()

    def _grow_worse(self) -> None:
        self.weather.fair = False

    def _trouble(self) -> None:
        """Between two acts, something may begin that lasts for a while, or happen to the process."""
        weather, process = self.weather, self.process
        if weather.has("GraphQL down for a while", 0.5):
            weather.graphql_down = True
            self._soon(weather.lasting(), self._graphql_up)
        if weather.has("token expired for a while", 0.3):
            self.town.bot.token = "another token"
            self._soon(weather.lasting(), self._token_back)
        for kind, sign in ((AHEAD, 1), (BEHIND, -1)):
            if weather.has(kind, 0.4):
                process.ahead = sign * timedelta(seconds=weather.dice.choice((40, 300, 3600)))
        if weather.has("stopped and started", 0.3):
            self._harm_queue()
            process.restart()
        if weather.has("key rotated", 0.4):
            process.sign_with(*sorted((KEY, NEXT_KEY), key=lambda one: one == process.keys[0]))

    def _graphql_up(self) -> None:
        self.weather.graphql_down = False

    def _token_back(self) -> None:
        self.town.bot.token = TOKEN

    def _harm_queue(self) -> None:
        """While nobody uses it, the file of the queue may get lost, or hold nonsense."""
        path, weather = self.process.queue_file, self.weather
        if path is None:
            return
        if weather.has("queue deleted", 0.5):
            self.process.queue.close()
            for part in ("", "-wal", "-shm"):
                path.with_name(path.name + part).unlink(missing_ok=True)
        elif weather.has("queue damaged", 0.5):
            self.process.queue.close()
            content = path.read_bytes() if path.exists() else b""
            where = weather.dice.randrange(max(1, len(content)))
            path.write_bytes(content[:where] + b"\xff" * 64 + content[where + 64 :])

    # Deliveries

    def _heard(self, event: Event) -> None:
        """Send what happened to the bridge, unless it gets lost on the way."""
        message = self._write(self._hook, event)
        if message is None or self.weather.has("hint lost", 0.5):
            return
        for _ in range(1 + self.weather.has("hint doubled", 0.3)):
            late = self.weather.has("hint late and out of order", 0.5)
            delay = self.weather.dice.randint(1, 90) if late else 0.3
            self._soon(delay, lambda: self.process.deliver(*message))


def _needs_file(weather: Weather) -> bool:
    return bool(weather.climate & {"queue deleted", "queue damaged"})
