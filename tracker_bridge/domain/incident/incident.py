"""
What the thread says about the incident: the value that the commands change and the documents show.

It is built anew at every reconcile by :func:`tracker_bridge.domain.fold.fold.fold`, and never stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self, TypedDict, Unpack

from tracker_bridge.domain.incident.calls import Calls
from tracker_bridge.domain.incident.checklists import Tick
from tracker_bridge.domain.incident.comms import Comms
from tracker_bridge.domain.incident.deeds import workers
from tracker_bridge.domain.incident.ending import Ending
from tracker_bridge.domain.incident.fields import FieldValue
from tracker_bridge.domain.incident.impact import Impact
from tracker_bridge.domain.incident.key_times import Times
from tracker_bridge.domain.incident.maintenance import Maintenance
from tracker_bridge.domain.incident.people import People
from tracker_bridge.domain.incident.postmortem import FollowUp
from tracker_bridge.domain.incident.relations import Merge, Relation
from tracker_bridge.domain.incident.replies import Mistake, Outgoing, Replies, Reply
from tracker_bridge.domain.incident.roles import AnyRole, Role, is_same, is_same_account
from tracker_bridge.domain.incident.rules import Intervals, Rules, Severity
from tracker_bridge.domain.incident.sayings import Said
from tracker_bridge.domain.incident.testing import Testing, TestResult, confirmation
from tracker_bridge.domain.incident.timeline import BY_ITSELF, ENDS, Kind, Timeline, TimelineEntry
from tracker_bridge.domain.incident.work import Contribution, Work
from tracker_bridge.domain.issue.captures import Capture
from tracker_bridge.domain.issue.elsewhere import named
from tracker_bridge.domain.issue.issue import NOBODY, Closed, IssueRef, Person, Reference, TrackerUrl

_ABOUT_FIXES: Final = (Kind.FIXED, Kind.REOPENED, Kind.PHASE)
_TECHNICAL: Final = frozenset(role.words for role in Role if role.technical)


class Phase(StrEnum):
    """Where the work stands (S90, S91)."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        return self in (Phase.RESOLVED, Phase.CANCELLED)


@dataclass(frozen=True, slots=True)
class Report:
    """Somebody says that there is an incident, who may not declare it."""

    by: str
    url: TrackerUrl
    at: datetime


class Changes(TypedDict, total=False):
    """The fields of an incident that change together with its timeline."""

    title: str
    people: People
    phase: Phase
    severity: Severity | None
    impacts: tuple[Impact, ...]
    drill: bool
    source: str
    report: Report | None
    relations: tuple[Relation, ...]
    fields: tuple[FieldValue, ...]
    ticks: tuple[Tick, ...]
    times: Times
    ending: Ending
    comms: Comms
    work: Work
    testing: Testing
    follow_up: FollowUp
    outgoing: Outgoing
    calls: Calls
    captures: tuple[Capture, ...]
    maintenance: Maintenance | None


@dataclass(frozen=True)  # without slots, a copy is that of a dict: each entry of the timeline takes one
class Incident:
    """
    An issue seen as an incident; it is none while ``times.declared`` is ``None``.

    ``report``: while it is not declared, that somebody without the right says so. ``timeline`` is in the order of
    recording. ``captures`` is what is to be remembered of comments on the timeline. ``past``: the comment up
    to which the thread was judged before, and that is not remembered any more; 0 as a rule. ``maintenance`` is
    planned in an issue that need not be an incident.
    """

    ref: IssueRef
    title: str
    url: TrackerUrl
    people: People
    rules: Rules
    created_at: datetime
    report: Report | None = None
    phase: Phase = Phase.INVESTIGATING
    severity: Severity | None = None
    impacts: tuple[Impact, ...] = ()
    drill: bool = False
    source: str = ""
    timeline: Timeline = field(default_factory=Timeline)
    relations: tuple[Relation, ...] = ()
    labels: frozenset[str] = frozenset()
    fields: tuple[FieldValue, ...] = ()
    ticks: tuple[Tick, ...] = ()
    sayings: tuple[Said, ...] = ()
    times: Times = field(default_factory=Times)
    ending: Ending = field(default_factory=Ending)
    comms: Comms = field(default_factory=Comms)
    work: Work = field(default_factory=Work)
    testing: Testing = field(default_factory=Testing)
    follow_up: FollowUp = field(default_factory=FollowUp)
    outgoing: Outgoing = field(default_factory=Outgoing)
    calls: Calls = field(default_factory=Calls)
    captures: tuple[Capture, ...] = field(default=(), compare=False)
    maintenance: Maintenance | None = None
    past: int = 0

    @property
    def exists(self) -> bool:
        """Whether this issue is, or was, an incident."""
        return self.times.declared is not None

    @property
    def named_fields(self) -> tuple[tuple[str, FieldValue], ...]:
        """The values in the team's own fields, each with the title of its field, in the order of the settings."""
        known = {one.name: one for one in self.fields if one.value}
        return tuple((one.title, known[one.name]) for one in self.rules.fields if one.name in known)

    @property
    def merges(self) -> tuple[Merge, ...]:
        """Every word that it is a duplicate, also one that was taken back."""
        return tuple(
            Merge(number, f"merged.{entry.id}", entry.author, entry.url, project, entry.author_id)
            for entry in self.timeline.of(Kind.MERGED)
            for project, number in (named(entry.what),)
        )

    @property
    def duplicate(self) -> bool:
        """Whether it goes on as another incident: it was merged, or closed as a duplicate by hand."""
        end = self.timeline.latest(*ENDS)
        merged = end is not None and (end.kind is Kind.MERGED or end.what == Closed.DUPLICATE)
        return merged and self.phase is Phase.CANCELLED

    @property
    def active(self) -> bool:
        """Whether there is still something to be done about it."""
        return self.exists and not self.phase.ended

    @property
    def ended(self) -> bool:
        """Whether it ended in any way, also if it was opened again: what was posted at the end stays (S82)."""
        return bool(self.ending.withdrawn) or self.timeline.latest(*ENDS) is not None

    @property
    def ended_by_itself(self) -> bool:
        """Whether it is over because the alerts cleared, and nobody had touched it."""
        end = self.timeline.latest(*ENDS)
        return self.phase is Phase.RESOLVED and end is not None and end.what == BY_ITSELF

    @property
    def intervals(self) -> Intervals:
        """How long is long, at this severity."""
        return self.rules.intervals_of(self.severity)

    @property
    def unfilled(self) -> tuple[AnyRole, ...]:
        """The needed roles that nobody holds (S36, S39)."""
        return tuple(role for role in self.rules.needed_roles if not self.people.holders(role))

    @property
    def confirmed(self) -> TestResult | None:
        """
        The verdict that confirms the fix, or the end where none was recorded (S106); ``None`` while nobody has, or
        a tester sees it fail.

        What passed before there was anything to confirm tells nothing of it; just before the end, somebody only
        forgot to say that a fix is in.
        """
        if self.times.fixed or self._claimed:
            return confirmation(self.testing.findings)
        over = self.times.resolved
        if over is None or self.testing.failed:
            return None
        since = over.moment.at - self.intervals.testers
        return confirmation(tuple(one for one in self.testing.findings if one.at >= since))

    @property
    def _claimed(self) -> bool:
        """Whether somebody said that a fix is in, and only a test spoke against it since."""
        of_fixes = [e for e in self.timeline.of(*_ABOUT_FIXES) if e.kind is not Kind.PHASE or _goes_back(e)]
        return bool(of_fixes) and of_fixes[-1].kind is Kind.FIXED

    @property
    def technical(self) -> frozenset[str]:
        """
        The logins, case-folded, of those who work on the fix, by title or by what they did (S101, S107).

        Who led it, or assisted, until some time ago has worked on it as well, and who noted what they did.
        """
        by_title = self._logins(h.who for h in self.people.roles if h.role.technical)
        before = {e.who.casefold() for e in self.timeline.of(Kind.ROLE_LEFT) if e.what in _TECHNICAL}
        by_deed = {e.who.casefold() for e in self.timeline.of(Kind.FIXED) if e.who}
        helping = self._logins(one for task in self.work.tasks if task.technical for one in task.people)
        changing = {one.author.login.casefold() for one in self.work.changes if self._counts(one)}
        return frozenset(by_title | before | by_deed | helping | changing | workers(self.timeline))

    def _logins(self, people: Iterable[Person]) -> set[str]:
        """Return the logins of people, and of those in the teams among them."""
        held = tuple(people)
        members = (each for one in held if one.team for each in self.people.members(one.login))
        return {one.login.casefold() for one in (*held, *members)}

    def _counts(self, change: Reference) -> bool:
        """Whether a change that refers to the incident is a part of its fix, or may be: merged, or about to be."""
        return change.merged_at is not None or (change.open and self.times.fixed is not None)

    @property
    def partial_testers(self) -> tuple[str, ...]:
        """Testers who work on the fix as well, and so do not see it with fresh eyes (S20, S107)."""
        technical = self.technical
        return tuple(h.login for h in self.people.holders(Role.TESTER) if h.login.casefold() in technical)

    @property
    def unexcused_testers(self) -> tuple[str, ...]:
        """Those of them for whom nobody has decided on an exception."""
        excused = {one.who.login.casefold() for one in self.testing.exceptions}
        return tuple(login for login in self.partial_testers if login.casefold() not in excused)

    @property
    def fixer(self) -> str:
        """The login of whoever made the fix at hand; empty while there is none."""
        made = self.timeline.latest(Kind.FIXED)
        return (made.who or made.author) if made and self.times.fixed else ""

    @property
    def other_testers(self) -> tuple[str, ...]:
        """The testers, without whoever made the fix at hand: nobody is asked to test their own (S107)."""
        return tuple(one for one in self.people.logins(Role.TESTER) if not is_same(one, self.fixer))

    @property
    def successors(self) -> tuple[Person, ...]:
        """Who is in line while there is no Technical Lead: the Assists who are people, in order (S13, S14)."""
        if not self.active or self.people.holders(Role.TECHNICAL_LEAD):
            return ()
        left = self.people.vacancy.who if self.people.vacancy else NOBODY
        assists = (held.who for held in self.people.holders(Role.TECHNICAL_ASSIST))
        return tuple(one for one in assists if not one.team and not is_same_account(one, left))

    @property
    def successor(self) -> Person | None:
        """Who is next in line."""
        return next(iter(self.successors), None)

    @property
    def open_offers(self) -> tuple[Contribution, ...]:
        """Offers of people who have got neither a role nor a task yet (S95)."""
        busy = {one.login.casefold() for task in self.work.tasks for one in task.people}
        busy |= {assignment.login.casefold() for assignment in self.people.roles}
        return tuple(offer for offer in self.work.offers if offer.who.casefold() not in busy)

    def having(self, entry: TimelineEntry, **changes: Unpack[Changes]) -> Self:
        """Return a copy with ``entry`` added to the timeline and the given fields replaced."""
        made = object.__new__(type(self))
        made.__dict__.update(self.__dict__, timeline=self.timeline.having(entry), **changes)
        return made

    def replying(self, reply: Reply) -> Self:
        """Return a copy that answers a comment; it gets one answer of a kind, and this one takes its place."""
        replies = self.outgoing.replies
        before = replies.of((reply.kind, reply.comment))
        return replace(self, outgoing=replace(self.outgoing, replies=replies.without(*before).having(reply)))

    def refusing(self, comment: int, url: TrackerUrl, *mistakes: Mistake) -> Self:
        """Return a copy that answers a comment's mistakes, after those that it is answered already."""
        said = self.outgoing.replies.latest(("refusal", comment)) or Reply("refusal", comment, url)
        return self.replying(replace(said, mistakes=(*said.mistakes, *mistakes)))


def _goes_back(entry: TimelineEntry) -> bool:
    """Whether a phase says that what fixed it did not."""
    return entry.what != Phase.MONITORING


def snapshot(incident: Incident) -> Incident:
    """Return the incident as it stands, for a comment that is to stay as it is."""
    return replace(
        incident,
        outgoing=replace(incident.outgoing, duties=(), replies=Replies(), openings=()),
        testing=replace(incident.testing, requests=()),
    )
