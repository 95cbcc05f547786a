"""How each tracker and project is doing, in one screen; and what to complain about, once, in the log."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from tracker_bridge.hints import Hints, QueueError
from tracker_bridge.watching import (
    Asked,
    CredentialEnds,
    Delivered,
    Event,
    Held,
    Looked,
    ProjectSwept,
    Renamed,
    Standing,
)

_log = logging.getLogger(__name__)

GRACE = timedelta(minutes=10)
"""A change whose delivery came that long before the round that found it was heard of."""

UNHEARD = 2
"""Rounds in a row that find changes of which no delivery told, before that is a complaint: one may be chance."""

ENDING = timedelta(days=3)
"""A credential that ends earlier is a complaint; the alert and doctor tell of it two weeks before."""

STRANGERS = 10
"""Names of projects that are remembered although they are not configured."""

NOTHING = Standing()

_FAILURES = {
    "gone": (
        "is gone or renamed",
        ", or this credential cannot see it: correct the setting projects, or the access",
    ),
    "denied": ("may not be read", " with this credential"),
    "busy": ("does not answer", ""),
    "queue": ("could not be swept", ": the queue does not take hints"),
    "bug": ("could not be swept", ": a bug; the log has the traceback"),
}


@dataclass(slots=True)
class _Project:
    delivered_at: datetime | None = None
    looked_at: datetime | None = None
    swept_at: datetime | None = None
    failure: str = ""
    unheard: int = 0
    called: str = ""


@dataclass(slots=True)
class _Forge:
    """``refused`` and ``mute`` tell of the last answer: 401, or none at all."""

    projects: dict[str, _Project]
    refused: bool = False
    mute: bool = False
    ends: float | None = None
    forged: int = 0
    remaining: dict[str, int] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Complaint:
    """
    ``where``, ``github`` or ``github:acme/api``, and ``what`` are a sentence. ``short`` names no project. ``kind``
    is a word for programs.
    """

    kind: str
    short: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where} {self.what}"


class Health:
    """Remembers what came last. Safe to use from several threads."""

    def __init__(
        self,
        hints: Hints,
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
        self._hints = hints
        self._clock = clock
        self._hears = hears
        self._lock = threading.Lock()
        self._forges = {name: _Forge({one: _Project() for one in sorted(of)}) for name, of in projects.items()}
        self._names = {(name, one.casefold()): one for name, of in projects.items() for one in of}
        self._said: set[Complaint] = set()

    def __call__(self, event: Event) -> None:
        with self._lock:
            match event:
                case Delivered():
                    self._delivered(event)
                case Looked() if (project := self._project(event.ref.tracker, event.ref.project)) is not None:
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
        with self._lock:
            found = [*self._complaints(), *map(_tripped, self._standing.held())]
        return tuple(dict.fromkeys(one.short for one in found))

    def kinds(self) -> frozenset[tuple[str, str, str]]:
        """Return tracker, project, which may be empty, and kind of what is complained about."""
        with self._lock:
            found = [*self._complaints()]
        return frozenset((*one.where.partition(":")[::2], one.kind) for one in found)

    def data(self) -> dict[str, Any]:
        """Return everything as JSON has it; times are ISO 8601, UTC."""
        queue = self._queue()
        with self._lock:
            complaints = [*map(str, self._complaints())]
            trackers = {name: _shown(forge) for name, forge in self._forges.items()}
        held = self._standing.held()
        complaints += [str(_tripped(one)) for one in held]
        if queue.get("problem"):
            complaints.append(f"the queue: {queue['problem']}")
        return {
            "healthy": not complaints,
            "complaints": complaints,
            "queue": queue,
            "breaker": [
                {"where": one.where, "holds_back": one.what, "seconds": round(one.seconds), "why": one.why}
                for one in held
            ],
            "lacks": _lacks(self._standing),
            "trackers": trackers,
        }

    def _queue(self) -> dict[str, Any]:
        try:
            stats = self._hints.stats()
        except QueueError as error:
            return {"problem": str(error)}
        late = (self._clock() - stats.next_at).total_seconds() if stats.next_at else 0.0
        return {
            "waiting": stats.waiting,
            "held": stats.held,
            "overdue_seconds": round(max(0.0, late)),
            "problem": stats.unsaved,
        }

    def _project(self, tracker: str, name: str | None) -> _Project | None:
        forge = self._forges.get(tracker)
        known = self._names.get((tracker, (name or "").casefold()))
        return forge.projects[known] if forge is not None and known is not None else None

    def _delivered(self, event: Delivered) -> None:
        forge = self._forges.get(event.tracker)
        if forge is None:
            return
        forge.forged += event.outcome == "forged"
        if not event.authentic:
            return
        project = self._project(event.tracker, event.project)
        if project is not None:
            project.delivered_at, unheard, project.unheard = self._clock(), project.unheard, 0
            if unheard >= UNHEARD:
                self._tell()
        elif event.project and event.project.isprintable():
            self._stranger(forge, event.tracker, event.project[:200])

    def _stranger(self, forge: _Forge, tracker: str, project: str) -> None:
        if project in forge.strangers or len(forge.strangers) >= STRANGERS:
            return
        forge.strangers.append(project)
        _log.warning(
            "%s: deliveries come for %s, which is not in the setting projects: nothing is done there",
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
        project = self._project(event.tracker, event.project)
        if project is None:
            return
        project.failure = event.failure
        if not event.failure:
            project.swept_at = self._clock()
            heard_by = self._clock() - timedelta(seconds=event.seconds) - GRACE
            if event.changed and (project.delivered_at is None or project.delivered_at < heard_by):
                project.unheard += 1
        self._tell()

    def _complaints(self) -> Iterator[Complaint]:
        for name, forge in self._forges.items():
            if forge.refused:
                what = "refuses our credential"
                yield Complaint("refused", f"{name} {what}", name, f"{what}: configure a valid one")
            if forge.ends is not None and forge.ends - self._clock().timestamp() < ENDING.total_seconds():
                ends = datetime.fromtimestamp(forge.ends, UTC)
                what = f"accepts our credential only until {ends:%Y-%m-%d %H:%M} UTC: configure another"
                yield Complaint("ends", f"the credential for {name} ends soon", name, what)
            if forge.mute:
                yield Complaint("mute", f"{name} does not answer", name, "does not answer")
            for project, one in forge.projects.items():
                explained = (forge.refused and one.failure == "denied") or (forge.mute and one.failure == "busy")
                if one.failure and not explained:
                    short, rest = _FAILURES[one.failure]
                    where = f"{name}:{project}"
                    yield Complaint(one.failure, f"a project of {name} {short}", where, short + rest)
                if one.called:
                    what = f"is called {one.called} now, and is followed there: correct the setting projects"
                    yield Complaint("renamed", f"a project of {name} was renamed", f"{name}:{project}", what)
                if self._hears and one.unheard >= UNHEARD:
                    yield Complaint(
                        "unheard",
                        f"a project of {name} changes, and no delivery tells of it",
                        f"{name}:{project}",
                        "changes, and no delivery tells of it: look at its webhook, its triggers and its secret",
                    )

    def _tell(self) -> None:
        """Log what is new, and what is over. A new name is logged by whoever finds it."""
        found = {one for one in self._complaints() if one.kind != "renamed"}
        for one in sorted(found - self._said, key=str):
            _log.error("%s", one)
        for one in sorted(self._said - found, key=str):
            _log.info("over: %s", one)
        self._said = found


def _tripped(held: Held) -> Complaint:
    what = f"is not written to ({held.what}) for {ceil(held.seconds / 60)} min: {held.why}"
    return Complaint("held", f"writing is held back on {held.tracker}", held.where, what)


def _lacks(standing: Standing) -> dict[str, int]:
    """Return of how many issues which ability is lacking."""
    found = Counter(f"{tracker}:{project} {ability}" for tracker, project, ability in standing.lacking())
    return dict(sorted(found.items()))


def _shown(forge: _Forge) -> dict[str, Any]:
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
