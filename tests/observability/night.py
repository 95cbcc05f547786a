"""
A bad night: a real bridge goes through all that the alerts are for, and what it tells each minute is recorded.

Minutes are counted from the beginning. The sandbox's two forges and the clock are the only things that are played.
"""

import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from contextvars import Context
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.intake.monitored import SECRET as ALERTS_SECRET
from tests.intake.monitored import group
from tests.observability.conftest import BODIES, EVENTS, House, a_house, source
from tests.queue.test_sqlite import full_disk
from tracker_bridge.destinations.lane import Lane
from tracker_bridge.events import Carried, CredentialEnds
from tracker_bridge.on_call.aside import Unreadable
from tracker_bridge.on_call.shifts import Listing, Shift
from tracker_bridge.sandbox.faults import FaultResponse, Lose
from tracker_bridge.sandbox.world import Ticket
from tracker_bridge.trackers.gitlab.tracker import GitLabTracker

GITHUB, GITLAB = {"tracker": "github"}, {"tracker": "gitlab"}
IN_GITHUB, IN_GITLAB = ({"tracker": name, "project": "acme/api"} for name in ("github", "gitlab"))

Series = dict[str, list[float | None]]

FIRING: dict[str, list[tuple[int, dict[str, str]]]] = {
    "TrackerBridgeCredentialRefused": [(38, GITLAB | {"project": "", "kind": "refused"})],
    "TrackerBridgeCredentialEnds": [(22, GITHUB), (22, GITLAB)],
    "TrackerBridgeForgeSilent": [(83, GITHUB | {"project": "", "kind": "mute"})],
    "TrackerBridgeAlertsLate": [(84, {})],
    "TrackerBridgeForgeFailing": [(127, GITLAB)],
    "TrackerBridgeProjectUnreachable": [(163, IN_GITLAB | {"kind": "gone"})],
    "TrackerBridgeDeaf": [(205, IN_GITHUB | {"kind": "unheard"})],
    "TrackerBridgeForgedDeliveries": [(228, GITLAB)],
    "TrackerBridgeAlertsRefused": [(229, {"source": "prod"})],
    "TrackerBridgeDown": [(248, {})],
    "TrackerBridgeQueueLate": [(275, {})],
    "TrackerBridgeQueueUnsaved": [(308, {})],
    "TrackerBridgeBudgetLow": [(325, GITHUB | {"resource": "core"})],
    "TrackerBridgeWritesRefused": [(362, GITLAB)],
    "TrackerBridgeHoldsBack": [(408, IN_GITHUB)],
    "TrackerBridgeBug": [(445, GITHUB)],
    "TrackerBridgeProjectRenamed": [(465, IN_GITLAB | {"kind": "renamed"})],
    "TrackerBridgeMessagesLate": [(506, {"destination": "chat"})],
    "TrackerBridgeMessagesFailing": [(518, {"destination": "chat"})],
    "TrackerBridgeNotSweeping": [(545, IN_GITHUB), (545, IN_GITLAB)],
    "TrackerBridgeOnCallUnreadable": [(577, {"source": "rota"})],
    "TrackerBridgeOnCallUnknown": [(587, {"source": "rota"})],
    "TrackerBridgeStatusPageOld": [(624, {"kind": "stale"})],
}
"""When each alert must fire, with which labels of its own; a quarter of an hour before, none of it may."""

BEFORE = 18
"""Minutes."""

END = 630


class Rota:
    """A service that tells who is on call now, as GitLab's schedules do, until it does not."""

    reaches = False

    def __init__(self) -> None:
        self.reason = ""

    def read(self, now: datetime) -> Listing:
        if self.reason:
            raise Unreadable(self.reason)
        return Listing((Shift(now, now + timedelta(minutes=15), ("Dana",)),), (now, now + timedelta(minutes=15)))


@dataclass
class Night:
    """``series`` are the values of each minute; ``None``: nothing was scraped."""

    house: House
    tickets: dict[str, Ticket] = field(default_factory=dict)
    series: Series = field(default_factory=lambda: defaultdict(list))
    minute: int = 0
    up: bool = True
    hooks: frozenset[str] = frozenset({"github", "gitlab"})
    looks: bool = True
    sweeps: bool = True
    rota: Rota = field(default_factory=Rota)

    def play(self) -> None:
        start = self.house.clock().timestamp()
        assert self.house.runtime.on_call is not None
        self.house.runtime.on_call._sources["rota"].feed = self.rota
        for self.minute in range(END + 1):
            if (act := ACTS.get(self.minute)) is not None:
                act(self)
            for act in (act for (begin, end), act in LASTING.items() if begin <= self.minute < end):
                act(self)
            with ExitStack() as stack:
                if 290 <= self.minute < 312:
                    stack.enter_context(full_disk())
                self._work()
                self._scrape(start)
            self.house.clock.forward(start + 60 * (self.minute + 1) - self.house.clock().timestamp())

    def _work(self) -> None:
        if not self.up:
            return
        if self.minute % 10 == 3:
            self.say("/incident note still looking")
        if self.sweeps and self.minute % 5 == 0:
            self.house.runtime.sweep.once()
        if self.house.runtime.on_call is not None and self.minute % 4 == 0:
            self.house.runtime.on_call.renew()
        if self.looks:
            self.house.work_on_alerts()
            self.house.look()

    def say(self, text: str, *forges: str) -> None:
        """Somebody comments, and a delivery tells of it."""
        for forge in forges or self.tickets:
            ticket = self.tickets[forge]
            self.house.sandbox.world.comment(ticket, self.house.alice, text)
            if forge in self.hooks:
                self.house.deliver(forge, BODIES[forge]("acme/api", ticket.number), EVENTS[forge])
        self.house.clock.forward(1)

    def _scrape(self, start: float) -> None:
        found = self.house.numbers() if self.up else {}
        found['up{job="tracker-bridge"}'] = float(self.up)
        for name in {*self.series, *found}:
            row = self.series[name]
            row += [None] * (self.minute - len(row))
            value = found.get(name)
            timed = "_timestamp_seconds" in name.partition("{")[0]
            row.append(value - start if timed and value else value)


def _begin(night: Night) -> None:
    world = night.house.sandbox.world
    for forge, project in night.house.projects.items():
        night.tickets[forge] = world.open_ticket(project, night.house.alice, "Checkout fails", "/incident declare")
    night.say("/incident claim lead")


def _faults(night: Night, fault: FaultResponse | Lose, path: str, method: str = "") -> None:
    night.house.sandbox.faults.add(fault, path=path, method=method, times=100_000)


def _over(night: Night) -> None:
    night.house.sandbox.faults.clear()
    night.hooks, night.looks, night.sweeps, night.up = frozenset({"github", "gitlab"}), True, True, True


def _forge_signatures(night: Night) -> None:
    body, event = BODIES["gitlab"]("acme/api", 1), EVENTS["gitlab"]
    for _ in range(10):
        night.house.deliver("gitlab", body, event, secret="another secret of somebody")


def _alert(night: Night, secret: str) -> None:
    """A monitoring tells it four times, as its sender does that gets no answer in time."""
    for _ in range(4):
        night.house.alert(group("a"), secret)


def _spend(night: Night) -> None:
    reset = str(int(night.house.clock().timestamp()) + 1800)
    left = {"X-RateLimit-Remaining": "41", "X-RateLimit-Reset": reset, "X-RateLimit-Resource": "core"}
    night.house.sandbox.faults.add(FaultResponse(500, left), path="/repos/", times=4)


def _delete(night: Night) -> None:
    """Somebody deletes all that the bridge writes."""
    ticket, world = night.tickets["github"], night.house.sandbox.world
    for note in [one for one in ticket.comments if one.author is night.house.bot]:
        world.delete_comment(ticket, note, night.house.alice)
    night.house.deliver("github", BODIES["github"]("acme/api", ticket.number), EVENTS["github"])
    night.house.clock.forward(1)


def _stumble(night: Night) -> None:
    worker = night.house.runtime.worker
    look = worker._reconcile  # no forge can bring about a bug that nobody knows of

    def once(*_: object) -> None:
        worker._reconcile = look
        raise ZeroDivisionError

    worker._reconcile = once  # type: ignore[assignment]
    night.say("/incident note one more", "github")


def _replace_token(night: Night) -> None:
    """By one that ends soon; GitLab is asked at once, as after a restart."""
    night.house.bot.grants.expires = night.house.clock() + timedelta(days=10)
    tracker = night.house.runtime.trackers["gitlab"]
    assert isinstance(tracker, GitLabTracker)
    ends = tracker.ends()
    assert ends is not None
    night.house.runtime.observe(CredentialEnds("gitlab", ends.timestamp()))


def _rename(night: Night, path: str) -> None:
    night.house.sandbox.world.rename_project(night.house.projects["gitlab"], path)


def _hang(night: Night) -> None:
    """Nothing is sent in a night whose hours are over in seconds: a message waits for a chat that hangs."""
    since = 60.0 * (night.minute - 499)
    _lane(night).standing = lambda: (1, since)  # type: ignore[method-assign]


def _give_up(night: Night) -> None:
    _lane(night).standing = lambda: (0, 0.0)  # type: ignore[method-assign]
    night.house.runtime.observe(Carried("chat", "failed"))


def _lane(night: Night) -> Lane:
    messenger = night.house.runtime.messenger
    assert messenger is not None
    return messenger.courier._lanes["chat"]


def _show(night: Night) -> None:
    """Build the status page, as a thread of its own does, for which nobody waits."""
    keeper = night.house.runtime.display.keeper
    assert keeper is not None
    Context().run(keeper.once)


def _set(name: str, value: object) -> Callable[[Night], None]:
    return lambda night: setattr(night, name, value)


ACTS: dict[int, Callable[[Night], None]] = {
    0: _begin,
    19: _replace_token,
    30: lambda night: _faults(night, FaultResponse(401), "/api/v4/"),
    50: _over,
    70: lambda night: _faults(night, Lose(done=False), "^/(repos|api/v3|repositories|graphql|user|api/graphql)"),
    72: lambda night: _alert(night, ALERTS_SECRET),
    90: _over,
    110: lambda night: _faults(night, FaultResponse(502), "/api/v4/"),
    130: _over,
    145: lambda night: _faults(night, FaultResponse(404), "/api/v4/projects/"),
    170: _over,
    185: _set("hooks", frozenset({"gitlab"})),
    212: _over,
    225: _forge_signatures,
    226: lambda night: _alert(night, "another secret than in the settings"),
    244: _set("up", value=False),
    252: _over,
    262: _set("looks", value=False),
    280: _over,
    325: _spend,
    350: lambda night: _faults(night, FaultResponse(403), "/notes", "POST"),
    364: _over,
    444: _stumble,
    455: lambda night: _rename(night, "acme/public-api"),
    472: lambda night: _rename(night, "acme/api"),
    480: _set("sweeps", value=False),
    515: _give_up,
    560: lambda night: setattr(night.rota, "reason", "answered 503"),
}
LASTING: dict[tuple[int, int], Callable[[Night], None]] = {
    (350, 362): lambda night: night.say("/incident show", "gitlab"),
    (395, 410): _delete,
    (500, 515): _hang,
    (555, 600): _show,
}


def recorded() -> Series:
    """Play the night; return the values of each series, minute by minute."""
    chat = {"name": "chat", "address": "slack+http://127.0.0.1:9/services/T/B/token"}
    rota = {"name": "rota", "kind": "gitlab", "token": "nobodys-token", "project": "acme/api"}
    shown = {"serve": True, "title": "Acme status"}
    more = {
        "alerts": [source("github")],
        "notify": [chat],
        "on_call_sources": [rota],
        "status_page": shown,
    }
    with tempfile.TemporaryDirectory() as folder, a_house(Path(folder), **more) as house:
        night = Night(house)
        night.play()
    return dict(night.series)
