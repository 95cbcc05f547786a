"""How each tracker and project is doing, in one screen; and what to complain about, once, in the log."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tracker_bridge.domain.incident.rounding import whole_seconds
from tracker_bridge.events import (
    AlertsDelivered,
    Asked,
    CredentialEnds,
    Delivered,
    Event,
    ProjectSwept,
    Reconciled,
    Renamed,
    Standing,
)
from tracker_bridge.observability.complaints import (
    UNHEARD,
    Complaint,
    Forge,
    Project,
    complaints,
    late,
    outdated,
    tripped,
    unkept,
    unreadable,
)
from tracker_bridge.queue import Queue, QueueError

_log = logging.getLogger(__name__)

GRACE = timedelta(minutes=10)
"""A change whose delivery came that long before the round that found it was heard of."""

STRANGERS = 10
"""Names of projects that are remembered although they are not configured."""

NOTHING = Standing()


class Health:
    """Remembers what came last. Safe to use from several threads."""

    def __init__(
        self,
        queue: Queue,
        projects: Mapping[str, frozenset[str]],
        clock: Callable[[], datetime],
        *,
        hears: bool = True,
        standing: Standing = NOTHING,
    ) -> None:
        """
        ``hears``: this process receives deliveries, so that it can miss them. What the breaker holds back, it
        says in the log itself.
        """
        self._standing = standing
        self._queue = queue
        self._clock = clock
        self._hears = hears
        self._lock = threading.Lock()
        self._forges = {name: Forge({one: Project() for one in sorted(of)}) for name, of in projects.items()}
        self._projects = {
            (name, one.casefold()): project
            for name, forge in self._forges.items()
            for one, project in forge.projects.items()
        }
        self._said: set[Complaint] = set()
        self._heard: dict[str, datetime] = {}

    def __call__(self, event: Event) -> None:
        with self._lock:
            match event:
                case Delivered():
                    self._delivered(event)
                case AlertsDelivered(outcome="taken" | "nothing of ours"):
                    self._heard[event.source] = self._clock()
                case Reconciled() if (project := self._project(event.ref.tracker, event.ref.project)) is not None:
                    project.looked_at = self._clock()
                case Asked():
                    self._asked(event)
                case CredentialEnds() if (forge := self._forges.get(event.tracker)) is not None:
                    forge.ends = event.at
                case ProjectSwept():
                    self._swept(event)
                case Renamed() if (project := self._project(event.tracker, event.project)) is not None:
                    same = event.name.casefold() == event.project.casefold()
                    project.called = "" if same else event.name

    @property
    def complaints(self) -> tuple[str, ...]:
        """For everybody: no project is named."""
        _, alerts = self._alerts()
        with self._lock:
            found = [*self._all(), *map(tripped, self._standing.held()), *alerts, *self._rotas()]
        return tuple(dict.fromkeys(one.short for one in found))

    def kinds(self) -> frozenset[tuple[str, str, str]]:
        """Return tracker, project, which may be empty, and kind of what is complained about."""
        with self._lock:
            found = [(*one.where.partition(":")[::2], one.kind) for one in self._all()]
        return frozenset((*found, *(("", "", one.kind) for one in self._rotas())))

    def data(self) -> dict[str, Any]:
        """Return everything as JSON has it; times are ISO 8601, UTC."""
        queue = self._queue_report()
        waiting, alerts = self._alerts()
        with self._lock:
            said = [*map(str, self._all())]
            sources = {name: _iso(at) for name, at in sorted(self._heard.items())}
            trackers = {name: _shown(forge) for name, forge in self._forges.items()}
        held = self._standing.held()
        said += map(str, (*map(tripped, held), *alerts, *self._rotas()))
        if queue.get("problem"):
            said.append(f"the queue: {queue['problem']}")
        return {
            "healthy": not said,
            "complaints": said,
            "queue": queue,
            "alerts": waiting | {"sources": sources},
            "breaker": [
                {"where": one.where, "holds_back": one.what, "seconds": whole_seconds(one.seconds), "why": one.why}
                for one in held
            ],
            "unsupported": _unsupported(self._standing),
            "trackers": trackers,
        }

    def _queue_report(self) -> dict[str, Any]:
        try:
            stats = self._queue.stats()
        except QueueError as error:
            return {"problem": str(error)}
        late = (self._clock() - stats.next_at).total_seconds() if stats.next_at else 0.0
        return {
            "waiting": stats.waiting,
            "held": stats.held,
            "overdue_seconds": whole_seconds(max(0.0, late)),
            "problem": stats.unsaved,
        }

    def _rotas(self) -> list[Complaint]:
        rotas = [complaint for one in self._standing.on_call() for complaint in unreadable(one)]
        return rotas + [complaint for one in self._standing.pages() for complaint in outdated(one)]

    def _alerts(self) -> tuple[dict[str, Any], list[Complaint]]:
        """Return what waits, and what is to complain about it. Whoever works on alerts logs what fails."""
        now = self._clock()
        try:
            waiting = self._standing.alerts()
        except QueueError as error:
            return {}, [unkept(str(error))]
        shown = {"waiting": waiting.notices, "waiting_seconds": whole_seconds(waiting.seconds(now))}
        return shown, [*late(waiting, now)]

    def _project(self, tracker: str, name: str | None) -> Project | None:
        return self._projects.get((tracker, (name or "").casefold()))

    def _met(self, tracker: str, name: str) -> Project | None:
        """Take in a project that was found by a pattern."""
        forge = self._forges.get(tracker)
        if forge is None:
            return None
        project = self._projects[tracker, name.casefold()] = forge.projects.setdefault(name, Project())
        return project

    def _delivered(self, event: Delivered) -> None:
        forge = self._forges.get(event.tracker)
        if forge is None:
            return
        if not event.authentic:
            forge.forged += event.outcome == "forged"
            return
        project = self._project(event.tracker, event.project)
        if project is not None:
            project.delivered_at, unheard, project.unheard = event.at, project.unheard, 0
            if unheard >= UNHEARD:
                self._tell()
        elif event.project and event.project.isprintable():
            self._stranger(forge, event.tracker, event.project[:200])

    def _stranger(self, forge: Forge, tracker: str, project: str) -> None:
        if project in forge.strangers or len(forge.strangers) >= STRANGERS:
            return
        forge.strangers.append(project)
        _log.warning(
            "%s: deliveries arrive for %s, which is not in the setting projects: they are ignored",
            tracker,
            project,
        )

    def _asked(self, event: Asked) -> None:
        forge = self._forges.get(event.tracker)
        if forge is None:
            return
        before = forge.refused, forge.mute
        forge.refused, forge.mute = event.status == 401, event.status == 0
        if event.budget is not None:
            forge.remaining[event.budget.resource] = event.budget.remaining
        if before != (forge.refused, forge.mute):
            self._tell()

    def _swept(self, event: ProjectSwept) -> None:
        project = self._project(event.tracker, event.project) or self._met(event.tracker, event.project)
        if project is None:
            return
        project.failure = event.failure
        if not event.failure:
            project.swept_at = self._clock()
            heard_by = self._clock() - timedelta(seconds=event.seconds) - GRACE
            if event.changed and (project.delivered_at is None or project.delivered_at < heard_by):
                project.unheard += 1
        self._tell()

    def _all(self) -> Iterator[Complaint]:
        return complaints(self._forges, self._clock(), hears=self._hears)

    def _tell(self) -> None:
        """Log what is new, and what is over. A new name is logged by whoever finds it."""
        found = {one for one in self._all() if one.kind != "renamed"}
        for one in sorted(found - self._said, key=str):
            _log.error("%s", one)
        for one in sorted(self._said - found, key=str):
            _log.info("over: %s", one)
        self._said = found


def _unsupported(standing: Standing) -> dict[str, int]:
    """Return of how many issues which ability is lacking."""
    found = Counter(f"{tracker}:{project} {capability}" for tracker, project, capability in standing.lacking())
    return dict(sorted(found.items()))


def _shown(forge: Forge) -> dict[str, Any]:
    return {
        "answers": not forge.mute,
        "accepts_credential": not forge.refused,
        "credential_ends": _iso(datetime.fromtimestamp(forge.ends, UTC) if forge.ends is not None else None),
        "remaining": dict(forge.remaining),
        "forged_deliveries": forge.forged,
        "other_projects": list(forge.strangers),
        "projects": {
            name: {
                "last_delivery": _iso(one.delivered_at),
                "last_look": _iso(one.looked_at),
                "last_sweep": _iso(one.swept_at),
                "problem": one.failure or ("unheard" if one.unheard >= UNHEARD else ""),
            }
            for name, one in forge.projects.items()
        },
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
