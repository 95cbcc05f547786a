"""
The composition root: settings become trackers, queue, worker, sweep and web; nothing else knows all of them.

trackers.py   the configured trackers
engine.py     the queue: a file, or a database
keys.py       what signs the receipts
intake.py     what alerts take, where there are sources of them
display.py    what is shown to people in a browser
on_call.py    what asks who is on call
alone.py      who may open an incident for one thing
shares.py     who may hold how many workers
messenger.py  what carries messages to destinations
host.py       the production server
guest.py      one connection to it
crowd.py      all connections
processes.py  several processes that do the same
"""

import logging
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.util import Finalize

from flask import Flask

from tracker_bridge.commands import COMMANDS
from tracker_bridge.domain.incident.rules import Rules
from tracker_bridge.events import Listeners, Observer, Standing, silent
from tracker_bridge.logs import configure_logging
from tracker_bridge.observability.health import Health
from tracker_bridge.observability.metrics import CONTENT_TYPE, Meter
from tracker_bridge.observability.numbers import Alerts, Messages
from tracker_bridge.on_call.watch import Watch
from tracker_bridge.ours import Ours
from tracker_bridge.project_settings import ProjectSettings
from tracker_bridge.queue import Queue
from tracker_bridge.reconcile import Bridge, Decision
from tracker_bridge.reconcile.outbox import Sent
from tracker_bridge.rendering import Renderer
from tracker_bridge.serving import host, processes
from tracker_bridge.serving.display import Display, incidents_shown, open_display
from tracker_bridge.serving.engine import (
    database_of,
    demand_database,
    open_database,
    open_queue,
    shared_index,
    shared_quotas,
)
from tracker_bridge.serving.intake import Intake, intake_of, open_journal, reception_of, standing_of
from tracker_bridge.serving.introducing import introduced
from tracker_bridge.serving.keys import Keys, keys_found, keys_kept
from tracker_bridge.serving.messenger import Messenger, open_messenger
from tracker_bridge.serving.on_call import Book, watch_of
from tracker_bridge.serving.trackers import open_trackers
from tracker_bridge.settings import (
    Settings,
    demand_secrets,
    rules,
    secrets,
    team_rules,
)
from tracker_bridge.sweep import Sweep
from tracker_bridge.templates_folder import templates_folder
from tracker_bridge.trackers import IssueChanged, Tracker
from tracker_bridge.trackers.together import SideBySide, Together
from tracker_bridge.web import asynchronous, create_app
from tracker_bridge.web.operator import Window
from tracker_bridge.web.receiver import SETTLE
from tracker_bridge.worker import Worker

_log = logging.getLogger(__name__)

GRACE = 24.0
"""
Seconds that reconciles under way get when the bridge is told to stop.

The longest one, after twenty comments with commands, makes some twenty writes. All of the stop fits into the 30
seconds after which the units in ``deploy/`` kill.
"""

TURN = 0.0005
"""
Seconds that a thread may go on while another waits: whoever answers a request waits for several turns, which by
default are ten times as long.
"""

SWEEP_GRACE = 1.0
"""Seconds that a round of the sweep gets after that: it loses nothing."""


def now() -> datetime:
    return datetime.now(UTC)


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
def open_bridge(settings: Settings, messenger: Messenger | None = None) -> Iterator[Bridge]:
    """
    Put the trackers and the team's rules together, and close the trackers at the end. Touches no network.

    Raises :class:`BadSettings`. This is what one-shot commands need. Without a key it can only look, and without
    a ``messenger`` nothing goes to destinations.
    """
    with open_trackers(settings) as trackers, closing(SideBySide()) as together:
        keys, on_call = keys_found(settings), Book(settings, watch_of(settings, now))
        yield _bridge(
            settings, trackers, keys, time.monotonic, together=together, messenger=messenger, on_call=on_call
        )


def _bridge(
    settings: Settings,
    trackers: Mapping[str, Tracker],
    keys: Keys,
    monotonic: Callable[[], float],
    observe: Observer = silent,
    *,
    together: Together,
    ours: Ours | None = None,
    sent: Sent | None = None,
    seen: Callable[[Decision], None] | None = None,
    messenger: Messenger | None = None,
    on_call: Book | None = None,
) -> Bridge:
    own = {name: rules(settings, name) for name in trackers}
    return Bridge(
        trackers,
        own,
        Renderer(templates_folder(), COMMANDS),
        keys=keys.all,
        secrets=secrets(settings) | {key.decode(errors="replace") for key in keys.all},
        teams=_teams(settings, trackers, own) if settings.repository_settings else None,
        monotonic=monotonic,
        observe=observe,
        ours=ours,
        sent=sent,
        together=together,
        seen=seen,
        courier=messenger.courier if messenger else None,
        on_call=on_call,
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
        bridge = _bridge(
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
        bridge = _bridge(settings, trackers, keys_kept(settings, queue), time.monotonic, together=together)
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


def application(settings: Settings) -> Flask:
    """
    Start everything in this process and return its web side, for a WSGI server of somebody else's.

    It is stopped when the process ends in an orderly way: after ``sys.exit`` or a return from ``main``, and in
    processes of multiprocessing, which do not run what is registered with ``atexit``.
    """
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    demand_secrets(settings)
    opened = ExitStack()
    runtime = opened.enter_context(open_runtime(settings))

    def stop() -> None:
        runtime.stop(GRACE)
        opened.close()

    Finalize(None, stop, exitpriority=100)
    runtime.start()
    return runtime.web()


def serve(settings: Settings) -> None:
    """
    Receive webhooks and process the issues, until SIGTERM or Ctrl-C.

    Raises :class:`BadSettings`, :class:`QueueError` or :class:`host.PortTaken` before anything runs.
    """
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    demand_secrets(settings)
    with open_runtime(settings) as runtime, host.listening(settings.host, settings.port) as listener:
        told = told_to_end()
        runtime.start()
        _answer(settings, runtime.web(), listener, told)
        runtime.stop(GRACE)
    _log.info("stopped")


def receive(settings: Settings) -> None:
    """Receive webhooks for those who share the queue, until SIGTERM or Ctrl-C. Raises as :func:`serve`."""
    demand_database(settings, "receive")
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    demand_secrets(settings)
    with open_receiver(settings) as web, host.listening(settings.host, settings.port) as listener:
        _answer(settings, web, listener, told_to_end())
    _log.info("stopped")


def work(settings: Settings, number: int = 1) -> None:
    """
    Look after the issues without receiving webhooks, until SIGTERM or Ctrl-C, in so many processes.

    Raises as :func:`serve`.
    """
    if number == 1:
        _work(settings)
        return
    demand_database(settings, "work with several processes")
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    with open_trackers(settings):
        pass  # what they cannot work with is said once, before anything runs
    each = [_with_port(settings, place) for place in range(number)]
    processes.run(_work, each, told_to_end(), GRACE + 2 * SWEEP_GRACE)
    _log.info("stopped")


def _answer(settings: Settings, web: Flask, listener: socket.socket, told: threading.Event) -> None:
    _log.info("listening on %s", host.address_of(listener))
    host.run(asynchronous(web, threads=settings.threads, mebibytes=settings.webhook_memory), listener, told)


def _work(settings: Settings) -> None:
    configure_logging(settings.log_level, settings.log_format, secrets(settings))
    with ExitStack() as opened:
        runtime = opened.enter_context(open_runtime(settings, hears=False))
        port = settings.metrics_port
        listener = None if port is None else opened.enter_context(host.listening(settings.host, port))
        told = told_to_end()
        runtime.start()
        _log.info("running: %s", ", ".join(sorted(runtime.trackers)))
        if listener:
            _answer(settings, runtime.figures(), listener, told)
        told.wait()
        runtime.stop(GRACE)
    _log.info("stopped")


def _with_port(settings: Settings, place: int) -> Settings:
    """Return the settings of one of several processes on a host, which cannot listen on the same port."""
    return settings.model_copy(update={"metrics_port": settings.metrics_port and settings.metrics_port + place})


def _left_to_the_others() -> None:
    """Another process sweeps, whenever it is time."""


def told_to_end() -> threading.Event:
    """Return what SIGTERM and Ctrl-C set from now on, instead of ending the process."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    return told


def _teams(settings: Settings, trackers: Mapping[str, Tracker], own: Mapping[str, Rules]) -> ProjectSettings:
    def read(tracker: str, text: str) -> Rules:
        return team_rules(text, settings, tracker)

    return ProjectSettings(trackers, own, read, every=settings.repository_settings_every)
