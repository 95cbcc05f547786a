"""
Growth: what a reconcile costs beside its requests, in threads of more and more comments and commands

Everything was judged before. "Quiet": nothing has happened since the last reconcile. "A note": one comment more is
there. "Restarted": the process knows nothing yet. The time per comment stays the same where that is linear.
Garbage is collected as in a process that serves.
"""

import gc
import itertools
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.benchmarks.goal import Found, Goal
from tests.benchmarks.report import Cell, progress, table
from tests.benchmarks.threads import ALICE, BEGIN, BOT, URL, bodies, thread
from tests.contract.local import LocalTracker
from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.domain.issue import invocations
from tracker_bridge.domain.issue.changes import Change, Edit, Post
from tracker_bridge.domain.issue.issue import Access, Comment, Issue, Person, TrackerUrl
from tracker_bridge.reconcile import Bridge, Decision
from tracker_bridge.rendering import Renderer
from tracker_bridge.sandbox.world import World
from tracker_bridge.serving.runtime import COLLECTED
from tracker_bridge.templates_folder import templates_folder

SHAPES = (
    (100, 10),
    (1_000, 100),
    (2_400, 240),
    (2_400, 2_400),
    (5_000, 5_000),
    (10_000, 10_000),
    (20_000, 20_000),
)
"""Comments, and how many of them are commands."""

_RENDERER = Renderer(templates_folder(), COMMANDS)


@dataclass
class Quiet:
    """An incident whose thread shows what it should: a look decides anew, and finds nothing to do."""

    tracker: LocalTracker
    issue: Issue
    bridge: Bridge = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Know nothing, as a process that has just been started."""
        for one in vars(invocations).values():
            if hasattr(one, "cache_clear"):
                one.cache_clear()
        rules = {"local": Rules()}
        self.bridge = Bridge({"local": self.tracker}, rules, _RENDERER, keys=[b"signs the receipts"])

    def look(self) -> Decision:
        return self.bridge.decide(self.issue, BEGIN + timedelta(days=30))

    def hear(self, text: str = "x") -> Decision:
        """Look at the same thread with one more note, which stays undone."""
        at, last = BEGIN + timedelta(days=29), self.issue.comments[-1].id
        note = Comment(
            last + 1, self.issue.author, at, at, f"/incident note {text}", TrackerUrl(f"{URL}#{last + 1}")
        )
        issue = replace(self.issue, comments=(*self.issue.comments, note))
        return self.bridge.decide(issue, BEGIN + timedelta(days=30))

    def restart(self) -> Decision:
        """Look as a process does that has just been started."""
        self.begin()
        return self.look()


def quiet(comments: int, commands: int) -> Quiet:
    """Return an incident with so many comments, of which so many are notes, after its first looks."""
    every = max(comments // max(commands, 1), 1)
    plain = [one for one in bodies(1_000) if "/incident" not in one]
    texts = [
        f"/incident note step {n}: the error rate is {n} %" if n % every == 0 else plain[n % len(plain)]
        for n in range(comments)
    ]
    issue = thread(texts)
    world = World()
    project = world.add_project(issue.ref.project, "local")
    bot, alice = world.add_account(BOT.login, bot=True), world.add_account(ALICE.login)
    world.add_member(project, alice, Access.WRITE)
    author = Person(alice.id, alice.login)
    said = tuple(replace(one, author=author) for one in issue.comments)
    issue = replace(issue, viewer=Person(bot.id, bot.login, bot=True), author=author, comments=said)
    tracker = LocalTracker(world, [project.path], bot)
    found = Quiet(tracker, issue)
    while changes := [one for one in found.look().changes if isinstance(one, Post | Edit)]:
        found.issue = _written(found.issue, changes)
    return found


def _another_note(comments: int) -> Found:
    thread = quiet(comments, comments)
    thread.hear()
    texts = map(str, itertools.count())
    seconds = _least(lambda: thread.hear(next(texts)))
    return Found(f"{1e3 * seconds:,.0f} ms, timed", seconds <= 0.5)


GOALS = (Goal("10,000 notes, one more", "9,142 ms", "500 ms", lambda: _another_note(10_000), quick=False),)


def main() -> None:
    gc.set_threshold(COLLECTED)
    rows: list[Sequence[Cell]] = []
    for comments, commands in SHAPES:
        progress(f"{comments:,} comments, {commands:,} of them commands")
        found = quiet(comments, commands)
        texts = map(str, itertools.count())  # what was heard before is remembered
        acts = (found.restart, lambda: found.hear(next(texts)), found.look)  # noqa: B023  # called at once
        restarted, heard, looked = map(_least, acts)
        rows.append((comments, commands, 1e3 * looked, 1e3 * heard, 1e3 * restarted, 1e6 * heard / comments))
    head = ("comments", "commands", "quiet ms", "a note ms", "restarted ms", "a note, us per comment")
    table("A reconcile, without requests", head, rows)


def _written(issue: Issue, changes: Iterable[Change]) -> Issue:
    """Return the issue with our comments as they were written."""
    edited = {one.comment: one.document.text for one in changes if isinstance(one, Edit)}
    kept = [replace(one, body=edited[one.id]) if one.id in edited else one for one in issue.comments]
    at, last = kept[-1].created_at + timedelta(minutes=1), kept[-1].id
    posted = [one.document.text for one in changes if isinstance(one, Post)]
    ours = [
        Comment(number, issue.viewer, at, at, text, TrackerUrl(f"{URL}#{number}"), ours=True)
        for number, text in enumerate(posted, last + 1)
    ]
    return replace(issue, comments=(*kept, *ours))


def _least(act: Callable[[], object]) -> float:
    """Return the seconds of processor time of the quickest of three."""
    found = []
    for _ in range(3):
        begin = time.process_time()
        act()
        found.append(time.process_time() - begin)
    return min(found)
