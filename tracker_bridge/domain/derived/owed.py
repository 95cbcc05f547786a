"""
Which messages an incident owes to a destination, whether they were sent or not: one for each act, with a name that
stays the same.

An incident that is called off owes its end alone, and only to those who were told that it began.
"""

import hashlib
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tracker_bridge.domain.derived.clocks import Nudge
from tracker_bridge.domain.incident import calls as calls_of
from tracker_bridge.domain.incident.audiences import Reach, find_audience
from tracker_bridge.domain.incident.communications import Communication
from tracker_bridge.domain.incident.incident import Incident, Phase
from tracker_bridge.domain.incident.outward import Kind
from tracker_bridge.domain.incident.rules import Severity
from tracker_bridge.domain.incident.subscribers import Subscriber, subscribers, told_of
from tracker_bridge.domain.incident.timeline import ENDS, TimelineEntry
from tracker_bridge.domain.incident.timeline import Kind as Entry
from tracker_bridge.domain.issue.call_outs import CallOut

UPDATE: Final = "update."
"""Begins the key of what an audience was told; the call's id follows."""

WITHDRAWN: Final = "0" * 8
"""The digest of words that were taken back."""


@dataclass(frozen=True, slots=True)
class Act:
    """
    Something that is to be said to ``subscriber``. ``at`` is when the thread said it, ``cause`` the id of the call
    that did, empty for what was done by hand. ``part`` counts what was said about it since.

    ``after`` is the key of a message that must have gone there before. ``timeless``: nobody knows when it came
    about, and it is told whenever that is noticed. ``about`` is what the timeline says of it, ``words`` what was
    said to ``audience``, ``nudge`` the reminder, ``call`` who is paged, and ``who`` answered. ``epoch`` is the
    opening that it is about, ``None`` for the last.
    """

    key: str
    subscriber: Subscriber
    kind: Kind
    at: datetime
    cause: str = ""
    part: int = 0
    digest: str = ""
    after: str = ""
    timeless: bool = False
    about: TimelineEntry | None = None
    words: tuple[str, ...] = ()
    audience: str = ""
    external: bool = False
    correction: bool = False
    nudge: Nudge | None = None
    call: CallOut | None = None
    who: str = ""
    epoch: int | None = None

    @property
    def name(self) -> str:
        """The name of the message within its issue, without where it goes."""
        return f"{self.key}.{self.part}" if self.part else self.key

    @property
    def is_withdrawal(self) -> bool:
        return self.digest == WITHDRAWN


def news(incident: Incident, subscriber: Subscriber) -> tuple[Act, ...]:
    """Return what a destination is told of how the incident goes, oldest first."""
    if not incident.exists or not subscriber.hears(incident):
        return ()
    course = _Course(incident, subscriber)
    acts = [act for entry in incident.timeline for act in course.after(entry)]
    if incident.phase is Phase.CANCELLED:
        acts = [act for act in acts if act.kind is Kind.RESOLVED][-1:]
    elif gone := incident.ending.withdrawn:
        at, end = incident.created_at, f"resolved.{gone}"
        acts.append(Act(f"again.{gone}", subscriber, Kind.DECLARED, at, after=end, timeless=True))
    return tuple(act for act in acts if act.kind in subscriber.wants)


class _Course:
    """Goes through the timeline, and knows how bad it was by then, and whether the destination had to know."""

    def __init__(self, incident: Incident, subscriber: Subscriber) -> None:
        self.incident = incident
        self.subscriber = subscriber
        self.severity: Severity | None = None
        self.phase = ""
        self.epoch = 0
        self.begun = False
        self.told: datetime | None = None

    def after(self, entry: TimelineEntry) -> Iterator[Act]:
        """Yield what is owed because of an entry."""
        before, phase = self.severity, self.phase
        self._take_in(entry)
        if not self.begun:
            return
        if self.told is None:
            if self.subscriber.cares(self.severity):
                self.told = entry.recorded_at
                yield self._act(f"declared.{self.epoch}", Kind.DECLARED, entry)
            elif entry.kind.traits.ends:
                self.begun = False
            return
        if entry.kind.traits.ends:
            after = "" if entry.kind is Entry.RESOLVED else f"declared.{self.epoch}"
            yield self._act(f"resolved.{_id(entry)}", Kind.RESOLVED, entry, after)
            self.told, self.begun = None, False
            return
        if entry.recorded_at <= self.told or not self.subscriber.cares(self.severity):
            return  # said in one breath, so that the first message tells it
        if self._is_worse(before):
            yield self._act(f"severity.{_id(entry)}.{self._rank(self.severity)}", Kind.SEVERITY, entry)
        if self.phase != phase:
            yield self._act(f"phase.{_id(entry)}.{self.phase}", Kind.PHASE, entry)

    def _take_in(self, entry: TimelineEntry) -> None:
        match entry.kind:
            case Entry.DECLARED:
                self.begun, self.phase = True, Phase.INVESTIGATING
            case Entry.REOPENED:
                self.begun, self.phase, self.told = True, Phase.INVESTIGATING, None
                self.epoch += 1
            case Entry.SEVERITY:
                self.severity = self.incident.rules.severity(entry.what) if entry.what else None
            case Entry.PHASE:
                self.phase = entry.what
            case Entry.FIXED:
                self.phase = Phase.MONITORING
            case Entry.TEST_FAILED if self.phase == Phase.MONITORING:
                self.phase = Phase.INVESTIGATING

    def _act(self, key: str, kind: Kind, entry: TimelineEntry, after: str = "") -> Act:
        return Act(key, self.subscriber, kind, entry.recorded_at, entry.id, after=after, about=entry)

    def _rank(self, severity: Severity | None) -> int:
        known = self.incident.rules.severities
        return known.index(severity) + 1 if severity in known else 0

    def _is_worse(self, before: Severity | None) -> bool:
        now = self._rank(self.severity)
        return bool(now) and (not self._rank(before) or now < self._rank(before))


def pages(incident: Incident, subscriber: Subscriber) -> Iterator[Act]:
    """
    Yield what a destination by which people are paged is told: that they are, that somebody answered, that it is
    over. The last two only go where the first went.

    A destination that wants pages gets the first one of each opening, and one that is somebody's own those of
    theirs.
    """
    if not subscriber.may_know(incident):
        return
    now = calls_of.epoch_of(incident)
    for epoch in range(now + 1):
        made = [one for one in incident.calls.made if one.epoch == epoch and one.pages and not one.there]
        mine = [one for number, one in enumerate(made) if _is_for(incident, subscriber, one, first=not number)]
        got = next((one for one in incident.calls.answers if one.epoch == epoch), None)
        over = epoch < now or not incident.active
        for one in mine:
            key = f"page.{one.name}"
            if not over and (got is None or got.at <= one.at):
                yield Act(key, subscriber, Kind.PAGE, one.at, timeless=True, call=one)
            if got is not None and not over:
                name = f"acknowledged.{one.name}"
                yield Act(name, subscriber, Kind.ACKNOWLEDGED, got.at, after=key, timeless=True, who=got.who)
        if over and mine:
            key = f"page.{mine[0].name}"
            end = incident.timeline.latest(*ENDS)
            at = end.recorded_at if end else incident.created_at
            name = f"page-over.{epoch}"
            yield Act(name, subscriber, Kind.PAGE_OVER, at, after=key, timeless=True, epoch=epoch)


def _is_for(incident: Incident, subscriber: Subscriber, made: CallOut, *, first: bool) -> bool:
    wants = first and Kind.PAGE in subscriber.wants and subscriber.cares(incident.severity)
    return wants or subscriber.name in made.destinations


def epoch_of(incident: Incident) -> int:
    """Return how often it was reopened."""
    return calls_of.epoch_of(incident)


def updates(incident: Incident, subscriber: Subscriber, there: Set[str] = frozenset()) -> Iterator[Act]:
    """
    Yield what audiences were told where that is the destination: the words, and nothing else. ``there`` are the
    keys of what it was told before.
    """
    for one in incident.comms.communications:
        known = frozenset({subscriber.name}) if f"{UPDATE}{one.id}" in there else frozenset()
        audience = told_of(incident, one, known).get(subscriber.name)
        if audience is not None:
            yield _update(incident, subscriber, one, audience)


def _update(incident: Incident, subscriber: Subscriber, one: Communication, audience: str) -> Act:
    found = find_audience(incident, audience)
    return Act(
        f"{UPDATE}{one.id}",
        subscriber,
        Kind.UPDATE,
        one.recorded_at,
        one.id,
        digest=digest_of("\n".join(one.said)),
        words=one.said,
        audience=audience,
        external=found is None or found.reach is Reach.EXTERNAL,
        correction=one.correction,
    )


def withdrawal(key: str, subscriber: Subscriber, at: datetime) -> Act:
    """Return what is owed where words were sent ``at`` that time, and are not said any more, whoever read them."""
    return Act(key, subscriber, Kind.CORRECTION, at, timeless=True, digest=WITHDRAWN, external=True)


def reminding(incident: Incident, nudges: Iterable[Nudge], there: Iterable[str]) -> tuple[Act, ...]:
    """Return the reminders that are about to be posted, for who wants them; ``there`` are keys of comments."""
    posted = " ".join(there)
    new = [one for one in nudges if one.name not in posted]
    wanting = [one for one in subscribers(incident) if Kind.REMINDER in one.wants and one.cares(incident.severity)]
    return tuple(
        Act(f"reminder.{one.name}", subscriber, Kind.REMINDER, one.at, nudge=one)
        for subscriber in wanting
        for one in new
    )


def latest_alone(acts: Iterable[Act]) -> tuple[Act, ...]:
    """
    Return what is said, of what is due at the same time.

    A message tells how things stand: beside the first one, or a later phase, an earlier one is no news.
    """
    due = tuple(acts)
    first = any(act.kind is Kind.DECLARED for act in due)

    def told_elsewhere(number: int, act: Act) -> bool:
        later = any(one.kind is act.kind for one in due[number + 1 :])
        return act.kind in (Kind.SEVERITY, Kind.PHASE) and (first or later)

    return tuple(act for number, act in enumerate(due) if not told_elsewhere(number, act))


def digest_of(text: str) -> str:
    """Return what tells words from any others."""
    found = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return found if found != WITHDRAWN else "1" * 8


def numbered(act: Act, part: int) -> Act:
    """Return the next that is said about the same."""
    return replace(act, part=part)


def _id(entry: TimelineEntry) -> str:
    return entry.id or f"h{int(entry.recorded_at.timestamp())}"
