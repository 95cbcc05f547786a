"""All that runs in a process: the bridge, and around it queue, worker, sweep and web."""

import gc
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flask import Flask

from tracker_bridge.events import Listeners, Observer, Standing, silent
from tracker_bridge.observability.health import Health
from tracker_bridge.observability.metrics import CONTENT_TYPE, Meter
from tracker_bridge.observability.numbers import Alerts, Messages
from tracker_bridge.on_call.watch import Watch
from tracker_bridge.ours import Ours
from tracker_bridge.queue import Queue
from tracker_bridge.reconcile.outbox import Sent
from tracker_bridge.serving.bridge import bridge_of, now
from tracker_bridge.serving.display import Display, incidents_shown, open_display
from tracker_bridge.serving.engine import database_of, open_database, open_queue, shared_index, shared_quotas
from tracker_bridge.serving.intake import Intake, intake_of, open_journal, reception_of, standing_of
from tracker_bridge.serving.introducing import introduced
from tracker_bridge.serving.keys import keys_kept
from tracker_bridge.serving.messenger import Messenger, open_messenger
from tracker_bridge.serving.on_call import Book, watch_of
from tracker_bridge.serving.trackers import open_trackers
from tracker_bridge.settings import Settings
from tracker_bridge.sweep import Sweep
from tracker_bridge.trackers import IssueChanged, Tracker
from tracker_bridge.trackers.together import SideBySide
from tracker_bridge.web import create_app
from tracker_bridge.web.operator import Window
from tracker_bridge.web.receiver import SETTLE
from tracker_bridge.worker import Worker

_log = logging.getLogger(__name__)

TURN = 0.0005
"""
Seconds that a thread may go on while another waits: whoever answers a request waits for several turns, which by
default are ten times as long.
"""

COLLECTED = 10_000
"""
Objects that are made before the new ones are searched for garbage, by default 700. A fold makes many for each
command and keeps most of them: like this, it takes an eighth less processor time.
"""

SWEEP_GRACE = 1.0
"""Seconds that a round of the sweep gets after that: it loses nothing."""


def elapsed() -> float:
    """Return seconds, with those for which the machine was suspended, where the system counts them."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Runtime:
    """All that runs: the worker takes from the queue what the web and the sweep add."""

    trackers: Mapping[str, Tracker]
    queue: Queue
    worker: Worker
    sweep: Sweep
    clock: Callable[[], datetime]
    observe: Observer = silent
    window: Window = field(default_factory=Window)
    ours: Ours = field(default_factory=Ours)
    alerts: Intake | None = None
    display: Display = field(default_factory=Display)
    messenger: Messenger | None = None
    on_call: Watch | None = None

    def start(self) -> None:
        sys.setswitchinterval(TURN)
        gc.set_threshold(COLLECTED)
        if self.on_call is not None:
            self.on_call.start()
        self.worker.start()
        self.sweep.start()
        if self.alerts is not None:
            self.alerts.desk.start()
        self.display.start()

    def stop(self, grace: float) -> None:
        """
        Finish the reconciles under way. What takes longer than ``grace`` seconds is repeated after a restart.

        Of messages that were not sent by then, the threads are told so.
        """
        self.sweep.stop(0)
        end = time.monotonic() + grace
        if self.messenger is not None:
            self.messenger.stop()
        if self.on_call is not None:
            self.on_call.stop()
        self.display.stop()
        if self.alerts is not None:
            self.alerts.desk.stop(grace)
        if not self.worker.stop(max(0.0, end - time.monotonic())):
            _log.warning("a reconcile exceeded %d s at shutdown; it is repeated at the next start", grace)
        if self.messenger is not None:
            self.messenger.tell_the_last()
        self.sweep.stop(SWEEP_GRACE)

    def figures(self) -> Flask:
        """Return what answers operators, and takes no deliveries."""
        return create_app({}, self.queue, clock=self.clock, sweep_soon=self.sweep.soon, window=self.window)

    def web(self, settle: timedelta = SETTLE) -> Flask:
        return create_app(
            self.trackers,
            self.queue,
            clock=self.clock,
            sweep_soon=self.sweep.soon,
            settle=settle,
            observe=self.observe,
            window=self.window,
            ours=self.ours,
            alerts=self.alerts.reception if self.alerts else None,
            status=self.display.status,
            board=self.display.board,
        )


@contextmanager
def open_runtime(
    settings: Settings,
    clock: Callable[[], datetime] = now,
    monotonic: Callable[[], float] = elapsed,
    *,
    hears: bool = True,
) -> Iterator[Runtime]:
    """
    Open everything; nothing runs yet. Close it at the end. ``clock`` tells the time, ``monotonic`` the seconds of
    what is waited for; tests bring their own. ``hears``: deliveries will come to this process.

    Raises :class:`BadSettings` or :class:`QueueError`. Where hosts share the queue, no process knows all.
    """
    listeners = Listeners()
    alone = database_of(settings) is None
    with (
        open_database(settings) as database,
        open_trackers(settings, listeners, shared_quotas(database)) as trackers,
        closing(open_queue(settings, trackers, database)) as queue,
        closing(SideBySide()) as together,
        open_journal(settings, database) as journal,
        open_messenger(settings, listeners) as messenger,
    ):
        ours = Ours(shared_index(database))
        sent = queue if isinstance(queue, Sent) else None
        kept = keys_kept(settings, queue)
        shown = incidents_shown(settings) if hears else None
        seen = shown.heard if shown else None
        watch = watch_of(settings, clock)
        bridge = bridge_of(
            settings,
            trackers,
            kept,
            monotonic,
            listeners,
            together=together,
            ours=ours,
            sent=sent,
            seen=seen,
            messenger=messenger,
            on_call=Book(settings, watch),
        )
        display = open_display(settings, shown, bridge, clock)
        standing = replace(standing_of(bridge.standing(), journal), on_call=watch.standing, pages=display.standing)
        if messenger is not None:
            messenger.serve(
                lambda ref: queue.add(IssueChanged(ref), clock()), lambda ref: bridge.reconcile(ref, clock(), {})
            )
            standing = replace(standing, messages=messenger.courier.underway)
        window = _window(settings, trackers, queue, clock, listeners, standing=standing, hears=hears and alone)
        worker = Worker(
            queue,
            bridge.trackers,
            bridge.reconcile,
            clock=clock,
            monotonic=monotonic,
            threads=settings.workers,
            renew_every=settings.lease / 3,
            lease=settings.lease,
            observe=listeners,
        )
        sweep = Sweep(
            bridge.trackers,
            queue,
            lambda tracker, project: bridge.watched(tracker, project, clock()),
            clock=clock,
            monotonic=monotonic,
            every=settings.sweep_every,
            full_every=settings.full_sweep_every,
            observe=listeners,
            ours=ours,
            grammars=lambda tracker, project, bot: bridge.grammar(tracker, project, bot, clock()),
        )
        intake = intake_of(settings, bridge, queue, clock, keys=kept, journal=journal)
        yield Runtime(
            bridge.trackers,
            queue,
            worker,
            sweep,
            clock,
            listeners,
            window,
            ours,
            intake,
            display,
            messenger,
            watch,
        )


@contextmanager
def open_receiver(settings: Settings, clock: Callable[[], datetime] = now) -> Iterator[Flask]:
    """Open what only receives, for others who share the queue. Raises as :func:`open_runtime`."""
    listeners = Listeners()
    with (
        open_database(settings) as database,
        open_trackers(settings, listeners) as trackers,
        closing(open_queue(settings, trackers, database)) as queue,
        open_journal(settings, database) as journal,
        introduced(trackers),
        _display_alone(settings, trackers, queue, clock) as display,
    ):
        standing = replace(standing_of(Standing(), journal), pages=display.standing)
        window = _window(settings, trackers, queue, clock, listeners, standing=standing, hears=False)
        yield create_app(
            trackers,
            queue,
            clock=clock,
            sweep_soon=_left_to_the_others,
            observe=listeners,
            window=window,
            ours=Ours(shared_index(database)),
            alerts=reception_of(settings, clock, journal),
            status=display.status,
            board=display.board,
        )


@contextmanager
def _display_alone(
    settings: Settings, trackers: Mapping[str, Tracker], queue: Queue, clock: Callable[[], datetime]
) -> Iterator[Display]:
    """Show what a process shows that reconciles nothing: it reads the incidents itself."""
    shown = incidents_shown(settings, told=False)
    if shown is None:
        yield Display()
        return
    with closing(SideBySide()) as together:
        bridge = bridge_of(settings, trackers, keys_kept(settings, queue), time.monotonic, together=together)
        display = open_display(settings, shown, bridge, clock)
        display.start()
        try:
            yield display
        finally:
            display.stop()


def _window(
    settings: Settings,
    trackers: Mapping[str, Tracker],
    queue: Queue,
    clock: Callable[[], datetime],
    listeners: Listeners,
    *,
    standing: Standing,
    hears: bool,
) -> Window:
    """Let those listen who watch, and return what they show. ``hears``: all deliveries come to this process."""
    projects = {name: tracker.projects for name, tracker in trackers.items()}
    health = Health(queue, projects, clock, hears=hears, standing=standing)
    counted = Alerts(standing, clock, (source.name for source in settings.alerts))
    messages = Messages(standing, (row.name for row in settings.notify))
    meter = Meter(queue, projects, clock, standing, health.kinds, alerts=counted, messages=messages)
    listeners.add(counted)
    listeners.add(messages)
    listeners.add(health)
    listeners.add(meter)
    token = settings.operator_token.get_secret_value() if settings.operator_token else ""
    return Window(lambda: health.complaints, health.data, lambda: (meter.page(), CONTENT_TYPE), token)


def _left_to_the_others() -> None:
    """Another process sweeps, whenever it is time."""
