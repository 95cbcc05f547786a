"""
Numbers for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/

Labels hold names of ours, of configured trackers and projects, and statuses: nothing that strangers can multiply,
no title and no person. docs/operations.md lists them.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import get_args

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from tracker_bridge import __version__
from tracker_bridge.events import (
    Asked,
    Budget,
    CredentialEnds,
    Delivered,
    Event,
    Outcome,
    ProjectSwept,
    Reconciled,
    Standing,
    Tripped,
)
from tracker_bridge.observability.numbers import Alerts, Messages, Now, Open, QueueCollector
from tracker_bridge.queue import Queue

CONTENT_TYPE = CONTENT_TYPE_LATEST

_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""A reconcile takes two requests and, on GitHub, a second for each write."""

_EVENTS = frozenset(
    {"issues", "issue_comment", "ping", "push", "pull_request", "installation", "repository"}
    | {"Issue Hook", "Confidential Issue Hook", "Note Hook", "Confidential Note Hook", "Emoji Hook"}
    | {"Work Item Hook", "Push Hook", "Merge Request Hook"}
)
"""What is told apart; the header that names it is not signed."""
_RESOURCES = frozenset({"core", "graphql", "search", "rest"})


class Meter:
    """Counts events, in a registry of its own. Safe to use from several threads."""

    def __init__(
        self,
        queue: Queue,
        projects: Mapping[str, Iterable[str]],
        clock: Callable[[], datetime],
        standing: Standing,
        complaints: Callable[[], Iterable[tuple[str, str, str]]] = tuple,
        *,
        alerts: Alerts | None = None,
        messages: Messages | None = None,
    ) -> None:
        """
        ``projects``: the configured ones, by tracker. ``complaints`` gives tracker, project and kind of each.
        ``alerts`` and ``messages`` count those.
        """
        self._clock = clock
        self._registry = registry = CollectorRegistry()
        registry.register(QueueCollector(queue, clock))
        for further in (alerts, messages):
            if further is not None:
                registry.register(further)
        self._open = Open(projects)
        registry.register(self._open)
        registry.register(Now(standing, projects, complaints))
        self._projects = {name: {one.casefold(): one for one in of} for name, of in projects.items()}

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(f"tracker_bridge_{name}", text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str) -> Gauge:
            return Gauge(f"tracker_bridge_{name}", text, labels, registry=registry)

        gauge("info", "Version of the bridge.", "version").labels(__version__).set(1)
        self._came = dict[tuple[str, str, str], int]()
        self._came_at = dict[tuple[str, str], datetime]()
        self._lock = threading.Lock()
        self._deliveries = counter("deliveries", "Deliveries by outcome.", "tracker", "event", "outcome")
        self._delivered_at = gauge(
            "last_delivery_timestamp_seconds", "When the last authentic delivery arrived.", "tracker", "project"
        )
        self._reconciles = Histogram(
            "tracker_bridge_reconcile_seconds",
            "Duration of reconciles, by outcome.",
            ("tracker", "outcome"),
            buckets=_SECONDS,
            registry=registry,
        )
        self._writes = counter("writes", "Changes made, by kind of document or change.", "tracker", "kind")
        self._unsupported = counter(
            "unsupported", "Times that a forge did not support something.", "tracker", "capability"
        )
        self._requests = counter(
            "requests", "Requests to forges; status none means no answer.", "tracker", "kind", "status"
        )
        self._remaining = gauge("budget_remaining", "Remaining requests.", "tracker", "resource")
        self._reset = gauge(
            "budget_reset_timestamp_seconds", "When the request budget resets.", "tracker", "resource"
        )
        self._ends = gauge("credential_end_timestamp_seconds", "When the credential expires, if known.", "tracker")
        self._sweeps = counter("sweeps", "Sweeps, by outcome.", "tracker", "project", "outcome")
        self._swept_at = gauge(
            "last_sweep_timestamp_seconds", "When the project was last swept.", "tracker", "project"
        )
        self._refused = counter("refusals", "Comments with a refused command.", "tracker")
        self._tripped = counter(
            "breaker_trips", "Times that writing was paused, by reason.", "tracker", "scope", "kind"
        )
        for tracker, known in self._projects.items():
            self._begin_at_nothing(tracker)
            for project in known.values():
                self._delivered_at.labels(tracker, project)
                self._swept_at.labels(tracker, project)

    def _begin_at_nothing(self, tracker: str) -> None:
        """What is not there yet does not increase when it comes: the first one would be missed by every alert."""
        for outcome in get_args(Outcome):
            self._reconciles.labels(tracker, outcome)
        for outcome in ("forged", "too large"):
            self._deliveries.labels(tracker, "unknown", outcome)
        self._refused.labels(tracker)

    def __call__(self, event: Event) -> None:
        match event:
            case Delivered():
                self._delivered(event)
            case Reconciled():
                self._reconciled(event)
            case Asked():
                status = str(event.status) if event.status else "none"
                self._requests.labels(event.tracker, event.kind, status).inc()
                if event.budget is not None:
                    self._left(event.tracker, event.budget)
            case CredentialEnds():
                self._ends.labels(event.tracker).set(event.at)
            case Tripped():
                self._tripped.labels(event.tracker, event.scope, event.kind).inc()
            case ProjectSwept():
                self._sweeps.labels(event.tracker, event.project, event.failure or "done").inc()
                if not event.failure:
                    self._swept_at.labels(event.tracker, event.project).set(self._clock().timestamp())

    def page(self) -> bytes:
        """Return everything as text, of the type :data:`CONTENT_TYPE`."""
        with self._lock:
            came, self._came = self._came, {}
            came_at, self._came_at = self._came_at, {}
        for labels, count in came.items():
            self._deliveries.labels(*labels).inc(count)
        for project, at in came_at.items():
            self._delivered_at.labels(*project).set(at.timestamp())
        return generate_latest(self._registry)

    def _delivered(self, event: Delivered) -> None:
        """Note it until the page is asked for: the library's counters cost as much as the signature."""
        kind, project = "unknown", None
        if event.authentic:
            kind = event.event if event.event in _EVENTS else "other"
            project = self._projects.get(event.tracker, {}).get((event.project or "").casefold())
        labels = event.tracker, kind, event.outcome
        with self._lock:
            self._came[labels] = self._came.get(labels, 0) + 1
            if project is not None:
                self._came_at[event.tracker, project] = event.at

    def _reconciled(self, event: Reconciled) -> None:
        self._reconciles.labels(event.ref.tracker, event.outcome).observe(event.seconds)
        for kind in event.wrote:
            self._writes.labels(event.ref.tracker, kind).inc()
        self._refused.labels(event.ref.tracker).inc(event.refused)
        self._open.reconciled(event)
        for capability in event.unsupported:
            self._unsupported.labels(event.ref.tracker, capability).inc()

    def _left(self, tracker: str, budget: Budget) -> None:
        resource = budget.resource if budget.resource in _RESOURCES else "other"
        self._remaining.labels(tracker, resource).set(budget.remaining)
        self._reset.labels(tracker, resource).set(budget.reset)
