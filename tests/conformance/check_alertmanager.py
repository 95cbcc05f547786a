"""A real Alertmanager, alone and in pairs, over a line that fails, to a bridge: each group is one incident."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.conformance.alertmanager import Alertmanager, Line, Missed, a_line, an_alertmanager, until
from tests.conformance.packages import Unavailable, program_with_files
from tests.conformance.report import Report
from tests.intake.monitored import SECRET
from tests.serving.conftest import Program
from tests.serving.test_whole import Town, documents
from tracker_bridge.sandbox.server import Sandbox
from tracker_bridge.sandbox.world import Ticket, World

FORGES = ("github", "gitlab")


@dataclass
class Bridge:
    """``tracker-bridge serve`` beside a forge, with one source of alerts."""

    town: Town
    folder: Path
    program: Program

    def titled(self, name: str) -> list[Ticket]:
        return [one for one in self.town.project.tickets.values() if one.title == f"{name} is firing"]

    def tells(self, name: str, words: str) -> None:
        """Wait for what the text of a group's only incident says."""
        until(lambda: any(words in one.body for one in self.titled(name)), f"{words!r} about {name}")

    def of_storm(self) -> str:
        """Return the text of the incidents that stand for many."""
        all_ = self.town.project.tickets.values()
        return "".join(one.body for one in all_ if one.title == "Many alerts of prod at once")

    def looked_at(self, name: str) -> None:
        until(lambda: any("status" in documents(one) for one in self.titled(name)), f"the status of {name}")

    def restart(self) -> None:
        """Kill it, and begin again with what it kept."""
        _killed(self.program)
        self.program = _begun(self.town, self.folder)
        _answers(self.program)


def check(report: Report) -> None:
    try:
        binary = program_with_files("prometheus-alertmanager", "prometheus-alertmanager")
    except Unavailable as error:
        report.bad(str(error))
        return
    for forge in FORGES:
        for scene in SCENES:
            what = f"{forge}, {scene.__name__}".replace("_", " ")
            with tempfile.TemporaryDirectory() as folder:
                try:
                    told = _play(scene, binary, Path(folder), forge)
                except Missed as missed:
                    report.bad(f"{what}: {missed}")
                else:
                    report.good()
                    report.say(f"  {what}: {told}")


@dataclass
class Stage:
    """What a scene has: a bridge, a line to it, and Alertmanagers as it wants them."""

    bridge: Bridge
    line: Line
    start: Callable[..., Alertmanager]


def alone(stage: Stage) -> None:
    """Firing, more of it, repeated, in part resolved, resolved, and again."""
    bridge, line, one = stage.bridge, stage.line, stage.start()
    one.fire("Disk", "a", "b")
    one.fire("Memory", "a")
    bridge.tells("Disk", "**2 alerts firing**")
    bridge.tells("Memory", "**1 alert firing**")
    bridge.looked_at("Disk")
    one.fire("Disk", "c")
    bridge.tells("Disk", "**3 alerts firing**")
    line.tried("Disk", 3)
    one.end("Disk", "a", "b")
    bridge.tells("Disk", "**1 alert firing**")
    one.end("Disk", "c")
    bridge.tells("Disk", "**All clear**")
    one.fire("Disk", "a")
    bridge.tells("Disk", "**1 alert firing**")
    one.end("Disk", "a")
    one.end("Memory", "a")
    bridge.tells("Disk", "**All clear**")
    bridge.tells("Memory", "**All clear**")


def a_failing_line(stage: Stage) -> None:
    """What fires or ends meanwhile is told afterwards; what was told, and not confirmed, is told once."""
    bridge, line, one = stage.bridge, stage.line, stage.start()
    line.state = "cut"
    one.fire("Disk", "a", "b")
    line.tried("Disk", 3)
    line.mended("Disk")
    bridge.tells("Disk", "**2 alerts firing**")
    line.state = "deaf"
    one.fire("Memory", "a")
    line.tried("Memory", 3)
    one.end("Disk", "a")
    line.tried("Disk", 3)
    line.mended("Disk", "Memory")
    bridge.tells("Memory", "**1 alert firing**")
    bridge.tells("Disk", "**1 alert firing**")
    line.state = "cut"
    one.end("Disk", "b")
    one.end("Memory", "a")
    line.tried("Disk", 2)
    line.mended("Disk", "Memory")
    bridge.tells("Disk", "**All clear**")
    bridge.tells("Memory", "**All clear**")


def a_hanging_line(stage: Stage) -> None:
    """A receiver that takes what is sent, and does not answer, is told it again."""
    bridge, line, one = stage.bridge, stage.line, stage.start()
    line.state = "stuck"
    one.fire("Disk", "a")
    bridge.tells("Disk", "**1 alert firing**")
    line.mended("Disk")
    one.end("Disk", "a")
    bridge.tells("Disk", "**All clear**")


def a_reload_and_a_crash(stage: Stage) -> None:
    """Settings are read anew while alerts fire, and the bridge is killed while it is told of them."""
    bridge, line, one = stage.bridge, stage.line, stage.start()
    one.fire("Disk", "a", "b")
    bridge.tells("Disk", "**2 alerts firing**")
    one.reload(group_interval="2s")
    line.tried("Disk", 2)
    line.state = "cut"
    one.end("Disk", "a")
    line.tried("Disk", 1)
    one.reload(group_interval="1s")
    line.mended("Disk")
    bridge.tells("Disk", "**1 alert firing**")
    one.fire("Memory", "a")
    line.tried("Memory", 1)
    bridge.restart()
    line.mended("Memory")
    bridge.tells("Memory", "**1 alert firing**")
    one.end("Disk", "b")
    one.end("Memory", "a")
    bridge.tells("Disk", "**All clear**")
    bridge.tells("Memory", "**All clear**")


def a_pair(stage: Stage) -> None:
    """Two peers get every alert, as Prometheus sends it; one of them dies in the middle."""
    first = stage.start()
    _told_twice(stage, first, stage.start(peers=[first]))


def a_parted_pair(stage: Stage) -> None:
    """Peers that do not hear of each other both tell everything."""
    _told_twice(stage, stage.start(), stage.start())


def _told_twice(stage: Stage, first: Alertmanager, second: Alertmanager) -> None:
    bridge, line = stage.bridge, stage.line
    for one in (first, second):
        one.fire("Disk", "a", "b")
    bridge.tells("Disk", "**2 alerts firing**")
    line.tried("Disk", 4)
    for one in (second, first):
        one.end("Disk", "b")
    bridge.tells("Disk", "**1 alert firing**")
    first.process.kill()
    second.fire("Disk", "c")
    bridge.tells("Disk", "**2 alerts firing**")
    second.end("Disk", "a", "c")
    bridge.tells("Disk", "**All clear**")


def a_storm(stage: Stage) -> None:
    """Thirty groups at once: ten incidents, and one that lists the other twenty until they are clear."""
    bridge, one = stage.bridge, stage.start()
    names = [f"Disk{number}" for number in range(30)]
    for name in names:
        one.fire(name, "a")
    until(lambda: "**20 alerts firing**" in bridge.of_storm(), "an incident that lists twenty")
    for name in names:
        one.end(name, "a")
    until(lambda: "**All clear**" in bridge.of_storm(), "all clear of the twenty")
    own = [name for name in names if bridge.titled(name)]
    for name in own:
        bridge.tells(name, "**All clear**")
    if len(own) != 10:
        raise Missed(f"{len(own)} incidents of their own, instead of ten")


SCENES = (alone, a_failing_line, a_hanging_line, a_reload_and_a_crash, a_pair, a_parted_pair, a_storm)


def _play(scene: Callable[[Stage], None], binary: Path, folder: Path, forge: str) -> str:
    """Return what came of it in a few words. Raise :class:`Missed`."""
    with ExitStack() as stack:
        bridge = stack.enter_context(_a_bridge(folder, forge))
        line = stack.enter_context(a_line(lambda: bridge.program.port))
        started: list[Alertmanager] = []

        def start(peers: tuple[Alertmanager, ...] = ()) -> Alertmanager:
            place = folder / f"alertmanager-{len(started)}"
            started.append(stack.enter_context(an_alertmanager(binary, place, line, SECRET, peers=peers)))
            return started[-1]

        scene(Stage(bridge, line, start))
        groups = set(line.sent)
        _judge(bridge, groups if scene is not a_storm else {name for name in groups if bridge.titled(name)})
        return f"{len(line.sent)} notifications, groups: {len(groups)}"


def _judge(bridge: Bridge, groups: set[str]) -> None:
    """Each group has one issue, with one status; the bridge did not fail on the way."""
    for name in groups:
        bridge.looked_at(name)
        if len(bridge.titled(name)) != 1:
            raise Missed(f"{len(bridge.titled(name))} incidents of {name}, instead of one")
        [ticket] = bridge.titled(name)
        if documents(ticket).count("status") != 1:
            raise Missed(f"{name}: {documents(ticket).count('status')} statuses, instead of one")
    others = len(bridge.town.project.tickets) - len(groups)
    if others != bool(bridge.of_storm()):
        raise Missed(f"{[one.title for one in bridge.town.project.tickets.values()]} for {sorted(groups)}")
    if "Traceback" in (log := bridge.program.log.read_text()):
        raise Missed(f"a log without an error of ours: {log[-3000:]}")


@contextmanager
def _a_bridge(folder: Path, forge: str) -> Iterator[Bridge]:
    with Sandbox(World()) as sandbox:
        town = Town(forge, sandbox)
        bridge = Bridge(town, folder, _begun(town, folder))
        try:
            _answers(bridge.program)
            yield bridge
        finally:
            _killed(bridge.program)


def _begun(town: Town, folder: Path) -> Program:
    source = {
        "name": "prod",
        "kind": "alertmanager",
        "project": f"{town.forge}:acme/api",
        "secrets": [SECRET],
    }
    # thirty groups that begin and end are more than the write budget's default allows in a minute
    ample = (
        {f"gitlab__{name}_per_minute": "2000" for name in ("notes", "writes")} if town.forge == "gitlab" else {}
    )
    environ = {**os.environ, **town.environ(folder / "queue.sqlite3", alerts=json.dumps([source]), **ample)}
    out, log = folder / "out", folder / "log"
    command = [sys.executable, "-m", "tracker_bridge", "serve"]
    with out.open("wb") as told, log.open("wb") as logged:
        return Program(subprocess.Popen(command, stdout=told, stderr=logged, env=environ), out, log)


def _answers(served: Program) -> None:
    def ended() -> bool:
        return served.process.poll() is not None

    until(lambda: ended() or (served.port > 0 and served.request("GET", "/healthz") == 200), "an answer")
    if ended():
        raise Missed(f"a running bridge: {served.log.read_text()[-2000:]}")


def _killed(served: Program) -> None:
    served.process.kill()
    served.process.wait(60)
