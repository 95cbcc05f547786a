"""
What may have changed since: a lost webhook costs minutes, never truth.

A round asks each project what changed since the round before; the first one after a start, what changed within
the last day. The first one, and then one every hour, also asks for all open incidents and action items: a look at
one of these leads to its incident. The first one asks for incidents that are over since not long ago as well:
their testers may have to be reminded, and the queue that knew when may be gone. A project that cannot be asked is
asked again, from the same moment on, in the next round; the others do not notice.

Behind everything else, and one after the other, come the issues that the first round tells of and that are no open
incidents: mostly old ones, of which nothing is known.

Where a forge tells of many projects at once in which nothing happened, these are not asked one by one.

What changed and is none of ours for certain, by what the lists tell of it, is not looked at (ours.py).
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker_bridge.domain.issue.grammar import Grammar
from tracker_bridge.domain.issue.issue import IssueRef
from tracker_bridge.events import CredentialEnds, Failure, Observer, ProjectSwept, silent
from tracker_bridge.ours import Ours, Words
from tracker_bridge.queue import Priority, Queue, QueueError
from tracker_bridge.trackers import (
    Busy,
    Denied,
    Discovering,
    Expiring,
    Foreseeing,
    Gone,
    IssueChanged,
    Labelled,
    Listing,
    Quieting,
    Telling,
    Tracker,
    TrackerError,
)

_log = logging.getLogger(__name__)

Labels = Callable[[str, str], Iterable[str]]
"""Tells by which labels incidents and action items are known, by the tracker's name and the project."""

OVER = timedelta(days=30)
"""For so long after its last change, an incident that is over is looked at for its reminders."""

Grammars = Callable[[str, str, str], Grammar]
"""Tells how commands are spelled, by the tracker's name, the project and the bot's login."""

APART = timedelta(milliseconds=100)
"""Between two first sights of old issues: a restart must not spend what the forge allows in an hour at once."""

FORESEEN = 100
"""Issues of a list that are added together, so that a forge may be asked about several of them at once."""

MANY = 10
"""Projects from which on it is asked first in which of them nothing happened."""

ENDS_EVERY = 6 * 3600.0
"""Seconds between two questions when a credential ends: it may have been replaced by another of the same name."""

DISCOVER_EVERY = 3600.0
"""Seconds between two questions which projects there are; one that something happens in is served at once."""

STANDBY = 10.0
"""Seconds after which a process that does not sweep asks whether it should: the one that did may be gone."""

Progress = Callable[[str, int], None]
"""Told ``github:acme/api`` and how many issues it has given so far, from 0 on."""


def _unheard(_project: str, _issues: int) -> None:
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What came of one round: projects asked, issues added to the queue, and why some could not be asked."""

    projects: int
    issues: int
    failures: Mapping[str, str]


class Sweep:
    """
    Asks the trackers for changes. One round at a time: :meth:`once`, or in a thread for each tracker, so that one
    that hangs does not hold up the other.

    ``history`` is how far the first round looks back.
    ``soonest`` is the least time between two rounds, however often one is asked for.
    """

    def __init__(
        self,
        trackers: Mapping[str, Tracker],
        queue: Queue,
        labels: Labels,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        every: timedelta = timedelta(minutes=5),
        full_every: timedelta = timedelta(hours=1),
        history: timedelta = timedelta(days=1),
        soonest: timedelta = timedelta(seconds=30),
        observe: Observer = silent,
        ours: Ours | None = None,
        grammars: Grammars | None = None,
    ) -> None:
        """``ours`` is told which issues are ours; without ``grammars``, nothing is left alone."""
        self._ours = ours or Ours()
        self._grammars = grammars
        self._trackers = trackers
        self._queue = queue
        self._labels = labels
        self._clock = clock
        self._every = every
        self._full_every = full_every
        self._history = history
        self._soonest = soonest
        self._monotonic = monotonic
        self._observe = observe
        self._asked_at: dict[str, tuple[datetime, float]] = {}
        self._full_at: dict[str, float] = {}
        self._end_asked_at: dict[str, float] = {}
        self._discovered_at: dict[str, float] = {}
        self._first_sights = Counter[str]()
        self._soon = {name: threading.Event() for name in trackers}
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(tracker,), name=f"sweep-{name}", daemon=True)
            for name, tracker in trackers.items()
        ]

    def once(self, *, progress: Progress = _unheard) -> Swept:
        """Do one round, of one tracker after the other. Never raises because of a tracker or the queue."""
        rounds = [self._round(tracker, progress) for tracker in self._trackers.values()]
        failures = {name: failure for one in rounds for name, failure in one.failures.items()}
        return Swept(sum(one.projects for one in rounds), sum(one.issues for one in rounds), failures)

    def _round(self, tracker: Tracker, progress: Progress = _unheard) -> Swept:
        issues, failures = 0, dict[str, str]()
        self._first_sights[tracker.name] = 0
        self._discover(tracker)
        projects = sorted(tracker.projects)
        quiet = self._quiet(tracker, projects)
        for project in projects:
            name = f"{tracker.name}:{project}"
            if project in quiet:
                self._observe(ProjectSwept(tracker.name, project))
                continue
            try:
                issues += self._ask(tracker, project, name, progress)
            except (TrackerError, QueueError) as error:
                _log.warning("%s: cannot be swept: %s", name, error)
                failures[name] = str(error)
                self._observe(ProjectSwept(tracker.name, project, failure=_failure(error)))
            except Exception as error:  # noqa: BLE001 - whatever it is, the other projects go on
                _log.exception("%s: cannot be swept: unexpected error", name)
                failures[name] = repr(error)
                self._observe(ProjectSwept(tracker.name, project, failure="bug"))
        self._ask_for_the_end(tracker)
        return Swept(len(projects), issues, failures)

    def _quiet(self, tracker: Tracker, projects: Iterable[str]) -> Set[str]:
        """
        Return the projects that need no lists, where there are many. They are listed in the next full round at the
        latest, and then since they were listed last.
        """
        if not isinstance(tracker, Quieting):
            return frozenset()
        try:
            since = self._listed_before(tracker, projects)
            return tracker.quiet(since) if len(since) >= MANY else frozenset()
        except (TrackerError, QueueError) as error:
            _log.info("%s: every project is listed: %s", tracker.name, error)
        except Exception:  # noqa: BLE001 - whatever it is, the lists tell the same
            _log.exception("%s: every project is listed: unexpected error", tracker.name)
        return frozenset()

    def _listed_before(self, tracker: Tracker, projects: Iterable[str]) -> dict[str, datetime]:
        """Return since when the projects were not listed; not those that are due for a full round."""
        now, seconds = self._clock(), self._monotonic()
        return {
            project: self._since(name, now, seconds)
            for project in projects
            if (name := f"{tracker.name}:{project}") in self._asked_at
            and not self._is_full(tracker, project, seconds)
        }

    def _discover(self, tracker: Tracker) -> None:
        """Ask now and then which projects fit the patterns; where that fails, those of before are swept."""
        asked = self._discovered_at.get(tracker.name)
        if not isinstance(tracker, Discovering) or (
            asked is not None and self._monotonic() < asked + DISCOVER_EVERY
        ):
            return
        try:
            new, gone = tracker.discover()
        except TrackerError as error:
            _log.warning("%s: cannot tell which projects there are: %s", tracker.name, error)
            return
        self._discovered_at[tracker.name] = self._monotonic()
        if new or gone:
            named = [f"{len(one)} {what}" for one, what in ((new, "new"), (gone, "gone")) if one]
            _log.info("%s: %s; %d projects are served", tracker.name, ", ".join(named), len(tracker.projects))

    def _ask_for_the_end(self, tracker: Tracker) -> None:
        """Ask now and then when the credential ends, where the forge does not tell by itself."""
        asked = self._end_asked_at.get(tracker.name)
        if not isinstance(tracker, Expiring) or (asked is not None and self._monotonic() < asked + ENDS_EVERY):
            return
        with suppress(TrackerError):
            if (end := tracker.ends()) is not None:
                self._observe(CredentialEnds(tracker.name, end.timestamp()))
            self._end_asked_at[tracker.name] = self._monotonic()

    def soon(self) -> None:
        """Ask for a round before its time: something may have been lost."""
        for soon in self._soon.values():
            soon.set()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self, timeout: float) -> None:
        """Begin no other round. One that takes longer than ``timeout`` seconds is left behind."""
        self._stopping.set()
        self.soon()
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _ask(self, tracker: Tracker, project: str, name: str, progress: Progress) -> int:
        now, seconds = self._clock(), self._monotonic()
        full_at = self._full_at.get(name)
        full = self._is_full(tracker, project, seconds)
        since = self._since(name, now, seconds)
        refs, changed = set[IssueRef](), set[IssueRef]()
        progress(name, 0)
        labels = list(self._labels(tracker.name, project))
        listings: list[tuple[datetime | None, str, bool]] = []
        listings += [(None, label, False) for label in labels] if full else []
        listings += [(since, labels[0], False)]
        listings += [(now - OVER, label, True) for label in labels] if full_at is None else []
        by_label = [(moment, label) for moment, label, labelled in listings if labelled or moment is None]
        known = self._at_once(tracker, project, by_label)
        for moment, label, labelled in listings:
            if moment == since and not labelled:
                self._learn(tracker, project, labels, refs if full else None)
            found = known.get(Labelled(label, moment)) if labelled or moment is None else None
            if found is None:
                found = self._listed(tracker, project, moment, label, labelled=labelled, read=refs)
            for batch in _some(found):
                changed |= {one.ref for one in batch} if moment == since and not labelled else set()
                new = dict.fromkeys(one.ref for one in batch if one.ref not in refs and not self._ours.spares(one))
                if isinstance(tracker, Foreseeing):
                    tracker.foresee(list(new))
                for ref in new:
                    refs.add(ref)
                    self._add(ref, now, old=full_at is None and moment is not None)
                    progress(name, len(refs))
        if full_at is None:
            self._observe(ProjectSwept(tracker.name, project))
        else:
            self._observe(ProjectSwept(tracker.name, project, len(changed), (now - since).total_seconds()))
        self._asked_at[name] = now, seconds
        if full:
            self._full_at[name] = seconds
        return len(refs)

    def _at_once(
        self, tracker: Tracker, project: str, listings: Iterable[tuple[datetime | None, str]]
    ) -> Mapping[Labelled, Iterable[IssueChanged]]:
        """Return the lists by label that the forge tells at once, as far as it does."""
        wanted = [Labelled(label, moment) for moment, label in listings]
        if not wanted or not isinstance(tracker, Listing):
            return {}
        told = tracker.by_label(project, wanted)
        return {one: [IssueChanged(ref) for ref in refs] for one, refs in told.items()}

    def _is_full(self, tracker: Tracker, project: str, seconds: float) -> bool:
        """Whether all open incidents are to be listed: now and then, and where it is not known which there are."""
        full_at = self._full_at.get(f"{tracker.name}:{project}")
        if full_at is None or seconds >= full_at + self._full_every.total_seconds():
            return True
        learns = self._grammars is not None and isinstance(tracker, Telling)
        return learns and not self._ours.is_listed(tracker.name, project)

    def _add(self, ref: IssueRef, now: datetime, *, old: bool) -> None:
        """Let it be looked at; if it is ``old``, behind all others, and not with all others at once."""
        if not old:
            self._queue.add(IssueChanged(ref), now, Priority.SWEEP)
            return
        self._queue.add(IssueChanged(ref), now + self._first_sights[ref.tracker] * APART, Priority.FIRST_SIGHT)
        self._first_sights[ref.tracker] += 1

    def _learn(self, tracker: Tracker, project: str, labels: Iterable[str], found: Set[IssueRef] | None) -> None:
        """Note what makes an issue ours now. A full round has just ``found`` all that are open."""
        if self._grammars and isinstance(tracker, Telling):
            grammar = self._grammars(tracker.name, project, tracker.viewer(project).login)
            words = Words(frozenset(label.casefold() for label in labels), grammar)
            self._ours.listed(tracker.name, project, words, found)

    def _listed(
        self,
        tracker: Tracker,
        project: str,
        since: datetime | None,
        label: str,
        *,
        labelled: bool,
        read: Set[IssueRef],
    ) -> Iterable[IssueChanged]:
        """List what may have changed, with what is told of it if it may be anybody's."""
        if since is not None and not labelled and isinstance(tracker, Telling):
            return tracker.told(project, since=since, read=read)
        return map(IssueChanged, tracker.changed(project, since=since, label=label, labelled=labelled))

    def _since(self, name: str, now: datetime, seconds: float) -> datetime:
        """Return when the project was asked last, by the clock of then or of now, whichever is earlier."""
        if name not in self._asked_at:
            return now - self._history
        at, then = self._asked_at[name]
        return min(at, now - timedelta(seconds=seconds - then))

    def _run(self, tracker: Tracker) -> None:
        soon = self._soon[tracker.name]
        soonest = min(self._soonest, self._every)
        rest = self._every - soonest
        while not self._stopping.is_set():
            if not self._leads():
                self._stopping.wait(STANDBY)
                continue
            swept = self._round(tracker)
            _log.info("swept %d projects: %d issues", swept.projects, swept.issues)
            if not self._stopping.wait(soonest.total_seconds()):
                soon.wait(rest.total_seconds())
                soon.clear()

    def _leads(self) -> bool:
        try:
            return self._queue.leads()
        except QueueError as error:
            _log.error("%s", error)
            return False


def _some(changes: Iterable[IssueChanged]) -> Iterator[list[IssueChanged]]:
    """Yield some at once; where the list breaks off, what it told until then."""
    batch = list[IssueChanged]()
    try:
        for one in changes:
            batch.append(one)
            if len(batch) == FORESEEN:
                yield batch
                batch = []
    except TrackerError:
        yield batch
        raise
    yield batch


def _failure(error: TrackerError | QueueError) -> Failure:
    match error:
        case Gone():
            return "gone"
        case Denied():
            return "denied"
        case Busy():
            return "busy"
        case QueueError():
            return "queue"
    return "bug"
