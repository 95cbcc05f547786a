"""
Scale: a thousand repositories, ten thousand incidents a year, two hundred at once

Requests are counted in the sandbox, in simulated time: no machine changes them. Rows, milliseconds and memory are
measured here, with a real PostgreSQL.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Final, TypeVar

import psycopg

from tests.benchmarks.place import Cost, incident
from tests.benchmarks.report import Cell, progress, table
from tests.benchmarks.storm import storm
from tests.contract.forges import town
from tests.contract.served import served
from tests.postgres import opened, own_schema, running_server, temporary_folder
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue.issue import Access, IssueRef
from tracker_bridge.project_settings import ProjectSettings
from tracker_bridge.queue import Priority
from tracker_bridge.queue.sqlite import SqliteQueue
from tracker_bridge.reconcile import Bridge
from tracker_bridge.rendering import Renderer
from tracker_bridge.settings import Settings, team_rules
from tracker_bridge.sweep import Sweep
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import IssueChanged
from tracker_bridge.trackers._pace import UNLIMITED
from tracker_bridge.trackers.github.tracker import GitHubTracker, Token
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

T = TypeVar("T")

REPOSITORIES: Final = 1_000
A_YEAR: Final = 10_000
AT_ONCE: Final = 200
HOURS: Final = 24 * 365

LIFE: Final = (
    "/incident severity sev2",
    "/incident claim lead",
    "/incident role scribe @bob",
    *(f"/incident note step {number}" for number in range(1, 9)),
    "/incident update internal: Half of all payments fail.",
    *(f"/incident note step {number}" for number in range(9, 13)),
    "/incident mitigated",
    "/incident cause the pool ran dry",
    "/incident update internal: All payments go through.",
    "/incident fixed",
    "/incident action alert on the pool @bob due 2027-01-15",
    "/incident resolve",
)
"""What people write in an incident, a minute apart."""


def main() -> None:
    a_year()
    at_once()
    quiet()
    database()


def a_year() -> None:
    """Print what one incident costs from its beginning to its end, and what ten thousand do."""
    rows: list[list[Cell]] = []
    for name in ("github", "gitlab"):
        progress(f"{name}: one incident")
        cost = life(name)
        reads, writes = cost.reads.total(), cost.writes.total()
        hourly = A_YEAR / HOURS
        texts = cost.comments_written
        rows.append([name, reads, writes, texts, (reads + writes) * hourly, texts * hourly])
    columns = ["forge", "reads", "writes", "texts", "requests an hour, 10,000 a year", "texts an hour"]
    table(f"One incident with {len(LIFE)} comments by people", columns, rows)


def life(name: str) -> Cost:
    """Play one incident; it is looked at after each comment, as it is when people write a minute apart."""
    with incident(name, 2) as place:
        world, forge = place.forge.world, place.forge
        world.add_member(forge.project, forge.alice, Access.MAINTAIN)

        def play() -> None:
            for text in LIFE:
                place.say(forge.alice, text)
                place.reconcile(forge.ref(place.ticket), forge.clock.now, {})

        place.look()
        return place.cost(play)


def at_once() -> None:
    """Print how two hundred incidents fare that begin together, in one installation or spread over several."""
    rows: list[list[Cell]] = []
    for name, credentials in (
        ("github", 1),
        ("github", 2),
        ("github", 4),
        ("github", 8),
        ("gitlab", 1),
        ("gitlab", 4),
    ):
        progress(f"{name}: {AT_ONCE} incidents, {credentials} credentials")
        told = storm(name, AT_ONCE // credentials, 5, minutes=60)
        shown, notes = told.shown * credentials, told.notes * credentials
        last = max(told.waited, default=0.0)
        with_status = len(told.waited) * credentials
        row: list[Cell] = [name, credentials, with_status, last, shown, notes, told.requests * credentials]
        rows.append([*row, sum(told.refused.values())])
    columns = [
        "forge",
        "credentials",
        "with status",
        "the last after s",
        "notes shown",
        "of",
        "requests",
        "refused",
    ]
    table(f"{AT_ONCE} incidents at once, 5 notes each within two minutes; after an hour", columns, rows)


def quiet() -> None:
    """Print what the sweep of a thousand repositories asks for in which nothing happens."""
    rows: list[list[Cell]] = []
    for name in ("github", "gitlab"):
        progress(f"{name}: {REPOSITORIES} quiet repositories")
        each: list[Cell] = [name, *sweeps(name)]
        rows.append(each)
    columns = ["forge", "at the start", "304", "each round", "304", "a full round", "304", "MiB"]
    title = (
        f"The sweep of {REPOSITORIES:,} quiet repositories: requests, and those answered with 304, which are free"
    )
    table(title, columns, rows)


def sweeps(name: str, repositories: int = REPOSITORIES) -> list[Cell]:
    """
    Return the requests of the first round, a later one and a full one, each with those that were answered with
    304, and by how many MiB the process grew.
    """
    forge = town(name)
    forge.sockets = False
    world, clock = forge.world, forge.clock
    paths = [f"acme/service-{number}" for number in range(repositories)]
    for path in paths:
        project = world.add_project(path, name)
        world.add_member(project, forge.bot, Access.MAINTAIN)
        world.open_ticket(project, forge.rita, "A question", "How does one pay?")
    clock.forward(7 * 24 * 3600)
    with ExitStack() as stack:
        sandbox = stack.enter_context(served(forge))
        queue = stack.enter_context(closing(SqliteQueue(":memory:")))
        tracker: GitHubTracker | GitLabTracker
        if name == "github":
            bot = Token(forge.bot.token)
            tracker = GitHubTracker(sandbox.github_url, bot, paths, pace=UNLIMITED, clock=clock.seconds)
        else:
            url, token = sandbox.gitlab_url, forge.bot.token
            tracker = GitLabTracker(url, token, paths, pace=UNLIMITED, monotonic=clock.seconds)
        stack.enter_context(closing(tracker))
        trackers, rules = {name: tracker}, {name: Rules()}
        teams = ProjectSettings(
            trackers,
            rules,
            lambda tracker, text: team_rules(text, Settings(), tracker),
            every=timedelta(minutes=5),
        )
        renderer = Renderer(templates_folder(), COMMANDS)
        bridge = Bridge(trackers, rules, renderer, keys=[b"signs"], teams=teams, monotonic=clock.seconds)
        sweep = Sweep(
            trackers,
            queue,
            lambda tracker, project: bridge.watched(tracker, project, clock.now),
            clock=clock,
            monotonic=clock.seconds,
            grammars=lambda tracker, project, login: bridge.grammar(tracker, project, login, clock.now),
        )
        before, cells = _resident(), list[Cell]()
        for pause in (300, 300, 300, 300, 3600, 0):
            sandbox.requests.clear()
            swept = sweep.once()
            assert not swept.failures, list(swept.failures.items())[:3]
            unchanged = sum(one.status == 304 for one in sandbox.requests)
            cells += [] if pause == 300 and cells else [len(sandbox.requests), unchanged]
            clock.forward(pause)
        return [*cells, _resident() - before]


def _resident() -> float:
    """Return the MiB of memory that this process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def database() -> None:
    """Print how the database takes a year: a row for each issue with a timer, one for each that is known."""
    with running_server(temporary_folder()) as server, ExitStack() as stack:
        queues = [_Filled(name, stack, server) for name in ("empty", "a year", "a year, 200 at once")]
        progress("10,000 issues with a timer, 60,000 known")
        for one in queues[1:]:
            one.fill(REPOSITORIES, A_YEAR)
        queues[2].hint(AT_ONCE)
        progress("adding, taking, giving back")
        for number in range(100):
            for one in queues:
                one.turn(number)
        table(
            "The queue's database; milliseconds for one, the median of 100",
            ["", "rows", "MiB", "add", "take", "done", "take p95"],
            [one.row() for one in queues],
        )


class _Filled:
    """A queue in a database of its own, and how long its verbs took."""

    def __init__(self, name: str, stack: ExitStack, server: str) -> None:
        self.name = name
        url = stack.enter_context(own_schema(server))
        self._queue = stack.enter_context(opened(url))
        self._connection = stack.enter_context(psycopg.connect(url, autocommit=True))
        self._times: dict[str, list[float]] = {"add": [], "take": [], "done": []}

    def fill(self, repositories: int, issues: int) -> None:
        later = datetime.now(UTC) + timedelta(days=1)
        for number in range(issues):
            ref = IssueRef("github", f"acme/service-{number % repositories}", number // repositories + 1)
            self._queue.add(IssueChanged(ref), later, Priority.TIMER)
        self._connection.execute(
            "INSERT INTO tracker_bridge_issues (ref, ours) SELECT 'github:acme/known#' || number, number <= 10000 "
            "FROM generate_series(1, 60000) AS number"
        )
        self._connection.execute("ANALYZE")

    def hint(self, issues: int) -> None:
        for number in range(issues):
            ref = IssueRef("github", f"acme/service-{5 * number}", 1)
            self._queue.add(IssueChanged(ref), datetime.now(UTC), Priority.SWEEP)

    def turn(self, number: int) -> None:
        ref = IssueRef("github", f"acme/service-{number}", 999)
        self._time("add", lambda: self._queue.add(IssueChanged(ref), datetime.now(UTC)))
        lease = self._time("take", lambda: self._queue.take(datetime.now(UTC)))
        assert lease is not None
        self._time("done", lambda: self._queue.done(lease, None))

    def _time(self, verb: str, act: Callable[[], T]) -> T:
        begin = time.perf_counter()
        result = act()
        self._times[verb].append((time.perf_counter() - begin) * 1000)
        return result

    def row(self) -> list[Cell]:
        counted = self._connection.execute(
            "SELECT (SELECT count(*) FROM procrastinate_jobs) + (SELECT count(*) FROM tracker_bridge_issues), "
            "sum(pg_total_relation_size(oid)) / 1048576.0 FROM pg_class "
            "WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
        ).fetchone()
        assert counted is not None
        times = [float(median(of_one)) for of_one in self._times.values()]
        return [self.name, int(counted[0]), float(counted[1]), *times, quantiles(self._times["take"], n=20)[-1]]
