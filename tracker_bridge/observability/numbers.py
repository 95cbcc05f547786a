"""Numbers that are made when Prometheus asks: what is the case then, without any event."""

import threading
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, get_args, get_type_hints

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import AlertOutcome, AlertsDelivered, Carried, Event, Reconciled, Standing
from tracker_bridge.queue import Queue, QueueError


class Open(Collector):
    """The incidents that are open, as the last look at each found them. The first sweep brings all of them."""

    def __init__(self, projects: Mapping[str, Iterable[str]]) -> None:
        self._projects = [(tracker, project) for tracker, of in projects.items() for project in sorted(of)]
        self._open: dict[IssueRef, str] = {}
        self._lock = threading.Lock()

    def reconciled(self, event: Reconciled) -> None:
        """Take what a reconcile found; one that failed found nothing."""
        if event.outcome in ("denied", "busy", "bug"):
            return
        with self._lock:
            self._open.pop(event.ref, None)
            if event.open_as is not None and event.outcome != "gone":
                self._open[event.ref] = event.open_as or "none"

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            open_ = Tally((ref.tracker, ref.project.casefold(), how) for ref, how in self._open.items())
        counted: dict[tuple[str, ...], int] = {}
        for tracker, project in self._projects:
            found = {how for name, of, how in open_ if (name, of) == (tracker, project.casefold())}
            for how in sorted(found | {"none"}):
                counted[tracker, project, how] = open_[tracker, project.casefold(), how]
        yield _family("open_incidents", "Open incidents.", ("tracker", "project", "severity"), counted)


class Now(Collector):
    """Asks what is the case just now when Prometheus asks: most of it is over without any event."""

    def __init__(
        self,
        standing: Standing,
        projects: Mapping[str, Iterable[str]],
        complaints: Callable[[], Iterable[tuple[str, str, str]]],
    ) -> None:
        self._standing = standing
        self._complaints = complaints
        self._projects = [(tracker, project) for tracker, of in projects.items() for project in sorted(of)]

    def collect(self) -> Iterator[Metric]:
        held = Tally((one.tracker, one.project.casefold()) for one in self._standing.held())
        yield _family(
            "writing_paused",
            "Writing that is paused now.",
            ("tracker", "project"),
            {(tracker, of): held[tracker, of.casefold()] for tracker, of in self._projects},
        )
        lacking = Tally((tracker, capability) for tracker, _, capability in self._standing.lacking())
        yield _family(
            "unsupported_issues", "Issues affected by a missing capability.", ("tracker", "capability"), lacking
        )
        rotas = self._standing.on_call()
        readable = {(one.source,): int(one.failing_since is None) for one in rotas}
        yield _family("on_call_source_readable", "Whether a source can be read.", ("source",), readable)
        known = {(one.source,): int(one.known) for one in rotas}
        yield _family("on_call_source_known", "Whether it is known who is on call there.", ("source",), known)
        read = {(one.source,): int(one.read_at.timestamp()) if one.read_at else 0 for one in rotas}
        yield _family("on_call_source_read_timestamp_seconds", "When it was last read.", ("source",), read)
        for page in self._standing.pages():
            built = int(page.built_at.timestamp()) if page.built_at else 0
            name = "status_page_built_timestamp_seconds"
            yield _family(name, "When the status page was built; 0 before that.", (), {(): built})
        labels = ("tracker", "project", "kind")
        yield _family("problem", "1 for each problem.", labels, dict.fromkeys(sorted(self._complaints()), 1))


class Alerts(Collector):
    """Counts deliveries of alerts, and asks what waits when Prometheus asks. Names of strangers are not told."""

    def __init__(self, standing: Standing, clock: Callable[[], datetime], sources: Iterable[str]) -> None:
        self._standing, self._clock = standing, clock
        self._sources = frozenset(sources)
        outcomes = [one for one in get_args(AlertOutcome) if one != "no such source"]
        self._counted = Tally(
            dict.fromkeys(((name, one) for name in sorted(self._sources) for one in outcomes), 0)
        )
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        if isinstance(event, AlertsDelivered):
            with self._lock:
                name = event.source if event.source in self._sources else "unknown"
                self._counted[name, event.outcome] += 1

    def collect(self) -> Iterator[Metric]:
        labels = ("source", "outcome")
        text = "Deliveries of alerts by outcome."
        family = CounterMetricFamily("tracker_bridge_alert_deliveries", text, labels=labels)
        with self._lock:
            for given, count in self._counted.items():
                family.add_metric(given, count)
        yield family
        try:
            waiting = self._standing.alerts()
        except QueueError:
            return
        yield _gauge("alerts_waiting", "Alerts that no incident tells yet.", waiting.notices)
        seconds = waiting.seconds(self._clock())
        yield _gauge("alerts_waiting_seconds", "How long the first of them has been waiting.", seconds)


class Messages(Collector):
    """Counts what came of messages, and asks what waits when Prometheus asks."""

    def __init__(self, standing: Standing, destinations: Iterable[str]) -> None:
        self._standing = standing
        outcomes = get_args(get_type_hints(Carried)["outcome"])
        self._counted = Tally(dict.fromkeys(((name, one) for name in destinations for one in outcomes), 0))
        self._lock = threading.Lock()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Carried):
            with self._lock:
                self._counted[event.destination, event.outcome] += 1

    def collect(self) -> Iterator[Metric]:
        labels = ("destination", "outcome")
        family = CounterMetricFamily("tracker_bridge_messages", "Messages by outcome.", labels=labels)
        with self._lock:
            for given, count in self._counted.items():
                family.add_metric(given, count)
        yield family
        waiting = self._standing.messages()
        of = ("destination",)
        counts = {(one.destination,): one.messages for one in waiting}
        yield _family("messages_waiting", "Messages that wait to be sent.", of, counts)
        ages = {(one.destination,): int(one.seconds) for one in waiting}
        yield _family("messages_waiting_seconds", "How long the first of them has been waiting.", of, ages)


class QueueCollector(Collector):
    """Asks the queue when Prometheus asks."""

    def __init__(self, queue: Queue, clock: Callable[[], datetime]) -> None:
        self._queue = queue
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        try:
            stats = self._queue.stats()
        except QueueError:
            yield _gauge("queue_usable", "Whether changes can be queued.", 0)
            return
        late = (self._clock() - stats.next_at).total_seconds() if stats.next_at else 0.0
        yield _gauge("queue_usable", "Whether changes can be queued.", 1)
        yield _gauge(
            "queue_saved", "Whether the last write to the queue's file succeeded.", int(not stats.unsaved)
        )
        yield _gauge("queue_waiting", "Issues that wait to be reconciled, due or not.", stats.waiting)
        yield _gauge("queue_held", "Issues that are being reconciled.", stats.held)
        yield _gauge(
            "queue_overdue_seconds", "How long the issue that is due first has been overdue.", max(0.0, late)
        )


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"tracker_bridge_{name}", text, value=value)


def _family(name: str, text: str, labels: tuple[str, ...], values: Mapping[Any, int]) -> Metric:
    family = GaugeMetricFamily(f"tracker_bridge_{name}", text, labels=labels)
    for given, value in values.items():
        family.add_metric(given, value)
    return family
