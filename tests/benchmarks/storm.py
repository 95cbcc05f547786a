"""
Storm: many incidents at once, on a forge that limits writing

One worker process in simulated time: four threads, 100 ms for each request. The forge counts as GitHub and GitLab
are known to: comments and issues per minute and hour, and on GitHub points per minute.
"""

import importlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from tests.benchmarks.report import Cell, progress, table
from tests.contract.forges import Builder, Forge, town
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.changes import key_of
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Bridge
from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox.faults import Fault, FaultResponse, Faults
from tracker_bridge.sandbox.world import Account, Event, Note, Ticket
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import IssueChanged, Tracker
from tracker_bridge.trackers._pace import Pace
from tracker_bridge.trackers.github.tracker import GITHUB_COM_PACE, GitHubTracker, Token
from tracker_bridge.trackers.gitlab.tracker import GITLAB_COM_PACE, GitLabTracker
from tracker_bridge.trackers.together import Together
from tracker_bridge.worker import Worker

REQUEST: Final = 0.1 / 4
"""Seconds that a request takes of the simulated time: the threads share it."""

SPREAD: Final = 120
"""Seconds in which people write their notes."""

_TEXTS: Final = {"POST": ("/comments", "/issues", "/notes"), "PATCH": ("/issues/comments/",)}
_SECONDARY: Final = b'{"message": "You have exceeded a secondary rate limit."}'


class Limits(Faults):
    """What a forge allows, by the simulated ``clock``; what it refused is counted by status."""

    def __init__(self, forge: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self.clock = clock
        self.refused: Counter[int] = Counter()
        self.requests = 0
        self.most: Counter[str] = Counter()
        self._github = forge == "github"
        self._graphql = False
        self._times: dict[str, list[float]] = {"content": [], "points": []}

    def take(self, method: str, path: str) -> Fault | None:
        self.requests += 1
        self._graphql = path.endswith("graphql")
        points = 1 if method == "GET" or path.endswith("graphql") else 5
        counted = {"points": points, "content": int(self._is_text(method, path))}
        limits = [("points", 900, 60), ("content", 80, 60), ("content", 500, 3600)]
        if not self._github:
            limits = [("points", 2000 * 5, 60), ("content", 60, 60)]
        for what, most, seconds in limits:
            if counted[what] and self._count(what, seconds) + counted[what] > most:
                status = 403 if self._github else 429
                self.refused[status] += 1
                return FaultResponse(status, {"Retry-After": "60"} if self._github else {}, _SECONDARY)
        for what, number in counted.items():
            self._times[what] += [self.clock()] * number
            self.most[what] = max(self.most[what], self._count(what, 60))
        return None

    def note(self, event: Event) -> None:
        """Count a text that was edited through GraphQL: no path tells."""
        if self._github and self._graphql and (event.kind, event.action) == ("comment", "edited"):
            self._times["content"].append(self.clock())
            self.most["content"] = max(self.most["content"], self._count("content", 60))

    def _is_text(self, method: str, path: str) -> bool:
        if not self._github:
            return method == "POST" and path.endswith("/notes")
        tails = _TEXTS.get(method, ())
        return any(path.endswith(one) if method == "POST" else one in path for one in tails)

    def _count(self, what: str, seconds: float) -> int:
        since = self.clock() - seconds
        return sum(at > since for at in self._times[what])


@dataclass
class Weathered:
    """How a storm went. ``waited``: seconds until each incident had its status comment, those that have one."""

    waited: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    reactions: int = 0
    notes: int = 0
    shown: int = 0
    most: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    reconciles: int = 0


def storm(name: str, incidents: int, notes: int, minutes: int = 20) -> Weathered:
    """Let ``incidents`` begin within some seconds, and people write ``notes`` to each within two minutes."""
    with night(name) as one:
        return one.play(incidents, notes, minutes)


@contextmanager
def night(name: str, pace: Pace | None = None) -> Iterator["Night"]:
    """A night on a forge of the sandbox, with a pace of one's own perhaps."""
    with _forge(name, pace) as (forge, tracker, limits), closing(SqliteQueue(":memory:")) as queue:
        yield Night(forge, tracker, limits, queue)


class Night:
    """One worker in simulated time, and the people whom it works for."""

    def __init__(self, forge: Forge, tracker: Tracker, limits: Limits, queue: SqliteQueue) -> None:
        self.forge, self.limits, self.queue = forge, limits, queue
        bridge = self.bridge_of(tracker)
        trackers, seconds = {forge.name: tracker}, forge.clock.seconds
        self.worker = Worker(queue, trackers, bridge.reconcile, clock=forge.clock, monotonic=seconds)
        self.told = Weathered()
        self._lag = 0.0

    def bridge_of(self, tracker: Tracker) -> Bridge:
        name, seconds = self.forge.name, self.forge.clock.seconds
        renderer = Renderer(templates_folder(), COMMANDS)
        return Bridge({name: tracker}, {name: Rules()}, renderer, keys=[b"signs"], monotonic=seconds)

    def play(self, incidents: int, notes: int, minutes: int) -> Weathered:
        forge, dice = self.forge, Random(f"{incidents} {notes}")
        begin = forge.clock.now
        tickets = [self.open(number) for number in range(incidents)]
        said = sorted(
            (begin + timedelta(seconds=dice.randint(5, SPREAD)), ticket, number)
            for number in range(notes)
            for ticket in range(incidents)
        )

        def speak() -> None:
            while said and said[0][0] <= forge.clock.now:
                _, ticket, number = said.pop(0)
                self.say(tickets[ticket], forge.alice, f"/incident note step {number}")

        self.work(timedelta(minutes=minutes), speak)
        return self._result(begin, tickets)

    def open(self, number: int) -> Ticket:
        ticket = self.forge.world.open_ticket(
            self.forge.project, self.forge.bob, f"Service {number} is down", "It is.", labels=["incident"]
        )
        self._hint(ticket, None)
        return ticket

    def say(self, ticket: Ticket, who: Account, text: str) -> Note:
        note = self.forge.world.comment(ticket, who, text)
        self._hint(ticket, note)
        return note

    def work(self, span: timedelta, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Let that time pass, with the worker at work."""
        end = self.forge.clock.now + span
        while self.forge.clock.now < end:
            meanwhile()
            before = self.limits.requests
            if self.worker.reconcile_once():
                self.told.reconciles += 1
                self._pass((self.limits.requests - before) * REQUEST)
            else:
                self._pass(1)

    def _hint(self, ticket: Ticket, note: Note | None) -> None:
        ref = self.forge.ref(ticket)
        change = IssueChanged(ref, note.id, note.updated_at) if note else IssueChanged(ref)
        self.queue.add(change, self.forge.clock.now)

    def _pass(self, seconds: float) -> None:
        self._lag += seconds
        whole, self._lag = divmod(self._lag, 1)
        if whole:
            self.forge.clock.forward(int(whole))

    def _result(self, begin: datetime, tickets: list[Ticket]) -> Weathered:
        told, bot = self.told, self.forge.bot
        told.refused, told.most, told.requests = self.limits.refused, self.limits.most, self.limits.requests
        posted: list[datetime] = []
        for ticket in tickets:
            status = next((n for n in ticket.comments if n.author is bot and key_of(n.body) == "status"), None)
            if status is None:
                continue
            posted.append(status.created_at)
            told.waited.append((status.created_at - begin).total_seconds())
            people = [note for note in ticket.comments if note.author is not bot]
            told.notes += len(people)
            told.reactions += sum(one.account is bot for note in people for one in note.reactions)
            told.shown += sum(note.body.removeprefix("/incident note ") in status.body for note in people)
        return told


@contextmanager
def _forge(name: str, pace: Pace | None) -> Iterator[tuple[Forge, Tracker, Limits]]:
    forge = town(name)
    forge.sockets = False
    build: Builder = importlib.import_module(f"tests.contract.forge_{name}").build
    with build(forge):
        limits = forge.sandbox.faults = Limits(name, forge.clock.seconds)
        forge.world.listeners.append(limits.note)
        with closing(tracker_of(forge, pace)) as tracker:
            yield forge, tracker, limits


def tracker_of(
    forge: Forge, pace: Pace | None = None, together: Together | None = None, secret: str = ""
) -> GitHubTracker | GitLabTracker:
    """``secret``: what the forge signs its deliveries with."""
    projects, seconds, secrets = [forge.project.path], forge.clock.seconds, [secret] if secret else []
    if forge.name == "github":
        bot, pace = Token(forge.bot.token), pace or GITHUB_COM_PACE
        url = forge.sandbox.github_url
        return GitHubTracker(url, bot, projects, secrets, pace=pace, clock=seconds, together=together)
    return GitLabTracker(
        forge.sandbox.gitlab_url,
        forge.bot.token,
        projects,
        signing_tokens=secrets,
        clock=seconds,
        monotonic=seconds,
        pace=pace or GITLAB_COM_PACE,
        together=together,
    )


def main() -> None:
    """Print how a hundred incidents with ten notes each fared."""
    rows: list[tuple[Cell, ...]] = []
    for name in ("github", "gitlab"):
        progress(f"{name}: 100 incidents, 1,000 notes")
        told = storm(name, 100, 10)
        shares = (len(told.waited), int(max(told.waited, default=0)), sum(told.refused.values()))
        rows.append(
            (name, *shares, told.shown, told.reactions, told.most["content"], told.requests, told.reconciles)
        )
    columns = ("forge", "with status", "the last after s", "refused", "notes shown", "reactions")
    table(
        "100 incidents at once, 10 notes each within two minutes; after twenty minutes",
        (*columns, "most texts a minute", "requests", "reconciles"),
        rows,
    )
