"""
Which incidents, and which planned work, this process knows.

What a reconcile in this process has just read is taken from it. What other processes read, and what happened
before this one began, is asked for: one listing for each project, and the issues that it names. Views ask nobody.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from tracker_bridge.domain.derived.availability import DAYS
from tracker_bridge.domain.derived.maintenance import PlannedWork, planned_work
from tracker_bridge.domain.derived.public import PageRules, PublicIncident, PublicMaintenance, public_incident
from tracker_bridge.domain.derived.sums import Case
from tracker_bridge.domain.incident.conditions import services
from tracker_bridge.domain.issue.issue import Issue, IssueRef
from tracker_bridge.reconcile import Decision
from tracker_bridge.trackers import Busy, Denied, Doubtful, Gone, Tracker, TrackerError

_log = logging.getLogger(__name__)

LAG: Final = timedelta(minutes=2)
"""For how long a change may be missing in a forge's lists; clocks differ as well."""

LIMIT: Final = timedelta(minutes=1)
"""What is to wait so long waits for a limit of the credential, and no other project is answered either."""

FULL_EVERY: Final = timedelta(hours=1)
"""How often all incidents are listed, so that what is gone, or lost its label, is forgotten."""


class Reads(Protocol):
    """What is asked of a :class:`tracker_bridge.reconcile.Bridge`."""

    @property
    def trackers(self) -> Mapping[str, Tracker]: ...

    def decide(self, issue: Issue, now: datetime) -> Decision: ...

    def shown_labels(self, tracker: str, project: str, now: datetime) -> Iterable[str]: ...


@dataclass(frozen=True, slots=True)
class Active:
    """An incident that goes on; ``possible_duplicate`` was open under the same title when it began, 0 for none."""

    case: Case
    possible_duplicate: int


@dataclass(frozen=True, slots=True)
class Known:
    """
    What is kept of an issue, as it was at ``updated_at``: what everyone may know of it, and all of an incident
    while it goes on.
    """

    updated_at: datetime
    public: PublicIncident | None
    planned: PlannedWork | None
    active: Active | None

    @property
    def told(self) -> tuple[PublicIncident | None, PlannedWork | None]:
        return self.public, self.planned


@dataclass(frozen=True, slots=True)
class Unread:
    """What of a project, written github:acme/api, could not be read."""

    project: str
    why: str


@dataclass(slots=True)
class _Asked:
    """When a project was listed last, and when in full."""

    at: datetime
    full_at: datetime
    missed: set[IssueRef] = field(default_factory=set)


class Incidents:
    """
    Safe to use from several threads. ``rules`` are those of the status page. ``told``: whatever happens is told as
    well; else all is read again now and then, since a list may not tell of a comment that was edited.
    """

    def __init__(self, rules: PageRules, *, told: bool = True) -> None:
        self._rules = rules
        self._told = told
        self._lock = threading.Lock()
        self._known: dict[IssueRef, Known] = {}
        self._asked: dict[tuple[str, str], _Asked] = {}
        self._parked: dict[str, datetime] = {}
        self.changed = threading.Event()
        """Set when something that everyone may know is another than before."""

    def heard(self, decision: Decision) -> None:
        """Take in what a reconcile came to; whatever is wrong with showing it, the reconcile goes on."""
        try:
            self.seen(decision)
        except Exception:  # noqa: BLE001 - as it says
            _log.exception("%s: cannot be shown: unexpected error", decision.issue.ref)

    def seen(self, decision: Decision) -> None:
        """Take in what a reconcile of an issue came to."""
        issue, incident = decision.issue, decision.incident
        service = services(issue.labels, incident.rules.service_label)
        case = Case(incident, service, issue.confidential, issue.closed_at)
        active = Active(case, decision.possible_duplicate) if incident.active else None
        planned = planned_work(case, self._rules)
        known = Known(issue.updated_at, public_incident(case, self._rules), planned, active)
        with self._lock:
            before = self._known.get(issue.ref)
            if before and issue.updated_at < before.updated_at:
                return  # another thread read it later, and was done earlier
            self._known.pop(issue.ref, None)
            if incident.exists or planned:
                self._known[issue.ref] = known
        if (before.told if before else (None, None)) != known.told:
            self.changed.set()

    def refresh(self, reads: Reads, now: datetime, stopping: Callable[[], bool]) -> tuple[Unread, ...]:
        """
        Ask every project what changed, and read it. Return what could not be asked or read; what is known of it
        stays as it is. A project that says to come later is left alone until then; a tracker, if that is long.
        """
        return tuple(
            Unread(f"{tracker.name}:{project}", why)
            for tracker in reads.trackers.values()
            for project in sorted(tracker.projects)
            for why in self._asked_patiently(reads, tracker, project, now, stopping)
        )

    def _asked_patiently(
        self, reads: Reads, tracker: Tracker, project: str, now: datetime, stopping: Callable[[], bool]
    ) -> Iterator[str]:
        name = f"{tracker.name}:{project}"
        if stopping() or any(now < self._parked.get(one, now) for one in (name, tracker.name)):
            yield "not asked yet"
            return
        try:
            yield from self._ask(reads, tracker, project, now, stopping)
        except TrackerError as error:
            if isinstance(error, Busy):
                later = timedelta(seconds=error.retry_after)
                self._parked[tracker.name if later >= LIMIT else name] = now + later
            yield str(error)

    @property
    def active(self) -> tuple[Active, ...]:
        with self._lock:
            return tuple(one.active for one in self._known.values() if one.active)

    def public(self, projects: Iterable[str]) -> tuple[PublicIncident, ...]:
        """Return what everyone may know of the incidents of ``projects``; of all, where none is named."""
        wanted = frozenset(projects)
        with self._lock:
            return tuple(
                one.public
                for ref, one in self._known.items()
                if one.public and (not wanted or f"{ref.tracker}:{ref.project}" in wanted)
            )

    def planned(self, projects: Iterable[str], now: datetime) -> tuple[PublicMaintenance, ...]:
        """Return the planned work of ``projects``, of all where none is named, as it stands at that time."""
        wanted = frozenset(projects)
        with self._lock:
            return tuple(
                one.planned.at(now)
                for ref, one in self._known.items()
                if one.planned and (not wanted or f"{ref.tracker}:{ref.project}" in wanted)
            )

    def _ask(
        self, reads: Reads, tracker: Tracker, project: str, now: datetime, stopping: Callable[[], bool]
    ) -> Iterator[str]:
        key = (tracker.name, project)
        before = self._asked.get(key)
        full = before is None or now >= before.full_at + FULL_EVERY
        oldest = now - timedelta(days=DAYS)
        changed = set(self._listed(reads, tracker, project, before.at - LAG if before else oldest, now))
        changed |= before.missed if before else set()
        going_on = set(self._listed(reads, tracker, project, None, now)) if full else set()
        if full:
            there = set(self._listed(reads, tracker, project, oldest, now)) if before else set(changed)
            there |= going_on
            with self._lock:
                known = {ref: one for ref, one in self._known.items() if (ref.tracker, ref.project) == key}
                unlisted = known.keys() - there
                lately = {ref for ref in unlisted if known[ref].updated_at >= now - LAG}  # it is read instead
                for ref in unlisted - lately:
                    del self._known[ref]
            changed |= lately | (there - known.keys() if self._told else there)
        missed = set(changed)
        self._asked[key] = _Asked(now, now if full or before is None else before.full_at, missed)
        for ref in sorted(changed, key=lambda ref: (ref not in going_on, ref)):
            if trouble := "not read yet" if stopping() else self._read(reads, tracker, ref, now):
                yield f"{ref}: {trouble}"
            else:
                missed.discard(ref)

    def _listed(
        self, reads: Reads, tracker: Tracker, project: str, since: datetime | None, now: datetime
    ) -> Iterator[IssueRef]:
        for label in reads.shown_labels(tracker.name, project, now):
            yield from tracker.changed(project, since=since, label=label, labelled=since is not None)

    def _read(self, reads: Reads, tracker: Tracker, ref: IssueRef, now: datetime) -> str:
        """Read an issue; return why not. Raises :class:`Busy` where no other would be read either."""
        try:
            self.seen(reads.decide(tracker.read(ref), now))
        except Gone:
            with self._lock:
                self._known.pop(ref, None)
            self.changed.set()
        except (Doubtful, Denied) as error:
            return str(error)
        except TrackerError:
            raise
        except Exception:  # noqa: BLE001 - whatever it is, the others are shown
            _log.exception("%s: cannot be shown: unexpected error", ref)
            return "unexpected error"
        return ""
